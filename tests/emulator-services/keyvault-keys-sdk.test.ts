import { createHash, createPublicKey, verify, type JsonWebKey as NodeKey } from "node:crypto";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import { expect } from "chai";
import { credentialOf, failure, give, place, startLocalAzure, type Cast } from "./local.js";

const TYPE = "Microsoft.KeyVault/vaults";
const quick = { intervalInMs: 1 };

describe("keys of the local Key Vault, with their SDK", () => {
    let cast: Cast;
    let client: KeyClient;

    const clientOf = (vault: string, who = cast.deployer): KeyClient =>
        new KeyClient(`https://${vault}.vault.azure.net`, credentialOf(who), {
            retryOptions: { maxRetries: 0 },
        });

    before(async () => {
        cast = await startLocalAzure();
        const { settings } = cast.azure.keyVault;
        settings.transitionMilliseconds = 0;
        settings.keyMaterial = "pooled";
        const { tenantId } = cast.deployer;
        for (const [name, location] of [
            ["keys-one", "westeurope"],
            ["keys-two", "northeurope"],
            ["keys-far", "eastus"],
        ] as const) {
            const id = place(cast, "staging", TYPE, name, {
                location,
                properties: {
                    tenantId,
                    sku: { family: "A", name: "premium" },
                    enableRbacAuthorization: true,
                },
            });
            for (const role of ["Key Vault Crypto Officer", "Key Vault Secrets Officer"])
                give(cast, cast.deployer, role, id);
        }
        client = clientOf("keys-one");
    });

    after(async () => {
        await cast.azure.stop();
    });

    it("are created, got, updated and listed", async () => {
        const expiresOn = new Date(Date.UTC(2031, 0, 1));
        const made = await client.createRsaKey("rsa", { keySize: 3072, expiresOn, tags: { a: "b" } });
        expect(made.key?.n).to.have.lengthOf(384);
        const got = await client.getKey("RSA");
        expect(got.key?.kid).to.equal(made.key?.kid);
        expect(got.properties).to.deep.include({
            expiresOn,
            tags: { a: "b" },
            enabled: true,
            exportable: false,
        });
        expect(got.key?.d).to.equal(undefined);
        const { version = "" } = made.properties;
        await client.updateKeyProperties("rsa", version, { keyOps: ["sign"], enabled: false });
        const hsm = await client.createEcKey("hsm", { curve: "P-384", hsm: true });
        expect(hsm.keyType).to.equal("EC-HSM");
        const listed = new Map<string, boolean | undefined>();
        for await (const { name, enabled } of client.listPropertiesOfKeys()) listed.set(name, enabled);
        expect([...listed])
            .to.deep.include(["rsa", false])
            .and.deep.include(["hsm", true]);
        expect((await failure(client.getKey("rsa")))?.status).to.equal(403);
    });

    it("are imported, rotated by policy, and used", async () => {
        await client.createEcKey("rotating", { curve: "P-256" });
        const policy = await client.updateKeyRotationPolicy("rotating", {
            expiresIn: "P90D",
            lifetimeActions: [{ action: "Rotate", timeBeforeExpiry: "P30D" }],
        });
        expect(policy.lifetimeActions?.map(({ action }) => action)).to.deep.equal(["Rotate", "Notify"]);
        expect((await client.getKeyRotationPolicy("rotating")).expiresIn).to.equal("P90D");
        const rotated = await client.rotateKey("rotating");
        expect(rotated.properties.expiresOn).to.be.an.instanceOf(Date);
        const versions = [];
        for await (const { version } of client.listPropertiesOfKeyVersions("rotating"))
            versions.push(version);
        expect(versions).to.have.lengthOf(2);
        const user = new CryptographyClient(rotated, credentialOf(cast.deployer));
        const message = Buffer.from("message");
        const { result } = await user.signData("ES256", message);
        expect((await user.verifyData("ES256", message, result)).result).to.equal(true);
    });

    it("are restored in their geography as the very same keys, and nowhere else", async () => {
        const original = await client.createEcKey("moving", { curve: "P-256" });
        const backup = await client.backupKey("moving");
        const two = clientOf("keys-two");
        const restored = await two.restoreKeyBackup(backup ?? new Uint8Array());
        expect(restored.properties.version).to.equal(original.properties.version);
        expect(restored.properties.createdOn).to.deep.equal(original.properties.createdOn);
        const user = new CryptographyClient(restored, credentialOf(cast.deployer));
        const message = Buffer.from("message");
        const { result } = await user.sign("ES256", createHash("sha256").update(message).digest());
        const text = (bytes: Uint8Array | undefined): string =>
            Buffer.from(bytes ?? []).toString("base64url");
        const jwk: NodeKey = { kty: "EC", crv: "P-256", x: text(original.key?.x), y: text(original.key?.y) };
        const key = createPublicKey({ key: jwk, format: "jwk" });
        expect(verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, result)).to.equal(true);
        const far = await failure(clientOf("keys-far").restoreKeyBackup(backup ?? new Uint8Array()));
        expect(far).to.deep.equal({ status: 400, code: "BadParameter" });
        const again = await failure(two.restoreKeyBackup(backup ?? new Uint8Array()));
        expect(again).to.deep.equal({ status: 409, code: "Conflict" });
    });

    it("are deleted, recovered and purged", async () => {
        await client.createEcKey("gone");
        await (await client.beginDeleteKey("gone", quick)).pollUntilDone();
        expect((await client.getDeletedKey("gone")).name).to.equal("gone");
        await (await client.beginRecoverDeletedKey("gone", quick)).pollUntilDone();
        await (await client.beginDeleteKey("gone", quick)).pollUntilDone();
        await client.purgeDeletedKey("gone");
        expect((await failure(client.getDeletedKey("gone")))?.code).to.equal("KeyNotFound");
    });

    it("need the roles that they need in Azure", async () => {
        const vaultId = place(cast, "production", TYPE, "keys-roles", {
            properties: {
                tenantId: cast.producer.tenantId,
                sku: { family: "A", name: "standard" },
                enableRbacAuthorization: true,
            },
        });
        give(cast, cast.producer, "Key Vault Crypto User", vaultId);
        const user = clientOf("keys-roles", cast.producer);
        expect(await failure(user.createEcKey("k"))).to.deep.equal({ status: 403, code: "Forbidden" });
        expect(await failure(user.backupKey("k"))).to.deep.equal({ status: 404, code: "KeyNotFound" });
        give(cast, cast.reader, "Key Vault Reader", vaultId);
        const reader = clientOf("keys-roles", cast.reader);
        expect((await failure(reader.getKey("k")))?.code).to.equal("KeyNotFound");
        expect((await failure(reader.getKeyRotationPolicy("k")))?.code).to.equal("KeyNotFound");
        expect((await failure(reader.backupKey("k")))?.status).to.equal(403);
    });

    it("leave secrets to their own backup", async () => {
        const secretsOf = (vault: string): SecretClient =>
            new SecretClient(`https://${vault}.vault.azure.net`, credentialOf(cast.deployer));
        await secretsOf("keys-one").setSecret("db", "one");
        const latest = await secretsOf("keys-one").setSecret("db", "two", { contentType: "text/plain" });
        const backup = await secretsOf("keys-one").backupSecret("db");
        const restored = await secretsOf("keys-two").restoreSecretBackup(backup ?? new Uint8Array());
        expect(restored.version).to.equal(latest.properties.version);
        expect((await secretsOf("keys-two").getSecret("db")).value).to.equal("two");
    });
});
