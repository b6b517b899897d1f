import { expect } from "chai";
import { VaultWorld } from "./vault-world.js";
import { KeyVaults, policyOf, recreate, versionsOf } from "./keys-world.js";

const rotation = {
    expiresIn: "P90D",
    lifetimeActions: [
        { action: "Rotate" as const, timeAfterCreate: "P60D" },
        { action: "Notify" as const, timeBeforeExpiry: "P20D" },
    ],
};

describe("keys of vaults in one subscription and geography", () => {
    let world: VaultWorld;
    before(async () => {
        world = await VaultWorld.start();
    });
    after(() => world.stop());

    /** Three versions of one key, with everything that a key can have. */
    async function seed(both: KeyVaults): Promise<void> {
        const { source } = both;
        await source.createEcKey("signing", { curve: "P-384", tags: { version: "1" } });
        both.tick();
        await source.createRsaKey("signing", { keySize: 2048, enabled: false });
        both.tick();
        await source.createEcKey("signing", {
            curve: "P-256",
            keyOps: ["sign"],
            tags: { version: "3", "with space": "ünï" },
            notBefore: new Date("2020-01-01T00:00:00Z"),
            expiresOn: new Date("2035-01-01T00:00:00Z"),
        });
        await source.updateKeyRotationPolicy("signing", rotation);
    }

    const vaults = (): KeyVaults => new KeyVaults(world, "together");

    it("come themselves, with all versions, their ids, attributes, tags and rotation policy", async () => {
        const both = vaults();
        await seed(both);
        await both.source.createRsaKey("plain");
        world.azure.requests.clear();
        const result = await both.replicate();
        expect(result.failures).to.deep.equal([]);
        expect(result.losses).to.deep.equal([]);
        expect(result.summary).to.include({ created: 2, fidelity: 1 });
        expect(world.writes(both.from)).to.equal(0);
        for (const name of ["signing", "plain"]) {
            expect(await versionsOf(both.target, name)).to.deep.equal(await versionsOf(both.source, name));
            expect(await policyOf(both.target, name)).to.deep.equal(await policyOf(both.source, name));
        }
        const again = await both.replicate();
        expect(again.summary).to.include({ same: 2, created: 0, updated: 0 });
    });

    it("come in regions of one geography, and not in others", async () => {
        const near = new KeyVaults(world, "together", { target: { location: "northeurope" } });
        await near.source.createEcKey("near");
        expect((await near.replicate()).summary).to.include({ created: 1, fidelity: 1 });
        const far = new KeyVaults(world, "together", { target: { location: "eastus" } });
        await far.source.createEcKey("far");
        const result = await far.replicate();
        expect(result.summary).to.include({ lost: 1 });
        expect(result.losses[0]?.remedy).to.include("onUnexportable");
        expect(world.writes(far.to)).to.equal(0);
    });

    it("that are there already are adopted, and get other properties without a new version", async () => {
        const both = vaults();
        await seed(both);
        await both.replicate();
        both.tick();
        const { version } = (await both.source.getKey("signing")).properties;
        await both.source.updateKeyProperties("signing", version ?? "", {
            tags: { changed: "yes" },
            keyOps: ["sign", "verify"],
            enabled: true,
            expiresOn: new Date("2036-01-01T00:00:00Z"),
        });
        await both.source.updateKeyRotationPolicy("signing", { lifetimeActions: [] });
        const result = await both.replicate();
        expect(result.failures).to.deep.equal([]);
        expect(result.summary).to.include({ updated: 1 });
        expect(await versionsOf(both.target, "signing")).to.deep.equal(
            await versionsOf(both.source, "signing"),
        );
        expect(await policyOf(both.target, "signing")).to.deep.equal(await policyOf(both.source, "signing"));
        const adopted = await both.killed();
        expect(adopted.summary).to.include({ same: 1 });
        expect(adopted.copied.signing).to.include({ origin: "adopted" });
    });

    it("keep a date that the source has no more, which is a loss", async () => {
        const both = vaults();
        const { properties } = await both.source.createEcKey("dated", {
            expiresOn: new Date("2035-01-01T00:00:00Z"),
        });
        await both.replicate();
        both.tick();
        await both.target.updateKeyProperties("dated", properties.version ?? "", {
            notBefore: new Date("2021-01-01T00:00:00Z"),
        });
        const result = await both.replicate({ onConflict: "overwrite" });
        expect(result.losses).to.have.lengthOf(1);
        expect(result.losses[0]).to.include({ item: "dated", what: "notBefore" });
    });

    it("that were rotated since stay as they are, with what to do", async () => {
        const both = vaults();
        await seed(both);
        await both.replicate();
        const before = await versionsOf(both.target, "signing");
        both.tick();
        await both.source.rotateKey("signing");
        for (const run of [() => both.replicate(), () => both.killed()]) {
            const result = await run();
            expect(result.failures).to.deep.equal([]);
            expect(result.losses).to.have.lengthOf(1);
            expect(result.losses[0]?.reason).to.include("newest version");
            expect(result.losses[0]?.remedy).to.match(/[Dd]elete and purge.*onUnexportable/);
            expect(await versionsOf(both.target, "signing")).to.deep.equal(before);
        }
    });

    it("that were rotated since get one new version where that is wanted", async () => {
        const both = vaults();
        await seed(both);
        await both.replicate(recreate);
        both.tick();
        const rotated = await both.source.rotateKey("signing");
        const result = await both.replicate(recreate);
        expect(result.failures).to.deep.equal([]);
        expect(result.losses.map(({ what }) => what)).to.deep.equal(["key material"]);
        const versions = await versionsOf(both.target, "signing");
        expect(versions).to.have.lengthOf(4);
        expect((await both.target.getKey("signing")).properties.tags).to.include({
            "azure-dataplane-recreated-from": rotated.properties.version,
        });
        await both.killed(recreate);
        both.tick();
        await both.source.rotateKey("signing");
        expect((await both.replicate(recreate)).failures).to.deep.equal([]);
        expect(await versionsOf(both.target, "signing")).to.have.lengthOf(4);
    });

    it("of others are a conflict, and are never deleted for ours", async () => {
        const both = vaults();
        await both.source.createEcKey("taken");
        await both.target.createRsaKey("taken");
        const before = await versionsOf(both.target, "taken");
        expect((await both.replicate()).failures[0]?.error.code).to.equal("Conflict");
        const lost = await both.replicate({ onConflict: "overwrite" });
        expect(lost.failures).to.deep.equal([]);
        expect(lost.losses[0]?.reason).to.include("a backup can only be restored where there is none");
        expect(await versionsOf(both.target, "taken")).to.deep.equal(before);
        both.tick();
        const made = await both.replicate({ ...recreate, onConflict: "overwrite" });
        expect(made.summary).to.include({ updated: 1 });
        expect((await versionsOf(both.target, "taken")).slice(0, 1)).to.deep.equal(before);
    });

    it("under another name are made anew or lost, as a backup keeps its name", async () => {
        const both = vaults();
        await both.source.createEcKey("old", { curve: "P-521" });
        const selection = { rename: { old: "new" } };
        const lost = await both.replicate({ selection });
        expect(lost.losses[0]?.reason).to.include("under its own name");
        const made = await both.replicate({ ...recreate, selection });
        expect(made.losses.map(({ what }) => what)).to.deep.equal(["key material"]);
        expect((await both.target.getKey("new")).key?.crv).to.equal("P-521");
    });

    it("come back from deletion where they are the very same", async () => {
        const both = vaults();
        await seed(both);
        await both.replicate();
        await (await both.target.beginDeleteKey("signing")).pollUntilDone();
        const result = await both.replicate();
        expect(result.failures).to.deep.equal([]);
        expect(result.summary).to.include({ created: 1 });
        expect(await versionsOf(both.target, "signing")).to.deep.equal(
            await versionsOf(both.source, "signing"),
        );
    });

    it("whose name a deleted key has say how to free it", async () => {
        for (const enablePurgeProtection of [undefined, true]) {
            const both = new KeyVaults(world, "together", {
                target: {
                    properties: enablePurgeProtection === undefined ? {} : { enablePurgeProtection },
                },
            });
            await both.source.createEcKey("held");
            await both.target.createEcKey("held");
            await (await both.target.beginDeleteKey("held")).pollUntilDone();
            for (const run of [{}, recreate]) {
                const [failure] = (await both.replicate(run)).failures;
                expect(failure?.error.code).to.equal("InvalidItem");
                expect(failure?.error.message).to.include('still has the name "held"');
                expect(failure?.error.detail.remedy).to.include(
                    enablePurgeProtection === undefined ? "az keyvault key purge" : "purge protection",
                );
            }
        }
    });

    it("that are disabled come too, and are not enabled for it", async () => {
        const both = vaults();
        await both.source.createEcKey("off", { enabled: false, tags: { a: "b" } });
        const result = await both.replicate();
        expect(result.failures).to.deep.equal([]);
        expect(result.summary).to.include({ created: 1, fidelity: 1 });
        expect(await versionsOf(both.target, "off")).to.deep.equal(await versionsOf(both.source, "off"));
        expect((await both.replicate()).summary).to.include({ same: 1 });
        both.tick();
        const [{ version } = { version: undefined }] = await versionsOf(both.source, "off");
        await both.source.updateKeyProperties("off", version ?? "", { enabled: true });
        expect((await both.replicate()).summary).to.include({ updated: 1 });
        expect(await versionsOf(both.target, "off")).to.deep.equal(await versionsOf(both.source, "off"));
    });

    it("of certificates are left out, and their names left alone", async () => {
        const both = vaults();
        const seeded = async (vault: typeof both.to): Promise<void> => {
            const { CertificateClient } = await import("@azure/keyvault-certificates");
            const client = new CertificateClient(vault.url, vault.admin);
            const policy = { issuerName: "Self", subject: "CN=test" };
            await (await client.beginCreateCertificate("of-certificate", policy)).pollUntilDone();
        };
        await seeded(both.from);
        expect((await both.replicate()).summary).to.include({ created: 0, lost: 0 });
        await both.source.createEcKey("named");
        const source = await world.open("keys", "source", both.from);
        const item = await source.find("named");
        if (item === undefined) throw new Error("not found");
        await seeded(both.to);
        const target = await world.open("keys", "target", both.to);
        const content = await source.get(item);
        const error: unknown = await target.put({ ...item, name: "of-certificate" }, content, {}).then(
            () => undefined,
            (failure: unknown) => failure,
        );
        expect(error).to.include({ name: "DataplaneError", code: "Conflict" });
    });

    it("in hardware need a premium vault, which is known before anything is written", async () => {
        const premium = { properties: { sku: { family: "A", name: "premium" } } };
        const both = new KeyVaults(world, "together", { source: premium });
        await both.source.createRsaKey("hard", { hsm: true });
        await both.source.createEcKey("soft");
        const result = await both.replicate();
        expect(result.summary).to.include({ created: 1, failed: 1 });
        expect(result.failures[0]?.error.code).to.equal("InvalidItem");
        expect(result.failures[0]?.error.detail.remedy).to.include("premium");
        const alike = new KeyVaults(world, "together", { source: premium, target: premium });
        const policy = { version: "1.0.0", anyOf: [{ authority: "https://a.attest.azure.net", allOf: [] }] };
        const encodedPolicy = new TextEncoder().encode(JSON.stringify(policy));
        await alike.source.createEcKey("hard", {
            hsm: true,
            exportable: true,
            releasePolicy: { encodedPolicy },
        });
        expect((await alike.replicate()).summary).to.include({ created: 1, fidelity: 1 });
        expect(await versionsOf(alike.target, "hard")).to.deep.equal(await versionsOf(alike.source, "hard"));
    });

    it("without the right to a backup fail with the role at the source", async () => {
        const both = new KeyVaults(world, "together", { source: { roles: ["Key Vault Reader"] } });
        await both.source.createEcKey("one");
        await both.source.createEcKey("two");
        const result = await both.replicate();
        expect(result.failures).to.have.lengthOf(2);
        for (const { error } of result.failures) {
            expect(error.code).to.equal("AccessDenied");
            expect(error.detail.side).to.equal("source");
            expect(`${error.message} ${error.detail.remedy ?? ""}`).to.include("Key Vault Crypto User");
        }
    });

    it("carry an owner's mark, and lose the marks of a source that is itself a copy", async () => {
        const both = vaults();
        await both.source.createEcKey("marked", {
            tags: { team: "a", "azure-dataplane-owner": "other", "azure-dataplane-recreated-from": "x" },
        });
        expect((await both.replicate({ owner: "mine" })).summary).to.include({ created: 1, fidelity: 1 });
        expect((await both.target.getKey("marked")).properties.tags).to.deep.equal({
            team: "a",
            "azure-dataplane-owner": "mine",
        });
    });
});
