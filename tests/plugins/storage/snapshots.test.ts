import type { HttpClient } from "@azure/core-rest-pipeline";
import type { ContainerClient } from "@azure/storage-blob";
import { expect } from "chai";
import type { Side } from "../../../providers/core/contract.js";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { Accounts, type Pair } from "./accounts.js";
import { StorageWorld } from "./storage-world.js";
import { watching } from "./transfers-world.js";

describe("snapshots of blobs", () => {
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

    /** A run in which the service refuses the copy that comes after so many. */
    async function refusing(code: string, skip: number): Promise<ReplicationResult> {
        let copies = 0;
        const refuse = watching(({ headers }) => {
            if (!headers.has("x-ms-copy-source")) return undefined;
            copies += 1;
            return copies === skip + 1 ? { status: 403, code } : undefined;
        });
        return new StorageWorld(pair, "blobs", { snapshots: true }, refuse).run();
    }

    /** GET requests for the content of blobs at the source that did not come from the target's service. */
    function downloads(): string[] {
        return accounts.cast.azure.requests
            .filter(
                ({ host, method, path }) =>
                    host === pair.host("source") && method === "GET" && isContent(path),
            )
            .map(({ path }) => path);
    }

    function writesTo(name: string): number {
        return accounts.cast.azure.requests.filter(
            ({ host, path, write }) =>
                write && host === pair.host("target") && path.split("?")[0] === `/box/${name}`,
        ).length;
    }

    function isContent(path: string): boolean {
        const url = new URL(path, "https://x");
        return url.pathname.startsWith("/box/") && !url.searchParams.has("comp");
    }

    async function emptyTarget(): Promise<void> {
        for (const name of ["text", "log", "disk"]) {
            await box("target").getBlobClient(name).deleteIfExists({ deleteSnapshots: "include" });
        }
        world.forget();
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

    for (const detail of ["items", "groups"] as const) {
        it(`are copied by the service itself, with records by ${detail}`, async () => {
            await seedDisk();
            const result = await world.run({ detail });
            succeeded(result);
            expect(result.summary.paths).to.deep.equal({ "server-side": 3 });
            expect(downloads()).to.deep.equal([]);
            await expectCopied();
            const text = box("source").getBlockBlobClient("text");
            await text.upload("fourth", 6);
            await tick(() => text.createSnapshot());
            accounts.cast.azure.requests.clear();
            succeeded(await world.run({ detail }));
            expect(downloads()).to.deep.equal([]);
            await expectCopied();
            accounts.cast.azure.requests.clear();
            succeeded(await world.run({ detail }));
            // By group, what is as young as this and has no MD5 is copied again.
            expect(writesTo("text")).to.equal(0);
            await expectCopied();
        });
    }

    /** A page blob whose snapshot has other pages than itself. */
    async function seedDisk(): Promise<void> {
        const disk = box("source").getPageBlobClient("disk");
        await disk.create(4096, { metadata: { of: "disk" } });
        await disk.uploadPages(Buffer.alloc(512, 1), 512, 512);
        await tick(() => disk.createSnapshot());
        await disk.uploadPages(Buffer.alloc(512, 2), 2048, 512);
        await disk.clearPages(512, 512);
    }

    it("are copied with a signature for each where the service takes no token", async () => {
        await seedDisk();
        const signatures: URLSearchParams[] = [];
        const see = watching(({ headers }) => {
            const from = headers.get("x-ms-copy-source");
            if (from?.includes("sig=") === true) signatures.push(new URL(from).searchParams);
            return headers.has("x-ms-copy-source-authorization")
                ? { status: 400, code: "UnsupportedHeader" }
                : undefined;
        });
        world = new StorageWorld(pair, "blobs", { snapshots: true }, see);
        const result = await world.run();
        succeeded(result);
        expect(result.summary.paths).to.deep.equal({ "server-side": 3 });
        await expectCopied();
        const kinds = signatures.map((query) => [query.get("sr"), query.has("snapshot")].join(" "));
        expect(new Set(kinds)).to.deep.equal(new Set(["bs true", "b false"]));
    });

    for (const code of ["AuthorizationFailure", "InvalidSourceBlobType"]) {
        it(`go through this process where the service refuses any of their copies with ${code}`, async () => {
            await seedDisk();
            for (let skip = 0; ; skip += 1) {
                const result = await refusing(code, skip);
                succeeded(result);
                await expectCopied();
                const { streamed = 0 } = result.summary.paths;
                if (streamed === 0) break;
                await emptyTarget();
            }
        });
    }

    it("that are gone when their turn comes are looked at again", async () => {
        const text = box("source").getBlockBlobClient("text");
        let asked = 0;
        const remove = (client: HttpClient): HttpClient => ({
            sendRequest: async (request) => {
                const from = request.headers.get("x-ms-copy-source");
                if (from?.includes("/text?snapshot") === true && ++asked === 2) {
                    await text.delete({ deleteSnapshots: "only" });
                }
                return client.sendRequest(request);
            },
        });
        world = new StorageWorld(pair, "blobs", { snapshots: true }, remove);
        succeeded(await world.run());
        expect(asked).to.equal(2);
        const { text: copied = [] } = await all("target");
        expect(copied.map((line) => line.split(" ")[0])).to.deep.equal(["first", "third"]);
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
            await emptyTarget();
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
            await emptyTarget();
        }
    });
});
