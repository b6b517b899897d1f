import { createHash, randomBytes } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { BlockBlobClient, BlockBlobUploadOptions } from "@azure/storage-blob";
import { expect } from "chai";
import type { Item, Store } from "../../../providers/core/contract.js";
import { isDataplaneError } from "../../../providers/core/errors.js";
import type { BlobContent } from "../../../providers/storage/blob-content.js";
import { transferSizes } from "../../../providers/storage/transfer-sizes.js";
import { blobs } from "../../../providers/storage/blobs.js";
import { failureOf, itemsOf } from "../helpers.js";
import { Accounts, roles, type Pair } from "./accounts.js";

const FULL: BlockBlobUploadOptions = {
    blobHTTPHeaders: {
        blobContentType: "text/plain; charset=utf-8",
        blobContentEncoding: "identity",
        blobContentLanguage: "de",
        blobContentDisposition: "attachment",
        blobCacheControl: "no-store",
    },
    metadata: { Team: "data", empty_ish: "x" },
    tags: { "cost centre": "a+b/=" },
    tier: "Cool",
};

describe("blobs of a storage account", () => {
    let accounts: Accounts;
    let pair: Pair;
    let source: Store<BlobContent>;
    let target: Store<BlobContent>;

    before(async () => {
        accounts = await Accounts.start();
    });

    after(async () => {
        await accounts.cast.azure.stop();
    });

    beforeEach(async () => {
        accounts.cast.azure.faults.clear();
        pair = accounts.pair();
        source = await pair.open("blobs", "source");
        target = await pair.open("blobs", "target");
        for (const side of ["source", "target"] as const) await pair.service(side).createContainer("box");
    });

    async function seed(
        name = "folder/a.txt",
        content: string | Buffer = "content",
        options: BlockBlobUploadOptions = FULL,
    ): Promise<BlockBlobClient> {
        const blob = pair.service("source").getContainerClient("box").getBlockBlobClient(name);
        await blob.upload(content, Buffer.byteLength(content), options);
        return blob;
    }

    function atTarget(name = "folder/a.txt"): BlockBlobClient {
        return pair.service("target").getContainerClient("box").getBlockBlobClient(name);
    }

    async function only(store: Store<BlobContent>): Promise<Item> {
        const [item, ...rest] = await itemsOf(store.list());
        expect(rest).to.deep.equal([]);
        if (item === undefined) throw new Error("nothing is listed");
        return item;
    }

    async function stream(item: Item, options: { existing?: Item; owner?: string } = {}): Promise<Item> {
        return target.put(item, await source.get(item), options);
    }

    async function copy(item: Item, options: { existing?: Item; owner?: string } = {}): Promise<Item> {
        if (target.copyFrom === undefined) throw new Error("it can't copy");
        return target.copyFrom(source, item, item, options);
    }

    /** Requests to the target that would change it. */
    function writes(): string[] {
        return accounts.cast.azure.requests
            .filter((request) => request.write && request.host === pair.host("target"))
            .map((request) => `${request.method} ${request.path}`);
    }

    async function expectCopied(written: Item): Promise<void> {
        const item = await only(source);
        expect(written.properties).to.deep.equal(item.properties);
        expect(written.digest).to.equal(item.digest);
        const listed = await only(target);
        expect({ ...written, modified: undefined }).to.deep.equal({ ...listed, modified: undefined });
        const found = await target.find(written.name);
        expect({ ...found, modified: undefined }).to.deep.equal({ ...listed, modified: undefined });
        const blob = atTarget();
        expect((await blob.downloadToBuffer()).toString()).to.equal("content");
        const properties = await blob.getProperties();
        expect(properties).to.deep.include({
            contentType: "text/plain; charset=utf-8",
            contentEncoding: "identity",
            contentLanguage: "de",
            contentDisposition: "attachment",
            cacheControl: "no-store",
            accessTier: "Cool",
        });
        expect(properties.metadata).to.include({ team: "data", empty_ish: "x" });
        expect((await blob.getTags()).tags).to.deep.equal(FULL.tags);
    }

    for (const [way, send] of [
        ["through this process", stream],
        ["by the service itself, across tenants", copy],
    ] as const) {
        it(`are copied ${way} with headers, metadata, tags, tier and MD5 in one write`, async () => {
            await seed();
            const item = await only(source);
            accounts.cast.azure.requests.clear();
            const written = await send(item);
            expect(writes()).to.deep.equal(["PUT /box/folder/a.txt"]);
            await expectCopied(written);
        });

        it(`are not written ${way} over what changed since it was listed`, async () => {
            await seed();
            const item = await only(source);
            const existing = await send(item);
            await atTarget().upload("by hand", 7);
            for (const options of [{ existing }, {}]) {
                const failure = await failureOf(send(item, options));
                expect(isDataplaneError(failure, "Conflict"), JSON.stringify(options)).to.equal(true);
            }
            expect((await atTarget().downloadToBuffer()).toString()).to.equal("by hand");
        });

        it(`are written ${way} over what is as it was listed, with an owner's mark`, async () => {
            await seed();
            await atTarget().upload("older", 5);
            const existing = await only(target);
            const written = await send(await only(source), { existing, owner: "replica-1" });
            expect(written.owner).to.equal("replica-1");
            await expectCopied(written);
        });

        it(`that were written ${way} before the answer got lost are taken for what they are`, async () => {
            await seed();
            const fault = accounts.cast.azure.faults.add({
                host: new RegExp(pair.host("target")),
                method: "PUT",
                times: 1,
                kind: { type: "cut", when: "after" },
            });
            const written = await send(await only(source));
            expect(fault.hits).to.equal(1);
            await expectCopied(written);
        });
    }

    it("read nothing at the source through this process when the service copies", async () => {
        await seed();
        const item = await only(source);
        accounts.cast.azure.requests.clear();
        await copy(item);
        const reads = accounts.cast.azure.requests.filter(
            (request) => request.host === pair.host("source") && request.service !== "storage",
        );
        expect(reads).to.deep.equal([]);
        expect(writes()).to.have.length(1);
    });

    for (const code of ["CannotVerifyCopySource", "AuthenticationFailed", "UnsupportedHeader"]) {
        it(`that the service won't copy (${code}) are left to this process`, async () => {
            await seed();
            accounts.cast.azure.faults.add({
                host: new RegExp(pair.host("target")),
                method: "PUT",
                kind: { type: "status", status: code === "UnsupportedHeader" ? 400 : 403, code },
            });
            const failure = await failureOf(copy(await only(source)));
            expect(failure).to.have.nested.property("detail.serviceCode", "ServerSideCopyRefused");
        });
    }

    it("that changed at the source since they were listed are not copied, and told to be looked at again", async () => {
        await seed();
        const item = await only(source);
        await seed("folder/a.txt", "changed");
        const failure = await failureOf(copy(item));
        expect(failure).to.include({ code: "Conflict" }).and.have.nested.property("detail.side", "source");
        await stream(item);
        expect((await atTarget().downloadToBuffer()).toString()).to.equal("changed");
    });

    it("without an MD5 get one through this process, and by the service are copied only as listed", async () => {
        const blob = await seed();
        const write = async (content: string): Promise<void> => {
            const id = Buffer.from("0").toString("base64");
            await blob.stageBlock(id, content, content.length);
            await blob.commitBlockList([id]);
        };
        await write("in blocks");
        const item = await only(source);
        expect(item.digest).to.equal(undefined);
        const existing = await stream(item);
        expect(existing.digest).to.equal(createHash("md5").update("in blocks").digest("base64"));
        await copy(item, { existing });
        expect((await atTarget().downloadToBuffer()).toString()).to.equal("in blocks");
        await write("in others");
        const now = await only(target);
        const failure = await failureOf(copy(item, { existing: now }));
        expect(failure).to.include({ code: "Conflict" }).and.have.nested.property("detail.side", "source");
    });

    it("of every size arrive whole, in blocks beyond the first", async () => {
        const sizes = [0, 1, transferSizes.sentBlock, transferSizes.sentBlock + 1, 20 * 1024 * 1024];
        for (const size of sizes) {
            const content = randomBytes(size);
            await seed("folder/a.txt", content, {});
            const item = await only(source);
            const existing = await target.find(item.name);
            const written = await stream(item, existing === undefined ? {} : { existing });
            const md5 = createHash("md5").update(content).digest("base64");
            expect(written).to.include({ bytes: size, digest: md5 });
            const listed = await only(target);
            expect(listed, String(size)).to.include({ digest: md5, version: written.version });
            expect((await atTarget().downloadToBuffer()).equals(content), String(size)).to.equal(true);
        }
    });

    it("that arrive otherwise than the source says are never to be seen", async () => {
        const content = randomBytes(transferSizes.sentBlock + 10);
        await seed("folder/a.txt", content, {});
        const item = await only(source);
        const md5 = createHash("md5").update(content).digest("base64");
        const changed = Buffer.from(content);
        changed[5] = (changed[5] ?? 0) ^ 1;
        const opened = await source.get(item);
        for (const part of [changed, content.subarray(0, 100), Buffer.concat([content, changed])]) {
            const stream = { [Symbol.asyncIterator]: () => Readable.from([part])[Symbol.asyncIterator]() };
            const given = { ...opened, stream, md5 };
            expect(isDataplaneError(await failureOf(target.put(item, given, {})), "Corrupt")).to.equal(true);
        }
        expect(await itemsOf(target.list())).to.deep.equal([]);
    });

    it("whose download breaks off are taken up again where it stopped", async () => {
        const content = randomBytes(3 * 1024 * 1024);
        await seed("folder/a.txt", content, {});
        const item = await only(source);
        const fault = accounts.cast.azure.faults.add({
            host: new RegExp(pair.host("source")),
            method: "GET",
            times: 2,
            kind: { type: "truncate", bytes: 1024 * 1024 },
        });
        await stream(item);
        expect(fault.hits).to.equal(2);
        expect((await atTarget().downloadToBuffer()).equals(content)).to.equal(true);
    });

    it("whose stream never gets further fail as unreachable, not as cancelled", async () => {
        await seed("folder/a.txt", randomBytes(1024 * 1024), {});
        let downloads = 0;
        const breaking = await pair.open<BlobContent>("blobs", "source", {
            wrap: (client) => ({
                sendRequest: async (request) => {
                    const response = await client.sendRequest(request);
                    if (response.readableStreamBody === undefined) return response;
                    downloads += 1;
                    const body = new PassThrough();
                    body.destroy(new Error("cut off"));
                    return { ...response, readableStreamBody: body };
                },
            }),
        });
        const item = await only(source);
        const { stream } = await breaking.get(item);
        const failure = await failureOf(buffer(stream));
        expect(isDataplaneError(failure, "Unreachable")).to.equal(true);
        expect(downloads).to.equal(6);
    });

    it("that change while they are read are not mixed", async () => {
        await seed("folder/a.txt", randomBytes(3 * 1024 * 1024), {});
        const item = await only(source);
        accounts.cast.azure.faults.add({
            host: new RegExp(pair.host("source")),
            method: "GET",
            times: 1,
            kind: { type: "truncate", bytes: 1024 * 1024 },
        });
        const content = await source.get(item);
        await seed("folder/a.txt", randomBytes(3 * 1024 * 1024), {});
        expect(isDataplaneError(await failureOf(target.put(item, content, {})), "Conflict")).to.equal(true);
    });

    it("have names in any script, and are listed container by container in order", async () => {
        const names = ["10", "9", "A/ü & b.txt", "a b", "a+b%20c", "日本語/ファイル.txt", "é", "#x?y=z"];
        for (const name of names) await seed(name, name, {});
        await pair.service("source").createContainer("box-2");
        await pair.service("source").getContainerClient("box-2").getBlockBlobClient("0").upload("", 0);
        const items = await itemsOf(source.list());
        const expected = [...names.map((name) => `box/${name}`), "box-2/0"].sort((a, b) =>
            blobs.compare(a, b),
        );
        expect(items.map((item) => item.name)).to.deep.equal(expected);
        expect(items.at(-1)).to.include({ group: "box-2" });
        for (const item of items.slice(0, -1)) {
            await (item.name.length % 2 === 0 ? stream(item) : copy(item));
            const content = await atTarget(item.name.slice(4)).downloadToBuffer();
            expect(`box/${content.toString()}`).to.equal(item.name);
        }
    });

    it("are listed by group, and a container that is not there has none", async () => {
        await seed();
        expect(await itemsOf(source.list({ groups: ["nothing"] }))).to.deep.equal([]);
        expect(await itemsOf(source.list({ groups: ["box", "nothing"] }))).to.have.length(1);
        expect(await source.find("nothing/a")).to.equal(undefined);
        expect(await source.find("box/nothing")).to.equal(undefined);
    });

    it("without a tier of their own have none, and versions that tags and tiers change", async () => {
        const blob = await seed("folder/a.txt", "content", {});
        const versions = [await only(source)];
        expect(versions[0]?.properties).to.deep.equal({
            contentType: "application/octet-stream",
            metadata: {},
        });
        await blob.setTags({ a: "1" });
        versions.push(await only(source));
        await blob.setAccessTier("Cold");
        versions.push(await only(source));
        await blob.setMetadata({ a: "1" });
        versions.push(await only(source));
        expect(new Set(versions.map((item) => item.version)).size).to.equal(4);
        for (const item of versions.slice(-1)) expect(await source.find(item.name)).to.deep.equal(item);
    });

    it("that are archived are lost, with a reason", async () => {
        await seed("archived", "x", { tier: "Archive" });
        const lost = (await itemsOf(source.list())).map((item) => item.lost?.reason);
        expect(lost[0]).to.include("archived");
    });

    describe("whose tags may not be read", () => {
        it("are listed without them, and say which have some", async () => {
            await seed();
            await seed("folder/b.txt", "b", {});
            const reader = await pair.open<BlobContent>("blobs", "source", { as: accounts.cast.reader });
            const [tagged, untagged] = await itemsOf(reader.list());
            expect(tagged?.losses?.map((loss) => loss.what)).to.deep.equal(["tags"]);
            expect(tagged?.properties).not.to.have.property("tags");
            expect(untagged?.losses).to.equal(undefined);
            expect(await reader.find("box/folder/a.txt")).to.deep.equal(tagged);
        });

        it("fail where tags must be carried, and lose nothing where they don't matter", async () => {
            await seed();
            const as = accounts.cast.reader;
            const strict = await pair.open<BlobContent>("blobs", "source", { as, options: { tags: true } });
            expect(await failureOf(itemsOf(strict.list()))).to.include({ statusCode: 403 });
            const lax = await pair.open<BlobContent>("blobs", "source", { as, options: { tags: false } });
            expect((await only(lax)).losses).to.equal(undefined);
        });
    });

    it("whose tags may not be written are written without them, and say so", async () => {
        await seed();
        const as = pair.writer(roles.contributor);
        const writer = await pair.open<BlobContent>("blobs", "target", { as });
        const item = await only(source);
        const written = await writer.put(item, await source.get(item), {});
        expect(written.losses?.map((loss) => loss.what)).to.deep.equal(["tags"]);
        expect(written.version).to.equal((await only(writer)).version);
        const existing = await only(writer);
        const copied = await writer.copyFrom?.(source, item, item, { existing });
        expect(copied?.losses?.map((loss) => loss.what)).to.deep.equal(["tags"]);
    });

    it("get new properties with no more requests than needed, and keep content and MD5", async () => {
        await seed();
        const first = await stream(await only(source));
        const item = await only(source);
        const metadataOnly: Item = { ...item, properties: { ...item.properties, metadata: { team: "web" } } };
        accounts.cast.azure.requests.clear();
        const second = await target.putProperties?.(metadataOnly, { existing: first });
        expect(writes()).to.have.length(1);
        expect(second?.properties).to.deep.equal(metadataOnly.properties);
        const all: Item = {
            ...item,
            properties: { contentType: "text/html", metadata: {}, tags: { b: "2" }, tier: "Cold" },
        };
        const third = await target.putProperties?.(all, { existing: second ?? first, owner: "replica-1" });
        expect(third?.properties).to.deep.equal(all.properties);
        expect(third).to.include({ digest: item.digest, owner: "replica-1" });
        expect(third?.placeholder).to.equal(undefined);
        expect((await atTarget().downloadToBuffer()).toString()).to.equal("content");
    });

    it("whose change of properties was cut short are known for it", async () => {
        await seed();
        const existing = await stream(await only(source));
        const item = await only(source);
        accounts.cast.azure.faults.add({
            host: new RegExp(pair.host("target")),
            path: /comp=tier/,
            kind: { type: "status", status: 400 },
        });
        const changed: Item = { ...item, properties: { ...item.properties, metadata: {}, tier: "Cold" } };
        await failureOf(Promise.resolve(target.putProperties?.(changed, { existing })));
        const left = await only(target);
        expect(left.placeholder).to.equal(true);
        accounts.cast.azure.faults.clear();
        const written = await stream(item, { existing: left });
        expect(written.placeholder).to.equal(undefined);
        await expectCopied(written);
    });

    it("can't get rid of a tier without being written again, and say so", async () => {
        await seed();
        const existing = await stream(await only(source));
        const { tier, ...properties } = (await only(source)).properties;
        expect(tier).to.equal("Cool");
        const written = await target.putProperties?.({ ...existing, properties }, { existing });
        expect(written?.losses?.map((loss) => loss.what)).to.deep.equal(["tier"]);
    });

    it("are marked, and removed only while they are as they were", async () => {
        await seed();
        const written = await stream(await only(source));
        const marked = await target.mark?.(written, "replica-1");
        expect(marked?.owner).to.equal("replica-1");
        expect(marked).to.deep.equal(await target.find(written.name));
        expect(
            isDataplaneError(await failureOf(target.remove(written.name, { expected: written }))),
        ).to.equal(true);
        await target.remove(written.name, marked === undefined ? {} : { expected: marked });
        expect(await target.find(written.name)).to.equal(undefined);
        await target.remove(written.name, { expected: written });
        await target.remove(written.name, {});
    });

    it("are never removed with snapshots that somebody made of them", async () => {
        await seed();
        const written = await stream(await only(source));
        await atTarget().createSnapshot();
        const failure = await failureOf(target.remove(written.name, { expected: written }));
        expect(failure).to.include({ code: "Conflict" });
        expect(await atTarget().exists()).to.equal(true);
    });

    it("are listed page by page", async () => {
        for (let n = 0; n < 7; n += 1) await seed(`blob-${String(n)}`, "x", {});
        accounts.cast.azure.requests.clear();
        const paged = await pair.open<BlobContent>("blobs", "source", {
            wrap: (client) => ({
                sendRequest: (request) => {
                    const url = new URL(request.url);
                    if (url.searchParams.get("comp") === "list" && url.pathname !== "/") {
                        url.searchParams.set("maxresults", "3");
                        request.url = url.toString();
                    }
                    return client.sendRequest(request);
                },
            }),
        });
        expect(await itemsOf(paged.list())).to.have.length(7);
        const pages = accounts.cast.azure.requests.filter((request) => request.path.startsWith("/box?"));
        expect(pages).to.have.length(3);
    });
});
