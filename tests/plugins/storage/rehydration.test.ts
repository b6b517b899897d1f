import { expect } from "chai";
import type { ContainerClient } from "@azure/storage-blob";
import type { Side } from "../../../providers/core/contract.js";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { Accounts, type Pair } from "./accounts.js";
import { StorageWorld } from "./storage-world.js";

const hour = 60 * 60 * 1000;

describe("archived blobs", () => {
    let accounts: Accounts;
    let pair: Pair;
    const box = (side: Side): ContainerClient => pair.service(side).getContainerClient("box");
    const failures = (result: ReplicationResult): string[] =>
        result.failures.map(({ error }) => error.message).sort();
    const writes = (side: Side): number => accounts.cast.azure.requests.writes(pair.host(side));
    const properties = (side: Side, name: string) => box(side).getBlobClient(name).getProperties();

    beforeEach(async () => {
        // Time moves in these tests, and tokens end with it.
        accounts = await Accounts.start();
        pair = accounts.pair();
        for (const side of ["source", "target"] as const) await box(side).create();
        await archive("with-md5", true);
        await archive("without-md5", false);
    });
    afterEach(() => accounts.cast.azure.stop());

    async function archive(name: string, md5: boolean): Promise<void> {
        const blob = box("source").getBlockBlobClient(name);
        const options = { tier: "Archive", metadata: { name }, tags: { stage: "one" } };
        if (md5) {
            await blob.upload(name, name.length, options);
            return;
        }
        const id = Buffer.from("block").toString("base64");
        await blob.stageBlock(id, name, name.length);
        await blob.commitBlockList([id], options);
    }

    it("are losses unless their rehydration is asked for", async () => {
        const result = await new StorageWorld(pair, "blobs").run();
        expect(result.summary).to.include({ lost: 2, created: 0 });
        expect(result.losses[0]?.remedy).to.include("rehydrate");
        expect(writes("target")).to.equal(1);
    });

    it("are copied out of the archive in hours, and started once", async () => {
        const world = new StorageWorld(pair, "blobs", { rehydrate: "standard" });
        accounts.cast.azure.requests.clear();
        const first = await world.run();
        expect(failures(first)).to.have.length(2);
        expect(failures(first)[0]).to.include(
            "is being copied out of the archive, which takes up to 15 hours",
        );
        expect([writes("target"), writes("source")]).to.deep.equal([2, 0]);
        expect(await properties("target", "with-md5")).to.include({
            accessTier: "Archive",
            archiveStatus: "rehydrate-pending-to-cool",
            rehydratePriority: "Standard",
        });

        accounts.cast.azure.requests.clear();
        world.forget();
        expect(failures(await world.run())).to.deep.equal(failures(first));
        expect([writes("target"), writes("source")]).to.deep.equal([0, 0]);

        accounts.cast.azure.clock.advance(16 * hour);
        for (const records of ["with", "without"]) {
            if (records === "without") world.forget();
            const done = await world.run();
            expect(failures(done), records).to.deep.equal([]);
            expect(done.summary, records).to.include({ same: 2, fidelity: 1, lost: 0 });
            expect(done.losses.map(({ what, minor }) => [what, minor])).to.deep.equal([
                ["archive", true],
                ["archive", true],
            ]);
        }
        expect([writes("target"), writes("source")]).to.deep.equal([0, 0]);
        for (const name of ["with-md5", "without-md5"]) {
            const blob = box("target").getBlobClient(name);
            expect((await blob.downloadToBuffer()).toString()).to.equal(name);
            expect((await properties("target", name)).metadata?.name).to.equal(name);
            expect((await blob.getTags()).tags).to.deep.equal({ stage: "one" });
            expect((await properties("source", name)).accessTier).to.equal("Archive");
        }
        expect((await properties("target", "with-md5")).accessTier).to.equal("Cool");
        await box("target").getBlobClient("with-md5").setAccessTier("Archive");
        const { losses, summary } = await world.run();
        expect(summary).to.include({ same: 2 });
        expect(losses.map(({ item }) => item)).to.deep.equal(["box/without-md5"]);
    });

    it("that changed since are copied anew, where the copy is ours", async () => {
        const world = new StorageWorld(pair, "blobs", { rehydrate: "high" });
        await world.run();
        accounts.cast.azure.clock.advance(2 * hour);
        expect(failures(await world.run())).to.deep.equal([]);
        await box("source").getBlobClient("with-md5").delete();
        await archive("with-md5", true);
        accounts.cast.azure.requests.clear();
        const again = await world.run();
        // The MD5 says that nothing needs to come out of the archive again.
        expect(failures(again)).to.deep.equal([]);
        expect(writes("target")).to.equal(0);
        await box("source").getBlobClient("without-md5").delete();
        await archive("without-md5", false);
        expect(failures(await world.run())).to.deep.equal([
            'the archived blob "box/without-md5" is being copied out of the archive, which takes an hour or more',
        ]);
    });

    it("come without the snapshots that they have", async () => {
        const snapped = box("source").getBlockBlobClient("snapped");
        await snapped.upload("online", 6);
        await snapped.createSnapshot();
        await archive("snapped", true);
        const world = new StorageWorld(pair, "blobs", { rehydrate: "high", snapshots: true });
        await world.run();
        accounts.cast.azure.clock.advance(2 * hour);
        for (let runs = 0; runs < 2; runs += 1) {
            const done = await world.run();
            expect(failures(done)).to.deep.equal([]);
            expect(done.summary).to.include({ same: 3 });
            expect(done.losses.filter(({ minor }) => minor !== true).map(({ what }) => what)).to.deep.equal([
                "snapshot",
            ]);
        }
    });

    it("of another region are losses, before anything is asked", async () => {
        pair = accounts.pair("northeurope");
        for (const side of ["source", "target"] as const) await box(side).create();
        await archive("far", true);
        const known = new StorageWorld(pair, "blobs", { rehydrate: "high" }, undefined, undefined, true);
        accounts.cast.azure.requests.clear();
        const result = await known.run();
        expect(result.losses[0]?.reason).to.include("northeurope");
        expect(writes("target")).to.equal(0);
        // Where the regions are not known, the service itself says no.
        const unknown = await new StorageWorld(pair, "blobs", { rehydrate: "high" }).run();
        expect(failures(unknown)[0]).to.include("the service does not copy the archived blob");
    });
});
