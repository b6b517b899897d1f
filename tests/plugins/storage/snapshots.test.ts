import type { ContainerClient } from "@azure/storage-blob";
import { expect } from "chai";
import type { Side } from "../../../providers/core/contract.js";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { Accounts, type Pair } from "./accounts.js";
import { StorageWorld } from "./storage-world.js";

describe("snapshots of blobs", function () {
    this.timeout(120_000);
    let accounts: Accounts;
    let pair: Pair;
    let world: StorageWorld;
    const box = (side: Side): ContainerClient => pair.service(side).getContainerClient("box");

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        accounts.cast.azure.faults.clear();
        pair = accounts.pair();
        world = new StorageWorld(pair, "blobs", { snapshots: true });
        for (const side of ["source", "target"] as const) await box(side).create();
        const text = box("source").getBlockBlobClient("text");
        for (const version of ["first", "second", "third"]) {
            const blobHTTPHeaders = { blobContentType: `text/${version}` };
            await text.upload(version, version.length, { metadata: { version }, blobHTTPHeaders });
            if (version !== "third") await tick(() => text.createSnapshot());
        }
        const log = box("source").getAppendBlobClient("log");
        await log.create();
        await log.appendBlock("one", 3);
        await tick(() => log.createSnapshot());
        await log.appendBlock("two", 3);
    });

    /** Snapshots of one blob must be taken in different milliseconds, which is what Azurite tells them apart by. */
    async function tick(take: () => Promise<{ snapshot?: string }>): Promise<void> {
        const { snapshot = "" } = await take();
        while (Date.now() <= new Date(snapshot).getTime()) await new Promise(setImmediate);
    }

    /** Everything that is there, snapshots in the order they were taken. */
    async function all(side: Side): Promise<Record<string, string[]>> {
        const found: Record<string, [time: string, text: string][]> = {};
        for await (const blob of box(side).listBlobsFlat({ includeSnapshots: true, includeMetadata: true })) {
            const { name, metadata = {} } = blob;
            // A blob itself has none, whatever its type says.
            const snapshot = blob.snapshot || "~";
            const client = box(side).getBlobClient(name);
            const content = await (
                snapshot === "~" ? client : client.withSnapshot(snapshot)
            ).downloadToBuffer();
            const { azure_dataplane_snapshot: _mark, ...carried } = metadata;
            const text = [content.toString(), blob.properties.contentType, blob.properties.blobType];
            (found[name] ??= []).push([snapshot, [...text, JSON.stringify(carried)].join(" ")]);
        }
        const entries = Object.entries(found).map(
            ([name, some]) =>
                [name, some.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)] as const,
        );
        return Object.fromEntries(entries);
    }

    async function expectCopied(): Promise<void> {
        expect(await all("target")).to.deep.equal(await all("source"));
    }

    function succeeded(result: ReplicationResult): void {
        expect(result.failures.map(({ error }) => error.message)).to.deep.equal([]);
        expect(result.summary).to.include({ conflicts: 0, fidelity: 1 });
    }

    it("are copied before their blob, oldest first, each with its own properties", async () => {
        succeeded(await world.run());
        await expectCopied();
        accounts.cast.azure.requests.clear();
        succeeded(await world.run());
        expect(accounts.cast.azure.requests.writes(pair.host("target"))).to.equal(0);
    });

    it("are found again without a record", async () => {
        succeeded(await world.run());
        world.forget();
        accounts.cast.azure.requests.clear();
        const result = await world.run({ onConflict: "overwrite" });
        expect(result.failures).to.deep.equal([]);
        await expectCopied();
    });

    it("that are taken later follow, though the blob is as it was", async () => {
        succeeded(await world.run());
        const text = box("source").getBlockBlobClient("text");
        await tick(() => text.createSnapshot());
        succeeded(await world.run());
        await expectCopied();
        const mine = (await all("target")).text;
        expect(mine).to.have.length(4);
    });

    it("that are gone at the source stay at the target", async () => {
        succeeded(await world.run());
        await box("source").getBlockBlobClient("text").delete({ deleteSnapshots: "only" });
        accounts.cast.azure.requests.clear();
        succeeded(await world.run());
        expect((await all("target")).text).to.have.length(3);
    });

    it("are a loss where the target has later ones", async () => {
        const text = box("target").getBlockBlobClient("text");
        await text.upload("later", 5);
        await text.createSnapshot({ metadata: { azure_dataplane_snapshot: "2999-01-01T00:00:00.0000000Z" } });
        const result = await world.run({ onConflict: "overwrite" });
        expect(result.failures).to.deep.equal([]);
        expect(result.losses.map(({ what }) => what)).to.deep.equal(["snapshot", "snapshot"]);
    });

    it("stay behind unless they are asked for", async () => {
        succeeded(await new StorageWorld(pair, "blobs").run());
        expect((await all("target")).text).to.deep.equal((await all("source")).text?.slice(-1));
    });

    it("are not doubled by a kill before any request to the target", async () => {
        for (let requests = 1; ; requests += 1) {
            const fault = accounts.cast.azure.faults.add({
                host: new RegExp(pair.host("target")),
                skip: requests,
                kind: { type: "status", status: 404, code: "ResourceNotFound" },
            });
            await world.run().catch(() => undefined);
            const { hits } = fault;
            fault.remove();
            world.forget();
            const result = await world.run({ onConflict: "overwrite" });
            expect(result.failures, String(requests)).to.deep.equal([]);
            await expectCopied();
            if (hits === 0) break;
            for (const name of ["text", "log"]) {
                await box("target").getBlobClient(name).deleteIfExists({ deleteSnapshots: "include" });
            }
            world.forget();
        }
    });

    it("are not doubled where any one answer is lost", async () => {
        for (let requests = 0; ; requests += 1) {
            const fault = accounts.cast.azure.faults.add({
                host: new RegExp(pair.host("target")),
                method: "PUT",
                skip: requests,
                times: 1,
                kind: { type: "cut", when: "after" },
            });
            await world.run();
            const { hits } = fault;
            fault.remove();
            succeeded(await world.run());
            await expectCopied();
            if (hits === 0) break;
            for (const name of ["text", "log"]) {
                await box("target").getBlobClient(name).deleteIfExists({ deleteSnapshots: "include" });
            }
            world.forget();
        }
    });
});
