import { expect } from "chai";
import type { Run } from "./vault-world.js";
import { VaultWorld } from "./vault-world.js";
import { KeyVaults, policyOf, recreate, versionsOf } from "./keys-world.js";

const template: Run = { mode: "template" };
const rotation = {
    expiresIn: "P1Y",
    lifetimeActions: [
        { action: "Rotate" as const, timeBeforeExpiry: "P30D" },
        { action: "Notify" as const, timeBeforeExpiry: "P20D" },
    ],
};
const premium = { properties: { sku: { family: "A", name: "premium" } } };

describe("keys of vaults that no backup goes between", () => {
    let world: VaultWorld;
    before(async () => {
        world = await VaultWorld.start();
    });
    after(() => world.stop());

    const apart = (wishes?: ConstructorParameters<typeof KeyVaults>[2]): KeyVaults =>
        new KeyVaults(world, "apart", wishes);

    async function seedFull({ source }: KeyVaults): Promise<string | undefined> {
        const { properties } = await source.createRsaKey("full", {
            keySize: 3072,
            keyOps: ["wrapKey", "unwrapKey"],
            tags: { team: "data" },
            notBefore: new Date("2020-01-01T00:00:00Z"),
            expiresOn: new Date("2035-01-01T00:00:00Z"),
        });
        await source.updateKeyRotationPolicy("full", rotation);
        return properties.version;
    }

    it("are lost by default, with the reason and the option", async () => {
        const both = apart();
        await seedFull(both);
        world.azure.requests.clear();
        const result = await both.replicate();
        expect(result.failures).to.deep.equal([]);
        expect(result.summary).to.include({ lost: 1, fidelity: 0 });
        expect(result.losses[0]?.reason).to.include("never leaves its vault");
        expect(result.losses[0]?.remedy).to.include('onUnexportable to "recreate"');
        expect(world.writes(both.to)).to.equal(0);
    });

    it("are made anew where that is wanted, alike in all but the key, and reported as such", async () => {
        const both = apart();
        const version = await seedFull(both);
        const result = await both.replicate(recreate);
        expect(result.failures).to.deep.equal([]);
        expect(result.summary).to.include({ created: 1, fidelity: 0 });
        expect(result.losses).to.have.lengthOf(1);
        expect(result.losses[0]).to.include({ item: "full", what: "key material" });
        expect(result.losses[0]?.minor).to.equal(undefined);
        const [there, here] = [await both.source.getKey("full"), await both.target.getKey("full")];
        expect(here.keyType).to.equal("RSA");
        expect(here.key?.n).to.have.lengthOf(384).and.not.deep.equal(there.key?.n);
        expect(here.keyOperations).to.deep.equal(there.keyOperations);
        for (const name of ["enabled", "notBefore", "expiresOn"] as const) {
            expect(here.properties[name]).to.deep.equal(there.properties[name]);
        }
        expect(here.properties.tags).to.deep.equal({
            team: "data",
            "azure-dataplane-recreated-from": version,
        });
        expect(await policyOf(both.target, "full")).to.deep.equal(await policyOf(both.source, "full"));
        for (const again of [await both.replicate(recreate), await both.killed(recreate)]) {
            expect(again.summary).to.include({ same: 1, fidelity: 0 });
            expect(again.losses.map(({ what }) => what)).to.deep.equal(["key material"]);
        }
        expect(await versionsOf(both.target, "full")).to.have.lengthOf(1);
    });

    it("are of all types, sizes and curves that vaults have", async () => {
        const both = apart({ source: premium, target: premium });
        for (const keySize of [2048, 3072, 4096]) {
            await both.source.createRsaKey(`rsa-${String(keySize)}`, { keySize });
        }
        for (const curve of ["P-256", "P-384", "P-521", "P-256K"]) {
            await both.source.createEcKey(`ec-${curve}`, { curve });
        }
        await both.source.createRsaKey("rsa-hsm", { hsm: true });
        const rules = { version: "1.0.0", anyOf: [{ authority: "https://a.attest.azure.net", allOf: [] }] };
        await both.source.createEcKey("ec-hsm", {
            hsm: true,
            curve: "P-384",
            exportable: true,
            releasePolicy: {
                encodedPolicy: new TextEncoder().encode(JSON.stringify(rules)),
                immutable: true,
            },
        });
        const result = await both.replicate(recreate);
        expect(result.failures).to.deep.equal([]);
        expect(result.summary).to.include({ created: 9 });
        for await (const { name } of both.source.listPropertiesOfKeys()) {
            const [there, here] = [await both.source.getKey(name), await both.target.getKey(name)];
            expect(here.keyType, name).to.equal(there.keyType);
            expect(here.key?.crv, name).to.equal(there.key?.crv);
            expect(here.key?.n?.length, name).to.equal(there.key?.n?.length);
            expect(here.keyOperations, name).to.deep.equal(there.keyOperations);
            expect(here.properties.exportable, name).to.equal(there.properties.exportable);
            expect(here.properties.releasePolicy, name).to.deep.equal(there.properties.releasePolicy);
        }
        expect((await both.replicate(recreate)).summary).to.include({ same: 9 });
    });

    it("keep their one new version while the source's is rotated, and get its properties", async () => {
        const both = apart();
        await seedFull(both);
        await both.replicate(recreate);
        const before = await versionsOf(both.target, "full");
        both.tick();
        const { properties } = await both.source.rotateKey("full");
        await both.source.updateKeyProperties("full", properties.version ?? "", { tags: { team: "web" } });
        const result = await both.replicate(recreate);
        expect(result.failures).to.deep.equal([]);
        expect(result.summary).to.include({ updated: 1 });
        const versions = await versionsOf(both.target, "full");
        expect(versions.map(({ version }) => version)).to.deep.equal(before.map(({ version }) => version));
        expect((await both.target.getKey("full")).properties.tags).to.include({ team: "web" });
    });

    it("get one new version when the source's is of another kind", async () => {
        const both = apart();
        await seedFull(both);
        await both.replicate(recreate);
        both.tick();
        await both.source.createEcKey("full", { curve: "P-256" });
        expect((await both.replicate(recreate)).failures).to.deep.equal([]);
        await both.killed(recreate);
        expect(await versionsOf(both.target, "full")).to.have.lengthOf(2);
        expect((await both.target.getKey("full")).key?.crv).to.equal("P-256");
    });

    it("are still known when the target's key has rotated itself", async () => {
        const both = apart();
        await seedFull(both);
        await both.replicate(recreate);
        both.tick();
        await both.target.rotateKey("full");
        const { properties } = await both.target.getKey("full");
        await both.target.updateKeyProperties("full", properties.version ?? "", {
            tags: { team: "data" },
            notBefore: new Date("2020-01-01T00:00:00Z"),
            expiresOn: new Date("2035-01-01T00:00:00Z"),
        });
        const result = await both.replicate(recreate);
        expect(result.failures).to.deep.equal([]);
        expect(result.summary).to.include({ same: 1 });
        expect(await versionsOf(both.target, "full")).to.have.lengthOf(2);
    });

    it("in hardware are refused by a standard vault before anything is written, in a template too", async () => {
        const both = apart({ source: premium });
        await both.source.createRsaKey("hard", { hsm: true });
        world.azure.requests.clear();
        for (const run of [recreate, template]) {
            const [failure] = (await both.replicate(run)).failures;
            expect(failure?.error.code).to.equal("InvalidItem");
            expect(failure?.error.detail.remedy).to.include("premium");
        }
        expect(world.writes(both.to)).to.equal(0);
    });

    it("that are disabled are a loss, as their kind is not shown", async () => {
        const both = apart();
        await both.source.createEcKey("off", { enabled: false });
        for (const run of [recreate, template]) {
            const result = await both.replicate(run);
            expect(result.failures).to.deep.equal([]);
            expect(result.losses[0]?.reason).to.include("disabled");
        }
    });

    it("that are disabled after they were made anew are disabled at the target, and enabled again", async () => {
        const both = apart();
        const version = (await seedFull(both)) ?? "";
        await both.replicate(recreate);
        for (const enabled of [false, true]) {
            both.tick();
            await both.source.updateKeyProperties("full", version, { enabled });
            const result = await both.replicate(recreate);
            expect(result.failures).to.deep.equal([]);
            expect(result.summary).to.include({ updated: 1 });
            const [here] = await versionsOf(both.target, "full");
            expect(here?.attributes).to.include({ enabled });
            expect((await both.replicate(recreate)).summary).to.include({ same: 1 });
        }
    });

    it("are made by a template, which a replication leaves as they are", async () => {
        const both = apart({
            source: { roles: ["Key Vault Reader"] },
        });
        await seedFull(both);
        const placed = await both.replicate(template);
        expect(placed.failures).to.deep.equal([]);
        expect(placed.summary).to.include({ created: 1 });
        expect(placed.losses).to.deep.equal([]);
        const before = await versionsOf(both.target, "full");
        expect(await policyOf(both.target, "full")).to.deep.equal(await policyOf(both.source, "full"));
        both.tick();
        const { properties } = await both.source.getKey("full");
        await both.source.updateKeyProperties("full", properties.version ?? "", { tags: { team: "web" } });
        expect((await both.replicate(template)).summary).to.include({ same: 1 });
        expect(await versionsOf(both.target, "full")).to.deep.equal(before);
        await both.source.updateKeyProperties("full", properties.version ?? "", { tags: { team: "data" } });
        const full = await both.replicate(recreate);
        expect(full.summary).to.include({ same: 1 });
        expect(full.losses.map(({ what }) => what)).to.deep.equal(["key material"]);
        expect(await versionsOf(both.target, "full")).to.deep.equal(before);
        const lost = await both.replicate();
        expect(lost.summary).to.include({ lost: 1 });
        expect(await versionsOf(both.target, "full")).to.deep.equal(before);
    });

    it("are made by a template also where a backup would go, and stay there with a loss", async () => {
        const both = new KeyVaults(world, "together");
        await seedFull(both);
        expect((await both.replicate(template)).summary).to.include({ created: 1 });
        const before = await versionsOf(both.target, "full");
        const result = await both.replicate();
        expect(result.failures).to.deep.equal([]);
        expect(result.summary).to.include({ same: 1 });
        expect(result.losses[0]?.remedy).to.match(/delete and purge/);
        expect(await versionsOf(both.target, "full")).to.deep.equal(before);
    });

    it("are tried where only trying tells, and refused by the service where that shows", async () => {
        const both = apart();
        await seedFull(both);
        await both.source.createEcKey("other");
        // By their URLs, nobody can tell in which subscription the vaults are.
        const byUrl = { from: { ...both.from, id: both.from.url }, to: { ...both.to, id: both.to.url } };
        const lost = await world.replicate("keys", byUrl.from, byUrl.to);
        expect(lost.failures).to.deep.equal([]);
        expect(lost.losses.map(({ item }) => item).sort()).to.deep.equal(["full", "other"]);
        expect(lost.losses[0]?.reason).to.include("Cannot decrypt backup blob");
        const made = await world.replicate("keys", byUrl.from, byUrl.to, recreate);
        expect(made.failures).to.deep.equal([]);
        expect(made.summary).to.include({ created: 2 });
    });

    it("are not read of a Managed HSM", async () => {
        const both = apart();
        const hsm = { ...both.from, id: "https://mine.managedhsm.azure.net" };
        const error: unknown = await world.open("keys", "source", hsm).then(
            () => undefined,
            (failure: unknown) => failure,
        );
        expect(error).to.include({ name: "DataplaneError", code: "InvalidArgument" });
        expect(String(error)).to.include("Managed HSM");
    });
});
