import { SecretClient } from "@azure/keyvault-secrets";
import { expect } from "chai";
import { credentialOf, failure, give, place, startLocalAzure, type Cast } from "./local.js";

const TYPE = "Microsoft.KeyVault/vaults";

describe("the local Key Vault, with its SDK", () => {
    let cast: Cast;
    let vaultId: string;
    let client: SecretClient;

    before(async () => {
        cast = await startLocalAzure();
        const { tenantId } = cast.deployer;
        vaultId = place(cast, "staging", TYPE, "staging-app", {
            properties: { tenantId, sku: { family: "A", name: "standard" }, enableRbacAuthorization: true },
        });
        give(cast, cast.deployer, "Key Vault Secrets Officer", vaultId);
        client = new SecretClient("https://staging-app.vault.azure.net", credentialOf(cast.deployer), {
            retryOptions: { maxRetries: 0 },
        });
    });

    after(async () => {
        await cast.azure.stop();
    });

    it("sets, gets, updates and lists", async () => {
        const expiresOn = new Date(Date.UTC(2031, 0, 1));
        const set = await client.setSecret("db-password", "one", {
            contentType: "text/plain",
            tags: { a: "b" },
            expiresOn,
        });
        const got = await client.getSecret("DB-password");
        expect(got.value).to.equal("one");
        expect(got.properties).to.deep.include({
            name: "db-password",
            version: set.properties.version,
            expiresOn,
        });
        await client.updateSecretProperties("db-password", set.properties.version ?? "", {
            tags: { c: "d" },
        });
        await client.setSecret("db-password", "two");
        expect(
            (await client.getSecret("db-password", { version: set.properties.version ?? "" })).value,
        ).to.equal("one");
        const versions = [];
        for await (const version of client.listPropertiesOfSecretVersions("db-password"))
            versions.push(version.version);
        expect(versions).to.have.lengthOf(2).and.include(set.properties.version);
    });

    it("lists more than a page, without versions", async () => {
        const names = Array.from({ length: 30 }, (_, index) => `many-${String(index)}`);
        for (const name of names) await client.setSecret(name, "v");
        const listed = new Map<string, string | undefined>();
        for await (const { name, version } of client.listPropertiesOfSecrets()) listed.set(name, version);
        expect([...listed.keys()]).to.include.members(names);
        expect(new Set(listed.values())).to.deep.equal(new Set([undefined]));
    });

    it("deletes softly, recovers and purges", async () => {
        cast.azure.keyVault.settings.transitionMilliseconds = 0;
        await client.setSecret("gone", "kept");
        const deleted = await (await client.beginDeleteSecret("gone", { intervalInMs: 1 })).pollUntilDone();
        expect(deleted.name).to.equal("gone");
        expect((await failure(client.getSecret("gone")))?.code).to.equal("SecretNotFound");
        expect(await failure(client.setSecret("gone", "new"))).to.deep.equal({
            status: 409,
            code: "Conflict",
        });
        await (await client.beginRecoverDeletedSecret("gone", { intervalInMs: 1 })).pollUntilDone();
        expect((await client.getSecret("gone")).value).to.equal("kept");
        await (await client.beginDeleteSecret("gone", { intervalInMs: 1 })).pollUntilDone();
        await client.purgeDeletedSecret("gone");
        expect((await client.setSecret("gone", "new")).value).to.equal("new");
    });

    it("refuses what the caller has no role for, and what is disabled", async () => {
        await client.setSecret("off", "v", { enabled: false });
        expect(await failure(client.getSecret("off"))).to.deep.equal({ status: 403, code: "Forbidden" });
        const reader = new SecretClient("https://staging-app.vault.azure.net", credentialOf(cast.reader));
        expect(await failure(reader.getSecret("off"))).to.not.equal(undefined);
    });

    it("throttles, and the SDK waits as it is told", async () => {
        const { settings } = cast.azure.keyVault;
        const before = settings.limits;
        settings.limits = { ...before, creations: 1, perMilliseconds: 1_000 };
        try {
            const results = await Promise.all(
                [1, 2, 3].map((n) => failure(client.setSecret("busy", String(n)))),
            );
            expect(results.map((result) => result?.status)).to.include(429);
            const patient = new SecretClient(
                "https://staging-app.vault.azure.net",
                credentialOf(cast.deployer),
            );
            await Promise.all([1, 2].map((n) => patient.setSecret("busy", String(n))));
        } finally {
            settings.limits = before;
        }
    }).timeout(10_000);
});
