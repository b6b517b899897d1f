import { expect } from "chai";
import fc from "fast-check";
import type { ArmRecord, ServiceResponse } from "../../emulator/contract.js";
import { createKeyVault, type KeyVault } from "../../emulator/keyvault/index.js";
import { documentedLimits } from "../../emulator/keyvault/limits/table.js";
import { FakePlatform, serviceRequest } from "./fake-platform.js";

const HOST = "app.vault.azure.net";
const BEARER = "tenant-a/alice/https://vault.azure.net";

interface Bundle {
    id: string;
    value?: string;
    contentType?: string;
    tags?: Record<string, string>;
    managed?: boolean;
    attributes: { enabled: boolean; created: number; updated: number; recoveryLevel: string };
}

describe("the local Key Vault", () => {
    let platform: FakePlatform;
    let service: KeyVault;
    let vault: ArmRecord;

    beforeEach(async () => {
        platform = new FakePlatform();
        vault = {
            id: "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/app",
            name: "app",
            type: "Microsoft.KeyVault/vaults",
            location: "westeurope",
            properties: { tenantId: "tenant-a", enableRbacAuthorization: true },
            tenantId: "tenant-a",
        };
        platform.records.push({ host: HOST, record: vault });
        platform.grants.push({ objectId: "alice", action: "*", scope: vault.id });
        service = await createKeyVault(platform, { transitionMilliseconds: 1000 });
    });

    async function call(
        method: string,
        path: string,
        options: { body?: unknown; bearer?: string } = {},
    ): Promise<ServiceResponse> {
        const separator = path.includes("?") ? "&" : "?";
        const url = `https://${HOST}${path}${path.includes("version=") ? "" : `${separator}api%2Dversion=7.6`}`;
        return service.handle(serviceRequest(method, url, { bearer: BEARER, ...options }));
    }

    async function set(name: string, body: object = { value: "v" }): Promise<Bundle> {
        const response = await call("PUT", `/secrets/${name}`, { body });
        expect(response.status, JSON.stringify(response.body)).to.equal(200);
        return response.body as unknown as Bundle;
    }

    function error(response: ServiceResponse): {
        status: number;
        code: string;
        inner: string | undefined;
        message: string;
    } {
        const { error: body } = response.body as {
            error: { code: string; message: string; innererror?: { code: string } };
        };
        return {
            status: response.status,
            code: body.code,
            inner: body.innererror?.code,
            message: body.message,
        };
    }

    describe("signing in", () => {
        it("answers without a token with the challenge of the vault's tenant", async () => {
            const response = await service.handle(serviceRequest("GET", `https://${HOST}/secrets`));
            expect(response.status).to.equal(401);
            expect(response.headers?.["WWW-Authenticate"]).to.equal(
                'Bearer authorization="https://login.microsoftonline.com/tenant-a", resource="https://vault.azure.net"',
            );
        });

        it("refuses a token of another tenant and one for another service", async () => {
            const foreign = await call("GET", "/secrets", {
                bearer: "tenant-b/alice/https://vault.azure.net",
            });
            expect(error(foreign).message).to.match(/^AKV10032: Invalid issuer/);
            const other = await call("GET", "/secrets", {
                bearer: "tenant-a/alice/https://management.azure.com",
            });
            expect(other.status).to.equal(401);
            expect(error(other).message).to.match(/^AKV10022: Invalid audience/);
        });

        it("is no vault where ARM holds none of that name", async () => {
            const response = await service.handle(
                serviceRequest("GET", "https://nobody.vault.azure.net/secrets"),
            );
            expect(response.status).to.equal(502);
        });
    });

    describe("authorization", () => {
        const rows: [string, string, string, object?][] = [
            ["GET", "/secrets/a", "secrets/getSecret/action"],
            ["PUT", "/secrets/a", "secrets/setSecret/action", { value: "v" }],
            ["PATCH", "/secrets/a/", "secrets/update/action", {}],
            ["DELETE", "/secrets/a", "secrets/delete"],
            ["GET", "/secrets", "secrets/readMetadata/action"],
            ["GET", "/secrets/a/versions", "secrets/readMetadata/action"],
            ["GET", "/deletedsecrets", "secrets/readMetadata/action"],
            ["POST", "/deletedsecrets/a/recover", "secrets/recover/action"],
            ["DELETE", "/deletedsecrets/a", "secrets/purge/action"],
        ];
        for (const [method, path, action, body] of rows) {
            it(`${method} ${path} needs ${action} and nothing else`, async () => {
                platform.grants.length = 0;
                const refused = error(await call(method, path, { body }));
                expect(refused).to.include({ status: 403, code: "Forbidden", inner: "ForbiddenByRbac" });
                expect(refused.message).to.include(`Action: 'Microsoft.KeyVault/vaults/${action}'`);
                platform.grants.push({
                    objectId: "alice",
                    action: `Microsoft.KeyVault/vaults/${action}`,
                    scope: vault.id,
                });
                expect((await call(method, path, { body })).status).to.not.equal(403);
            });
        }

        it("takes access policies where the vault has no RBAC", async () => {
            vault.properties.enableRbacAuthorization = false;
            expect(error(await call("GET", "/secrets")).inner).to.equal("AccessDenied");
            vault.properties.accessPolicies = [{ objectId: "alice", permissions: { secrets: ["List"] } }];
            expect((await call("GET", "/secrets")).status).to.equal(200);
            expect(error(await call("GET", "/secrets/a")).inner).to.equal("AccessDenied");
        });

        it("lets nobody through a closed network", async () => {
            vault.properties.networkAcls = { defaultAction: "Deny" };
            expect(error(await call("GET", "/secrets")).inner).to.equal("ForbiddenByFirewall");
            vault.properties.publicNetworkAccess = "Disabled";
            expect(error(await call("GET", "/secrets")).inner).to.equal("ForbiddenByConnection");
        });
    });

    describe("values and versions", () => {
        it("gives back what was set, and each version by its id", async () => {
            const first = await set("db", { value: "one", contentType: "text/plain", tags: { a: "b" } });
            const second = await set("DB", { value: "two", attributes: { exp: 2_000_000_000 } });
            expect(first.attributes.created).to.equal(platform.time / 1000);
            const latest = (await call("GET", "/secrets/dB/")).body as unknown as Bundle;
            expect(latest).to.deep.equal({ ...second, value: "two" });
            expect(latest.id).to.match(/^https:\/\/app\.vault\.azure\.net\/secrets\/db\/[0-9a-f]{32}$/);
            const old = (await call("GET", new URL(first.id).pathname)).body as unknown as Bundle;
            expect(old).to.deep.include({ value: "one", contentType: "text/plain", tags: { a: "b" } });
        });

        it("updates properties, never the value", async () => {
            const { id } = await set("db", { value: "one" });
            platform.time += 5_000;
            const updated = (
                await call("PATCH", new URL(id).pathname, { body: { tags: { a: "b" }, value: "no" } })
            ).body as unknown as Bundle;
            expect(updated.value).to.equal(undefined);
            expect(updated.attributes.updated - updated.attributes.created).to.equal(5);
            expect(((await call("GET", "/secrets/db")).body as unknown as Bundle).value).to.equal("one");
        });

        it("keeps the value of a disabled secret to itself, and gives an expired one", async () => {
            await set("off", { value: "v", attributes: { enabled: false } });
            expect(error(await call("GET", "/secrets/off"))).to.include({
                status: 403,
                inner: "SecretDisabled",
            });
            await set("old", { value: "v", attributes: { nbf: 1, exp: 2 } });
            expect((await call("GET", "/secrets/old")).status).to.equal(200);
        });

        it("says 404 for a secret or a version that is not there", async () => {
            expect(error(await call("GET", "/secrets/none"))).to.include({
                status: 404,
                code: "SecretNotFound",
            });
            await set("one");
            expect((await call("GET", `/secrets/one/${"0".repeat(32)}`)).status).to.equal(404);
        });

        const tags = (count: number): Record<string, string> =>
            Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${String(index)}`, "x"]));
        const bad: [string, string, object][] = [
            ["an underscore in the name", "a_b", { value: "v" }],
            ["a name of 128", "a".repeat(128), { value: "v" }],
            ["no value", "a", {}],
            ["a value of 25,601 bytes", "a", { value: "ä".repeat(12_801) }],
            ["a content type of 256", "a", { value: "v", contentType: "x".repeat(256) }],
            ["16 tags", "a", { value: "v", tags: tags(16) }],
            ["a tag value of 257", "a", { value: "v", tags: { a: "x".repeat(257) } }],
            ["an expiry before its beginning", "a", { value: "v", attributes: { nbf: 2, exp: 1 } }],
        ];
        for (const [what, name, body] of bad) {
            it(`refuses ${what}`, async () => {
                expect(error(await call("PUT", `/secrets/${name}`, { body }))).to.include({
                    status: 400,
                    code: "BadParameter",
                });
            });
        }

        it("takes everything up to the limits", async () => {
            await set("a".repeat(127), {
                value: "ä".repeat(12_800),
                contentType: "x".repeat(255),
                tags: { ...tags(14), ["k".repeat(256)]: "v".repeat(256) },
            });
        });
    });

    describe("listing", () => {
        async function pages(path: string): Promise<Bundle[][]> {
            const all: Bundle[][] = [];
            for (let next: string | null = path; next !== null;) {
                const body: { value: Bundle[]; nextLink: string | null } = (await call("GET", next))
                    .body as never;
                all.push(body.value);
                next = body.nextLink === null ? null : body.nextLink.replace(`https://${HOST}:443`, "");
            }
            return all;
        }

        it("comes in pages of at most 25, without values or versions, each secret once", async () => {
            const names = Array.from({ length: 60 }, (_, index) => `s-${String(index)}`);
            for (const name of names)
                await set(name, { value: "hidden", contentType: "c", tags: { a: "b" } });
            const listed = await pages("/secrets");
            expect(listed.map((page) => page.length)).to.deep.equal([25, 25, 10]);
            expect(listed.flat().map((entry) => entry.id)).to.have.members(
                names.map((name) => `https://${HOST}/secrets/${name}`),
            );
            expect(JSON.stringify(listed)).to.not.include("hidden");
            expect(listed[0]?.[0]).to.deep.include({ contentType: "c", tags: { a: "b" } });
        });

        it("never doubles or hides a secret, whatever the size of the pages", async () => {
            await fc.assert(
                fc.asyncProperty(
                    fc.integer({ min: 1, max: 25 }),
                    fc.integer({ min: 0, max: 40 }),
                    async (size, count) => {
                        service = await createKeyVault(platform);
                        for (let index = 0; index < count; index++) await set(`n${String(index)}`);
                        const listed = (await pages(`/secrets?maxresults=${String(size)}`)).flat();
                        expect(new Set(listed.map((entry) => entry.id)).size).to.equal(count);
                        expect(listed.length).to.equal(count);
                    },
                ),
                { numRuns: 20 },
            );
        });

        it("lists versions with their ids, and secrets of certificates as managed", async () => {
            const { id } = await set("a");
            await set("a");
            const versions = (await pages("/secrets/a/versions")).flat();
            expect(versions.map((entry) => entry.id))
                .to.include(id)
                .and.have.lengthOf(2);
            service.seedManagedSecret(vault.id, "cert", "pfx");
            const managed = (await pages("/secrets")).flat().filter((entry) => entry.managed === true);
            expect(managed.map((entry) => entry.id)).to.deep.equal([`https://${HOST}/secrets/cert`]);
        });
    });

    describe("deletion", () => {
        it("goes through its states: being deleted, deleted, being recovered, there", async () => {
            await set("a", { value: "kept" });
            const deleted = (await call("DELETE", "/secrets/a")).body as unknown as Bundle & {
                recoveryId: string;
            };
            expect(deleted.recoveryId).to.equal(`https://${HOST}/deletedsecrets/a`);
            expect((await call("GET", "/secrets/a")).status).to.equal(404);
            expect((await call("GET", "/deletedsecrets/a")).status).to.equal(404);
            const put = (): Promise<ServiceResponse> => call("PUT", "/secrets/A", { body: { value: "new" } });
            expect(error(await put())).to.include({ status: 409, inner: "ObjectIsBeingDeleted" });
            platform.time += 1000;
            expect((await call("GET", "/deletedsecrets/a")).status).to.equal(200);
            expect(error(await put())).to.include({ status: 409, inner: "ObjectIsDeletedButRecoverable" });
            expect((await call("POST", "/deletedsecrets/a/recover")).status).to.equal(200);
            expect(error(await put())).to.include({ status: 409, inner: "ObjectIsBeingRecovered" });
            platform.time += 1000;
            expect(((await call("GET", "/secrets/a")).body as unknown as Bundle).value).to.equal("kept");
        });

        it("is final after a purge or the retention, and purge protection forbids a purge", async () => {
            for (const name of ["a", "b"]) {
                await set(name);
                await call("DELETE", `/secrets/${name}`);
            }
            platform.time += 1000;
            expect((await call("DELETE", "/deletedsecrets/a")).status).to.equal(204);
            await set("a");
            vault.properties.enablePurgeProtection = true;
            expect((await call("DELETE", "/deletedsecrets/b")).status).to.equal(403);
            platform.time += 91 * 86_400_000;
            await set("b");
        });
    });

    describe("throttling", () => {
        it("refuses what is over the limit until the window is over, and counts no refusal", async () => {
            service.settings.limits = { ...documentedLimits, creations: 2, others: 3 };
            await set("a");
            await set("a");
            const refused = await call("PUT", "/secrets/a", { body: { value: "v" } });
            expect(error(refused)).to.include({ status: 429, code: "Throttled" });
            expect(Number(refused.headers?.["Retry-After"])).to.be.within(1, 10);
            for (let index = 0; index < 3; index++)
                expect((await call("GET", "/secrets/a")).status).to.equal(200);
            expect((await call("GET", "/secrets/a")).status).to.equal(429);
            platform.time += 10_000;
            await set("a");
        });

        it("can slide, can keep to itself how long to wait, and can be off", async () => {
            service.settings.limits = { ...documentedLimits, creations: 1 };
            service.settings.throttling = "sliding";
            platform.time += 9_000;
            await set("a");
            platform.time += 2_000;
            const refused = await call("PUT", "/secrets/a", { body: { value: "v" } });
            expect(refused.headers?.["Retry-After"]).to.equal("8");
            service.settings.retryAfter = false;
            const silent = await call("PUT", "/secrets/a", { body: { value: "v" } });
            expect(silent.headers).to.not.have.property("Retry-After");
            service.settings.throttling = "off";
            await set("a");
        });
    });

    it("knows its writes", () => {
        const url = (path: string): URL => new URL(`https://${HOST}${path}?api-version=7.6`);
        const writes: [string, string][] = [
            ["PUT", "/secrets/a"],
            ["PATCH", "/secrets/a/v"],
            ["DELETE", "/secrets/a"],
            ["POST", "/secrets/restore"],
            ["POST", "/deletedsecrets/a/recover"],
            ["DELETE", "/deletedsecrets/a"],
        ];
        const reads: [string, string][] = [
            ["GET", "/secrets"],
            ["GET", "/secrets/a"],
            ["GET", "/secrets/a/versions"],
            ["GET", "/deletedsecrets/a"],
            ["POST", "/secrets/a/backup"],
        ];
        for (const [method, path] of writes) expect(service.isWrite(method, url(path)), path).to.equal(true);
        for (const [method, path] of reads) expect(service.isWrite(method, url(path)), path).to.equal(false);
    });

    it("keeps its state", async () => {
        await set("a", { value: "kept" });
        const state: unknown = JSON.parse(JSON.stringify(service.save?.()));
        service = await createKeyVault(platform);
        await service.load?.(state);
        expect(((await call("GET", "/secrets/a")).body as unknown as Bundle).value).to.equal("kept");
    });
});
