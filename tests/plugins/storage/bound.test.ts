import { expect } from "chai";
import type { ContainerClient } from "@azure/storage-blob";
import type { Side } from "../../../providers/core/contract.js";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { Accounts, type Pair } from "./accounts.js";
import { StorageWorld } from "./storage-world.js";

const day = 24 * 60 * 60 * 1000;

describe("what of blobs hangs on their account", () => {
    let accounts: Accounts;
    let pair: Pair;
    const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 30 * day);
    const box = (side: Side): ContainerClient => pair.service(side).getContainerClient("box");
    const at = async (side: Side, name: string) => {
        const found = await box(side).getBlobClient(name).getProperties();
        return {
            until: found.immutabilityPolicyExpiresOn?.toISOString(),
            mode: found.immutabilityPolicyMode?.toLowerCase(),
            hold: found.legalHold === true,
            scope: found.encryptionScope,
        };
    };
    const told = (result: ReplicationResult): string[] =>
        result.losses.map(({ item, what, minor }) => `${item} ${what}${minor === true ? " (minor)" : ""}`);
    const succeeded = (result: ReplicationResult): ReplicationResult => {
        expect(result.failures.map(({ item, error }) => `${item}: ${error.message}`)).to.deep.equal([]);
        expect(result.summary).to.include({ conflicts: 0 });
        return result;
    };

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        accounts.cast.azure.faults.clear();
        pair = accounts.pair();
        for (const side of ["source", "target"] as const) await box(side).create();
        pair.arm("source", "blobServices/default/containers/box", {
            immutableStorageWithVersioning: { enabled: true },
        });
    });

    async function expectUnchanged(world: StorageWorld): Promise<ReplicationResult> {
        accounts.cast.azure.requests.clear();
        const result = succeeded(await world.run());
        expect(accounts.cast.azure.requests.writes(pair.host("target"))).to.equal(0);
        expect(accounts.cast.azure.requests.writes(pair.host("source"))).to.equal(0);
        return result;
    }

    describe("immutability policies and legal holds", () => {
        beforeEach(async () => {
            const source = box("source");
            await source.getBlockBlobClient("locked").upload("a", 1);
            await source
                .getBlobClient("locked")
                .setImmutabilityPolicy({ expiriesOn: until, policyMode: "Locked" });
            await source.getBlockBlobClient("unlocked").upload("b", 1);
            await source
                .getBlobClient("unlocked")
                .setImmutabilityPolicy({ expiriesOn: until, policyMode: "Unlocked" });
            const log = source.getAppendBlobClient("held");
            await log.create();
            await log.appendBlock("one", 3);
            await log.setLegalHold(true);
            await source.getBlockBlobClient("plain").upload("d", 1);
        });
        const supported = (more: object = {}): void => {
            pair.arm("target", "blobServices/default/containers/box", {
                immutableStorageWithVersioning: { enabled: true },
                ...more,
            });
        };
        const plain = { until: undefined, mode: undefined, hold: false, scope: undefined };

        it("come along, and nothing gets locked that was not asked for", async () => {
            supported();
            const world = new StorageWorld(pair, "blobs");
            const result = succeeded(await world.run());
            expect(told(result)).to.deep.equal(["box/locked immutability policy (minor)"]);
            expect(result.summary).to.include({ created: 4, fidelity: 1 });
            const unlocked = { ...plain, until: until.toISOString(), mode: "unlocked" };
            expect(await at("target", "locked")).to.deep.equal(unlocked);
            expect(await at("target", "unlocked")).to.deep.equal(unlocked);
            expect(await at("target", "held")).to.deep.equal({ ...plain, hold: true });
            expect(await at("target", "plain")).to.deep.equal(plain);
            expect((await expectUnchanged(world)).summary).to.include({ same: 4, fidelity: 1 });
            world.forget();
            expect((await expectUnchanged(world)).summary).to.include({ same: 4 });
        });

        it("are locked where that is asked for", async () => {
            supported();
            const world = new StorageWorld(pair, "blobs", { immutability: "same" });
            expect(told(succeeded(await world.run()))).to.deep.equal([]);
            expect(await at("target", "locked")).to.include({ until: until.toISOString(), mode: "locked" });
            expect(await at("target", "unlocked")).to.include({ mode: "unlocked" });
            await expectUnchanged(world);
        });

        it("are losses where the container has no version-level immutability, or where they are not wanted", async () => {
            const all = [
                "box/held legal hold",
                "box/locked immutability policy",
                "box/unlocked immutability policy",
            ];
            const world = new StorageWorld(pair, "blobs");
            expect(told(succeeded(await world.run())).sort()).to.deep.equal(all);
            expect(await at("target", "locked")).to.deep.equal(plain);
            supported();
            const other = new StorageWorld(pair, "blobs", { immutability: false });
            expect(told(succeeded(await other.run())).sort()).to.deep.equal(all);
            expect(await at("target", "locked")).to.deep.equal(plain);
        });

        it("are losses for want of the role, and the blobs come along all the same", async () => {
            supported();
            const result = succeeded(
                await new StorageWorld(
                    pair,
                    "blobs",
                    {},
                    undefined,
                    pair.writer("Storage Blob Data Contributor"),
                ).run(),
            );
            expect(
                result.losses
                    .map(({ reason }) => reason)
                    .filter((reason) => reason.includes("may not be set")),
            ).to.have.length(3);
            expect(result.summary).to.include({ created: 4 });
            expect(await at("target", "locked")).to.deep.equal(plain);
        });

        it("of a default policy of the target's container stay, and are only made longer", async () => {
            supported();
            pair.arm("target", "blobServices/default/containers/box/immutabilityPolicies/default", {
                immutabilityPeriodSinceCreationInDays: 60,
                state: "Unlocked",
            });
            // A protected append blob takes no block and no metadata.
            await box("source").getBlobClient("held").setLegalHold(false);
            await box("source").getBlobClient("held").delete();
            const world = new StorageWorld(pair, "blobs", { immutability: "same" });
            succeeded(await world.run());
            for (const name of ["locked", "plain"]) {
                const found = await at("target", name);
                expect(new Date(found.until ?? 0).getTime(), name).to.be.greaterThan(until.getTime());
                expect(found.mode, name).to.equal("unlocked");
            }
            await expectUnchanged(world);
        });

        it("that change at the source change at the target, without a copy of the content", async () => {
            supported();
            const world = new StorageWorld(pair, "blobs");
            succeeded(await world.run());
            const later = new Date(until.getTime() + day);
            await box("source").getBlobClient("unlocked").setImmutabilityPolicy({ expiriesOn: later });
            accounts.cast.azure.requests.clear();
            const { summary } = succeeded(await world.run());
            expect(summary).to.include({ updated: 1, same: 3 });
            expect(accounts.cast.azure.requests.writes(pair.host("target"))).to.equal(1);
            expect((await at("target", "unlocked")).until).to.equal(later.toISOString());
            await expectUnchanged(world);
        });

        it("that a kill kept from being set are set once that is allowed", async () => {
            supported();
            const bare = new StorageWorld(pair, "blobs", { immutability: false });
            succeeded(await bare.run());
            const world = new StorageWorld(pair, "blobs");
            expect((await world.run()).summary).to.include({ conflicts: 3, same: 1 });
            succeeded(await world.run({ onConflict: "overwrite" }));
            expect((await at("target", "locked")).until).to.equal(until.toISOString());
            expect((await at("target", "held")).hold).to.equal(true);
            await expectUnchanged(world);
        });

        it("don't keep new content from coming along, as that makes a new version", async () => {
            supported();
            const world = new StorageWorld(pair, "blobs");
            succeeded(await world.run());
            await box("source").getBlockBlobClient("unlocked").upload("new", 3);
            succeeded(await world.run());
            const blob = box("target").getBlobClient("unlocked");
            expect((await blob.downloadToBuffer()).toString()).to.equal("new");
        });
    });

    describe("encryption scopes", () => {
        beforeEach(async () => {
            pair.arm("source", "encryptionScopes/finance", { state: "Enabled" });
            const source = box("source");
            const encryptionScope = "finance";
            await source.getBlockBlobClient("put").upload("a", 1, { encryptionScope });
            const log = source.getAppendBlobClient("append");
            await log.create({ encryptionScope });
            await source.getAppendBlobClient("append").appendBlock("one", 3, { encryptionScope });
            const page = source.getPageBlobClient("page");
            await page.create(1024, { encryptionScope, metadata: { a: "b" } });
            await page.uploadPages(Buffer.alloc(512, 1), 0, 512, { encryptionScope });
        });
        const scopes = async (): Promise<(string | undefined)[]> =>
            Promise.all(["append", "page", "put"].map(async (name) => (await at("target", name)).scope));

        it("are losses where the target has none of that name", async () => {
            const result = succeeded(
                await new StorageWorld(pair, "blobs", {}, undefined, undefined, true).run(),
            );
            expect(told(result).sort()).to.deep.equal(
                ["append", "page", "put"].map((name) => `box/${name} encryption scope`),
            );
            expect(await scopes()).to.deep.equal([undefined, undefined, undefined]);
        });

        it("come along where the target has an enabled one of the same name", async () => {
            pair.arm("target", "encryptionScopes/finance", { state: "Enabled" });
            const world = new StorageWorld(pair, "blobs", {}, undefined, undefined, true);
            expect(told(succeeded(await world.run()))).to.deep.equal([]);
            expect(await scopes()).to.deep.equal(["finance", "finance", "finance"]);
            await expectUnchanged(world);
        });

        it("get the name that the user gives", async () => {
            pair.arm("target", "encryptionScopes/other", { state: "Enabled" });
            const world = new StorageWorld(pair, "blobs", { encryptionScopes: { finance: "other" } });
            expect(told(succeeded(await world.run()))).to.deep.equal([]);
            expect(await scopes()).to.deep.equal(["other", "other", "other"]);
            await expectUnchanged(world);
        });

        it("that the user names and the target lacks are an error before anything is written", async () => {
            const encryptionScopes = { finance: "misspelt" };
            const world = new StorageWorld(pair, "blobs", { encryptionScopes }, undefined, undefined, true);
            accounts.cast.azure.requests.clear();
            const { failures } = await world.run();
            expect(failures.map(({ error }) => error.detail.argument)).to.deep.equal(
                Array(3).fill("encryptionScopes"),
            );
            expect(failures[0]?.error.message).to.include('no enabled encryption scope "misspelt"');
            expect(accounts.cast.azure.requests.writes(pair.host("target"))).to.equal(0);
        });

        it("are the container's where that has one of its own", async () => {
            pair.arm("target", "encryptionScopes/finance", { state: "Enabled" });
            pair.arm("target", "encryptionScopes/house", { state: "Enabled" });
            pair.arm("target", "blobServices/default/containers/box", {
                defaultEncryptionScope: "house",
                denyEncryptionScopeOverride: true,
            });
            const world = new StorageWorld(pair, "blobs", {}, undefined, undefined, true);
            expect(told(succeeded(await world.run()))).to.deep.equal([]);
            expect(await scopes()).to.deep.equal(["house", "house", "house"]);
            await expectUnchanged(world);
        });
    });

    it("tells once that older versions stay behind", async () => {
        pair.arm("source", "blobServices/default", { isVersioningEnabled: true });
        for (const name of ["a", "b"]) await box("source").getBlockBlobClient(name).upload("x", 1);
        const world = new StorageWorld(pair, "blobs", {}, undefined, undefined, true);
        expect(told(succeeded(await world.run()))).to.deep.equal(["box versions (minor)"]);
        expect(told(await expectUnchanged(world))).to.deep.equal(["box versions (minor)"]);
    });
});
