import { X509Certificate } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import type { ArmRecord, ServiceResponse } from "../../emulator/contract.js";
import { createKeyVault, type KeyVault } from "../../emulator/keyvault/index.js";
import { makeCertificate } from "./certificates-material.js";
import { FakePlatform, serviceRequest } from "./fake-platform.js";

const HOST = "app.vault.azure.net";
const BEARER = "tenant-a/alice/https://vault.azure.net";
const SELF = { policy: { x509_props: { subject: "CN=a" }, issuer: { name: "Self" } } };

/** A PFX of an EC certificate, by `openssl pkcs12 -export -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1`. */
const LEGACY =
    "MIIDegIBAzCCA0AGCSqGSIb3DQEHAaCCAzEEggMtMIIDKTCCAh8GCSqGSIb3DQEHBqCCAhAwggIMAgEAMIICBQYJKo" +
    "ZIhvcNAQcBMBwGCiqGSIb3DQEMAQMwDgQIYJ/47nw4rsMCAggAgIIB2LveMNWofewwK4LJOgma5gATwpB5vCqnfFmI" +
    "WPw8cHGW/7GcBc/2EzDHiL8Ezt0Q/AQNyxWrAUCMLVQUSvZknH3uqMTWwVClGsAE1nW3W9MS9kLGuHvKux3eG6xZ1m" +
    "khTEtN9Nj1FSNisNSQLrINwaei7t5dvvBo4oEKZq4Bn9MRCXI3u97+0gYWcydCj4OLb9QscIjL694/Km0g542PxZEY" +
    "YV7S25VQn3/b4HCUe4nvck5+SqwS1KfP6CDNjX/Ti1vSGQMIKtG4JJoaQU73z3nW+yfnA1BFRKIvQS3D27HoNey0W2" +
    "jaQizjuHDIWFjf2QiAXoisZlpo2gdfw40FocFRFdoGMnNTXO29XfQAU11wzY4kcvImvDpeX+4+xiPdt8L7PsHqYP6j" +
    "IZlBLPNS8/EtYWdgIbfpD9zhurWPqRFvWixmIn69XDJKEYicAXcDVEPcY4xk3dmREUULH0/QiBDDPO9o8OivV4ercN" +
    "CwvciGKuwH4pk+tV7rSbFbv0Ip5tIT2eQBHZnqARiQWc5C4ddsKRso0VvUOvVa/m6p1SpkuMoUtF9+7W4cyLfKQiEC" +
    "Auhs6bmU6jEWIgxowya3N/plmbVVJvoEuqLO6HKa/TanoNerMkodhakwggECBgkqhkiG9w0BBwGggfQEgfEwge4wge" +
    "sGCyqGSIb3DQEMCgECoIG0MIGxMBwGCiqGSIb3DQEMAQMwDgQIdLBgVAAzMYgCAggABIGQHgvc9ofmYzCdaS82trEy" +
    "FdUcENL8LQOKISv6BBoh+iXuPxnord6MSEvookqQe4VvVDFvDyKtQlQvGaaM608dzoidsG+x60oHoBSURnmNFITNc1" +
    "J4LJTL63BMcyiJBOFIMxYNc9WNQbS9aDwWQIgIb1OLkewqUQ67pLBYi1Kdez6woG6u6DSbB2M5X5iYfWUkMSUwIwYJ" +
    "KoZIhvcNAQkVMRYEFD9v8Uply532/Lmv0A20YB/Fb2szMDEwITAJBgUrDgMCGgUABBSQcn5tCfYU6a2m1Gqi5I5ja6" +
    "IZNwQIOXLyL0bS9QECAggA";

interface Bundle {
    id: string;
    kid?: string;
    sid?: string;
    x5t?: string;
    cer?: string;
    status?: string;
    request_id?: string;
    value?: string;
    attributes: { enabled: boolean; nbf: number; exp: number };
    policy: {
        key_props: Record<string, unknown>;
        x509_props: Record<string, unknown>;
        lifetime_actions: object[];
        issuer: { name: string };
    };
    pending?: { id: string };
}

describe("certificates of the local Key Vault", () => {
    let platform: FakePlatform;
    let service: KeyVault;
    let vault: ArmRecord;

    beforeEach(async () => {
        platform = new FakePlatform();
        platform.time = Date.now();
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
        service = await createKeyVault(platform, {
            transitionMilliseconds: 0,
            issuanceMilliseconds: 1000,
            keyMaterial: "pooled",
        });
    });

    async function send(method: string, path: string, body?: unknown): Promise<ServiceResponse> {
        const separator = path.includes("?") ? "&" : "?";
        const url = `https://${HOST}${path}${separator}api-version=7.6`;
        return service.handle(serviceRequest(method, url, { bearer: BEARER, body }));
    }

    async function call(method: string, path: string, body?: unknown): Promise<Bundle> {
        const response = await send(method, path, body);
        expect(response.status, JSON.stringify(response.body)).to.be.lessThan(300);
        return response.body as unknown as Bundle;
    }

    async function refusal(method: string, path: string, body?: unknown): Promise<[number, string, string]> {
        const response = await send(method, path, body);
        const { error } = response.body as unknown as { error: { code: string; message: string } };
        return [response.status, error.code, error.message];
    }

    function importBody(file: Buffer, contentType?: string): object {
        return {
            value: file.toString("base64"),
            ...(contentType === undefined ? {} : { policy: { secret_props: { contentType } } }),
        };
    }

    describe("operations", () => {
        it("take their time on the service's clock", async () => {
            const response = await send("POST", "/certificates/a/create", SELF);
            expect(response.status).to.equal(202);
            const begun = response.body as unknown as Bundle;
            expect(begun.status).to.equal("inProgress");
            expect(response.headers?.Location).to.contain(`request_id=${begun.request_id ?? ""}`);
            const early = await call("GET", "/certificates/a");
            expect(early.attributes.enabled).to.equal(false);
            expect(early).to.not.have.any.keys("kid", "sid", "cer", "x5t");
            expect(early.pending?.id).to.equal(`https://${HOST}/certificates/a/pending`);
            expect((await refusal("GET", "/secrets/a"))[0]).to.equal(404);
            platform.time += 999;
            expect((await call("GET", "/certificates/a/pending")).status).to.equal("inProgress");
            platform.time += 1;
            // The secret is there although nobody asked for the certificate or its operation.
            expect((await call("GET", "/secrets/a")).value).to.not.equal(undefined);
            const late = await call("GET", "/certificates/a");
            expect(late.id).to.equal(early.id);
            expect(late.kid).to.equal(late.id.replace("/certificates/", "/keys/"));
            expect(late.sid).to.equal(late.id.replace("/certificates/", "/secrets/"));
            expect(late.attributes.enabled).to.equal(true);
            expect(await call("GET", "/certificates/a/pending")).to.deep.include({
                status: "completed",
                target: `https://${HOST}/certificates/a`,
            });
        });

        it("leave the version there is in its place until they end", async () => {
            await call("POST", "/certificates/a/create", SELF);
            platform.time += 1000;
            const first = await call("GET", "/certificates/a");
            await call("POST", "/certificates/a/create", SELF);
            expect((await call("GET", "/certificates/a")).id).to.equal(first.id);
            platform.time += 1000;
            expect((await call("GET", "/certificates/a")).id).to.not.equal(first.id);
        });

        it("end cancelled where that was asked for, and make room", async () => {
            await call("POST", "/certificates/a/create", SELF);
            const cancelled = await call("PATCH", "/certificates/a/pending", {
                cancellation_requested: true,
            });
            expect(cancelled).to.deep.include({ cancellation_requested: true, status: "inProgress" });
            platform.time += 1000;
            expect((await call("GET", "/certificates/a/pending")).status).to.equal("cancelled");
            expect((await refusal("GET", "/secrets/a"))[0]).to.equal(404);
            expect((await send("POST", "/certificates/a/create", SELF)).status).to.equal(202);
        });

        it("are found by the id of their request alone, where one is named", async () => {
            const { request_id: id = "" } = await call("POST", "/certificates/a/create", SELF);
            await call("GET", `/certificates/a/pending?request_id=${id}`);
            expect(await refusal("GET", "/certificates/a/pending?request_id=other")).to.deep.equal([
                404,
                "PendingCertificateNotFound",
                "Pending certificate not found: a",
            ]);
        });

        it("keep the key where the policy says so", async () => {
            const policy = { ...SELF.policy, key_props: { reuse_key: true } };
            const keys = [];
            for (let round = 0; round < 2; round += 1) {
                await call("POST", "/certificates/a/create", { policy });
                platform.time += 1000;
                const { cer = "" } = await call("GET", "/certificates/a");
                keys.push(new X509Certificate(Buffer.from(cer, "base64")).publicKey);
            }
            expect(keys[1]?.equals(keys[0] ?? keys[1])).to.equal(true);
        });
    });

    describe("imports", () => {
        it("are described by the file where no policy is given", async () => {
            const { file, chain } = await makeCertificate({ subject: "C=US, O=Contoso, CN=app" });
            const made = await call("POST", "/certificates/a/import", importBody(file));
            expect(made.cer).to.equal(chain[0]?.toString("base64"));
            expect(made.policy).to.deep.include({
                key_props: { exportable: true, kty: "RSA", key_size: 2048, reuse_key: false },
                lifetime_actions: [
                    { trigger: { lifetime_percentage: 80 }, action: { action_type: "EmailContacts" } },
                ],
                issuer: { name: "Unknown" },
            });
            expect(made.policy.x509_props).to.deep.include({
                subject: "CN=app, O=Contoso, C=US",
                sans: { dns_names: ["www.contoso.com"] },
                ekus: ["1.3.6.1.5.5.7.3.1"],
                key_usage: ["digitalSignature"],
            });
        });

        it("are refused once expired", async () => {
            const { file } = await makeCertificate({
                kind: "ec",
                notAfter: new Date(platform.time + 60_000),
            });
            await call("POST", "/certificates/a/import", importBody(file));
            platform.time += 60_000;
            expect(await refusal("POST", "/certificates/b/import", importBody(file))).to.deep.equal([
                400,
                "BadParameter",
                "X509 Certificate is already expired",
            ]);
            // What is there stays readable.
            expect((await call("GET", "/secrets/a")).value).to.not.equal(undefined);
        });

        it("are refused in the service's words where they can't be read", async () => {
            const { file, key, chain } = await makeCertificate({ format: "pem" });
            const pem = "application/x-pem-file";
            const unreadable =
                "The specified PKCS#12 X.509 certificate content can not be read. Please check if certificate is in " +
                "valid PKCS#12 format.";
            expect((await refusal("POST", "/certificates/a/import", importBody(file)))[2]).to.equal(
                unreadable,
            );
            const noPem = await refusal("POST", "/certificates/a/import", importBody(key, pem));
            expect(noPem[2]).to.contain(
                "can not be read. Please check if certificate is in valid PEM format.",
            );
            const pkcs1 = file.toString().replaceAll("PRIVATE KEY", "RSA PRIVATE KEY");
            const old = await refusal("POST", "/certificates/a/import", importBody(Buffer.from(pkcs1), pem));
            expect(old[2]).to.contain("is in an unexpected format");
            const other = (await makeCertificate({ format: "pem" })).file.toString();
            const mixed =
                file.toString().replace(/-----BEGIN CERT[^]*/, "") +
                other.slice(other.indexOf("-----BEGIN CERT"));
            const pair = await refusal("POST", "/certificates/a/import", importBody(Buffer.from(mixed), pem));
            expect(pair.slice(0, 2)).to.deep.equal([400, "BadParameter"]);
            expect(chain).to.have.lengthOf(1);
            expect((await refusal("GET", "/certificates/a"))[1]).to.equal("CertificateNotFound");
        });

        it("need the format in a policy, and the key that the policy says", async () => {
            const { file } = await makeCertificate({ kind: "ec" });
            for (const policy of [
                { issuer: { name: "Self" } },
                {
                    secret_props: { contentType: "application/x-pkcs12" },
                    key_props: { kty: "RSA" },
                },
            ]) {
                const body = { ...importBody(file), policy };
                expect(await refusal("POST", "/certificates/a/import", body)).to.deep.equal([
                    400,
                    "BadParameter",
                    "Property policy has invalid value\r\n",
                ]);
            }
        });

        it("never repeat what they could not read", async () => {
            await fc.assert(
                fc.asyncProperty(fc.string({ minLength: 12 }), fc.boolean(), async (text, pem) => {
                    const body = {
                        value: Buffer.from(text).toString("base64"),
                        pwd: text,
                        ...(pem
                            ? { policy: { secret_props: { contentType: "application/x-pem-file" } } }
                            : {}),
                    };
                    const [status, , message] = await refusal("POST", "/certificates/a/import", body);
                    expect(status).to.equal(400);
                    expect(message).to.not.contain(text);
                }),
                { numRuns: 30 },
            );
        });

        it("read PFX files under triple DES, as Windows writes them", async () => {
            const made = await call("POST", "/certificates/a/import", { value: LEGACY, pwd: "pässword" });
            expect(made.policy.x509_props.subject).to.equal("CN=legacy");
            expect(made.policy.key_props).to.deep.include({ kty: "EC", crv: "P-256", key_size: 256 });
        });
    });

    describe("key and secret", () => {
        it("are the certificate's alone to change, and the key is the one it was made for", async () => {
            const { file, chain } = await makeCertificate({ kind: "rsa" });
            const { kid = "" } = await call("POST", "/certificates/a/import", importBody(file));
            expect(await refusal("PUT", "/secrets/a", { value: "x" })).to.deep.include(403);
            expect(await refusal("DELETE", "/keys/a")).to.deep.include(403);
            const { publicKey } = new X509Certificate(chain[0] ?? "");
            const key = (await send("GET", new URL(kid).pathname)).body as { key: { n: string } };
            expect(key.key.n).to.equal(publicKey.export({ format: "jwk" }).n);
        });

        it("stand in the way where they are not the certificate's", async () => {
            await call("PUT", "/secrets/a", { value: "x" });
            const { file } = await makeCertificate({ kind: "ec" });
            expect((await refusal("POST", "/certificates/a/import", importBody(file)))[0]).to.equal(409);
            expect((await refusal("POST", "/certificates/a/create", SELF))[0]).to.equal(409);
        });
    });

    it("is restored into another vault with its key, and its secret names that one's key", async () => {
        const other = { ...vault, id: `${vault.id}2`, name: "app2" };
        platform.records.push({ host: `app2.${HOST.slice(4)}`, record: other });
        platform.grants.push({ objectId: "alice", action: "*", scope: other.id });
        const { file } = await makeCertificate({ kind: "ec" });
        const made = await call("POST", "/certificates/a/import", importBody(file));
        const key = await call("GET", "/keys/a");
        const { value } = await call("POST", "/certificates/a/backup");
        const there = async (method: string, path: string, body?: unknown): Promise<Bundle> => {
            const url = `https://app2.vault.azure.net${path}?api-version=7.6`;
            const response = await service.handle(serviceRequest(method, url, { bearer: BEARER, body }));
            return response.body as unknown as Bundle;
        };
        const restored = await there("POST", "/certificates/restore", { value });
        expect(restored.cer).to.equal(made.cer);
        expect(restored.id).to.equal(made.id.replace("app.", "app2."));
        expect(await there("GET", "/keys/a")).to.deep.equal(
            JSON.parse(JSON.stringify(key).replaceAll("app.vault", "app2.vault")),
        );
        expect((await there("GET", "/secrets/a")).kid).to.equal(restored.kid);
    });

    it("lists what is being made where that is asked for, on every page", async () => {
        for (const name of ["a", "b", "c"]) await call("POST", `/certificates/${name}/create`, SELF);
        expect((await send("GET", "/certificates")).body).to.deep.include({ value: [] });
        const ids: string[] = [];
        let path: string | undefined = "/certificates?includePending=true&maxresults=1";
        while (path !== undefined) {
            const response: ServiceResponse = await send("GET", path);
            const page = response.body as { value: { id: string }[]; nextLink: string | null };
            ids.push(...page.value.map(({ id }) => id.slice(-1)));
            path = page.nextLink?.replace(/^https:..[^/]+/, "").replace(/api-version=[^&]*&/, "");
        }
        expect(ids.sort()).to.deep.equal(["a", "b", "c"]);
    });

    it("refuses policies that nothing can be made from", async () => {
        const refused = [
            {},
            { x509_props: {} },
            { ...SELF.policy, key_props: { key_size: 1024 } },
            { ...SELF.policy, key_props: { kty: "RSA-HSM" } },
            { ...SELF.policy, key_props: { kty: "RSA-HSM", exportable: true } },
            { ...SELF.policy, x509_props: { subject: "no name" } },
            { ...SELF.policy, x509_props: { subject: "CN=a", key_usage: ["all"] } },
            { ...SELF.policy, lifetime_actions: [{ trigger: {}, action: { action_type: "AutoRenew" } }] },
        ];
        for (const policy of refused) {
            const [status, code] = await refusal("POST", "/certificates/a/create", { policy });
            expect([status, code], JSON.stringify(policy)).to.deep.equal([400, "BadParameter"]);
        }
    });

    it("shows neither private keys nor passwords but in the secret", async () => {
        const { file, key } = await makeCertificate({ kind: "ec", password: "open-sesame" });
        await call("POST", "/certificates/a/import", { ...importBody(file), pwd: "open-sesame" });
        await call("PUT", "/certificates/issuers/one", {
            provider: "Test",
            credentials: { account_id: "me", pwd: "open-sesame" },
        });
        const answers = await Promise.all(
            ["/certificates/a", "/certificates", "/certificates/a/policy", "/certificates/issuers/one"].map(
                async (path) => JSON.stringify((await send("GET", path)).body),
            ),
        );
        for (const answer of answers) {
            expect(answer).to.not.contain("open-sesame");
            expect(answer).to.not.contain(key.toString("base64").slice(20));
        }
        expect(JSON.stringify(service.save?.())).to.not.contain("open-sesame");
    });

    it("comes back from saved state with operations under way", async () => {
        await call("POST", "/certificates/a/create", SELF);
        const saved = JSON.parse(JSON.stringify(service.save?.())) as unknown;
        service = await createKeyVault(platform, { issuanceMilliseconds: 1000 });
        await service.load?.(saved);
        platform.time += 1000;
        const { cer = "" } = await call("GET", "/certificates/a");
        expect(new X509Certificate(Buffer.from(cer, "base64")).subject).to.equal("CN=a");
    });

    it("asks an access policy for the permission of each operation", async () => {
        const policy = { objectId: "alice", permissions: { certificates: [] as string[] } };
        vault.properties = { tenantId: "tenant-a", accessPolicies: [policy] };
        const operations = [
            ["POST", "/certificates/a/create", "create"],
            ["POST", "/certificates/a/import", "import"],
            ["POST", "/certificates/a/pending/merge", "create"],
            ["GET", "/certificates/a", "get"],
            ["GET", "/certificates", "list"],
            ["PATCH", "/certificates/a", "update"],
            ["DELETE", "/certificates/a", "delete"],
            ["POST", "/deletedcertificates/a/recover", "recover"],
            ["DELETE", "/deletedcertificates/a", "purge"],
            ["POST", "/certificates/a/backup", "backup"],
            ["POST", "/certificates/restore", "restore"],
            ["GET", "/certificates/contacts", "managecontacts"],
            ["GET", "/certificates/issuers", "listissuers"],
            ["GET", "/certificates/issuers/one", "getissuers"],
            ["PUT", "/certificates/issuers/one", "setissuers"],
            ["DELETE", "/certificates/issuers/one", "deleteissuers"],
        ] as const;
        for (const [method, path, permission] of operations) {
            policy.permissions.certificates = [];
            const [status, , message] = await refusal(method, path, {});
            expect(status, path).to.equal(403);
            expect(message, path).to.contain(`certificates ${permission} permission`);
            policy.permissions.certificates = [permission];
            expect((await send(method, path, {})).status, path).to.not.equal(403);
        }
    });
});
