import { createHash, randomBytes } from "node:crypto";
import type { AppendBlobClient, ContainerClient, PageBlobClient } from "@azure/storage-blob";
import { expect } from "chai";
import type { Item, Store } from "../../../providers/core/contract.js";
import { isDataplaneError } from "../../../providers/core/errors.js";
import type { BlobContent } from "../../../providers/storage/blob-content.js";
import { failureOf, itemsOf } from "../helpers.js";
import { Accounts, type Pair } from "./accounts.js";

const common = {
    blobHTTPHeaders: {
        blobContentType: "text/x-log",
        blobCacheControl: "no-store",
        blobContentLanguage: "de",
    },
    metadata: { Team: "data" },
    tags: { stage: "one" },
};

describe("append and page blobs", () => {
    let accounts: Accounts;
    let pair: Pair;
    let source: Store<BlobContent>;
    let target: Store<BlobContent>;
    const box = (side: "source" | "target"): ContainerClient => pair.service(side).getContainerClient("box");

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        accounts.cast.azure.faults.clear();
        pair = accounts.pair();
        source = await pair.open("blobs", "source");
        target = await pair.open("blobs", "target");
        for (const side of ["source", "target"] as const) await box(side).create();
    });

    async function only(store: Store<BlobContent>): Promise<Item> {
        const [item, ...rest] = await itemsOf(store.list());
        expect(rest).to.deep.equal([]);
        if (item === undefined) throw new Error("nothing is listed");
        return item;
    }

    async function seedAppend(
        content = Buffer.from("first second"),
        sealed = true,
    ): Promise<AppendBlobClient> {
        const blob = box("source").getAppendBlobClient("log");
        await blob.create(common);
        for (const part of [content.subarray(0, 6), content.subarray(6)]) {
            if (part.length > 0) await blob.appendBlock(part, part.length);
        }
        await blob.setHTTPHeaders({
            ...common.blobHTTPHeaders,
            blobContentMD5: createHash("md5").update(content).digest(),
        });
        if (sealed) await blob.seal();
        return blob;
    }

    /** 64 MiB of which three parts are written, one of them longer than a request takes. */
    async function seedPages(): Promise<{ blob: PageBlobClient; written: [offset: number, data: Buffer][] }> {
        const mebibyte = 1024 * 1024;
        const blob = box("source").getPageBlobClient("disk");
        await blob.create(64 * mebibyte, { ...common, blobSequenceNumber: 7 });
        const written: [number, Buffer][] = [
            [512, randomBytes(512)],
            [8 * mebibyte, randomBytes(4 * mebibyte)],
            [12 * mebibyte, randomBytes(1024)],
            [64 * mebibyte - 512, randomBytes(512)],
        ];
        for (const [offset, data] of written) await blob.uploadPages(data, offset, data.length);
        return { blob, written };
    }

    const ways = {
        "through this process": async (item: Item, existing?: Item) =>
            target.put(item, await source.get(item), existing === undefined ? {} : { existing }),
        "by the service itself": async (item: Item, existing?: Item) => {
            if (target.copyFrom === undefined) throw new Error("it can't copy");
            return target.copyFrom(source, item, item, existing === undefined ? {} : { existing });
        },
    };

    async function expectListed(written: Item): Promise<void> {
        const listed = await only(target);
        expect({ ...written, modified: undefined }).to.deep.equal({ ...listed, modified: undefined });
        const found = await target.find(written.name);
        expect({ ...found, modified: undefined }).to.deep.equal({ ...listed, modified: undefined });
        const item = await only(source);
        expect(listed.properties).to.deep.equal(item.properties);
        expect(listed.digest).to.equal(item.digest);
        expect(listed.bytes).to.equal(item.bytes);
        expect(listed.placeholder).to.equal(undefined);
    }

    async function expectAppendCopied(content: Buffer, sealed = true): Promise<void> {
        const blob = box("target").getAppendBlobClient("log");
        expect((await blob.downloadToBuffer()).equals(content)).to.equal(true);
        const found = await blob.getProperties();
        expect(found.blobType).to.equal("AppendBlob");
        expect(found.isSealed === true).to.equal(sealed);
        expect(found.metadata).to.deep.equal({ team: "data" });
        expect((await blob.getTags()).tags).to.deep.equal(common.tags);
    }

    async function expectPagesCopied(written: [number, Buffer][]): Promise<void> {
        const blob = box("target").getPageBlobClient("disk");
        const found = await blob.getProperties();
        expect(found).to.include({
            blobType: "PageBlob",
            blobSequenceNumber: 7,
            contentLength: 64 * 1024 * 1024,
        });
        for (const [offset, data] of written) {
            const copied = await blob.downloadToBuffer(offset, data.length);
            expect(copied.equals(data), String(offset)).to.equal(true);
        }
        const ranges = async (side: "source" | "target") =>
            itemsOf(box(side).getPageBlobClient("disk").listPageRanges());
        const joined = (all: { start: number; end: number }[]) =>
            all.reduce<[number, number][]>((merged, { start, end }) => {
                const last = merged.at(-1);
                if (last !== undefined && last[1] + 1 === start) last[1] = end;
                else merged.push([start, end]);
                return merged;
            }, []);
        expect(joined(await ranges("target"))).to.deep.equal(joined(await ranges("source")));
    }

    for (const [way, send] of Object.entries(ways)) {
        it(`are copied ${way}: an append blob with its seal`, async () => {
            const content = randomBytes(9 * 1024 * 1024);
            await seedAppend(content);
            await expectListed(await send(await only(source)));
            await expectAppendCopied(content);
        });

        it(`are copied ${way}: an empty append blob, an empty page blob`, async () => {
            await seedAppend(Buffer.alloc(0), false);
            await expectListed(await send(await only(source)));
            await expectAppendCopied(Buffer.alloc(0), false);
            await box("source").getAppendBlobClient("log").delete();
            await box("target").getAppendBlobClient("log").delete();
            for (const bytes of [0, 1024]) {
                await box("source").getPageBlobClient("disk").create(bytes);
                const existing = await target.find("box/disk");
                await expectListed(await send(await only(source), existing));
                const copied = await box("target").getPageBlobClient("disk").getProperties();
                expect(copied.contentLength).to.equal(bytes);
            }
        });

        it(`are copied ${way}: a page blob, as sparse as it was`, async () => {
            const { written } = await seedPages();
            accounts.cast.azure.requests.clear();
            await expectListed(await send(await only(source)));
            await expectPagesCopied(written);
            const pages = accounts.cast.azure.requests.filter(
                ({ host, path }) => host === pair.host("target") && path.includes("comp=page"),
            );
            expect(pages.filter(({ write }) => write).length).to.be.within(4, 5);
        });

        it(`are whole or marked as unfinished wherever a copy ${way} is cut off`, async () => {
            await seedAppend();
            const { written } = await seedPages();
            for (const name of ["box/log", "box/disk"]) {
                const item = (await itemsOf(source.list())).find((each) => each.name === name);
                if (item === undefined) throw new Error("it is not listed");
                for (let requests = 0; ; requests += 1) {
                    const fault = accounts.cast.azure.faults.add({
                        host: new RegExp(pair.host("target")),
                        method: "PUT",
                        skip: requests,
                        kind: { type: "status", status: 404, code: "ResourceNotFound" },
                    });
                    const failed = await failureOf(send(item, await target.find(name))).catch(
                        () => undefined,
                    );
                    fault.remove();
                    if (failed === undefined) break;
                    const left = await target.find(name);
                    expect(left === undefined || left.placeholder === true, String(requests)).to.equal(true);
                }
            }
            await expectAppendCopied(Buffer.from("first second"));
            await expectPagesCopied(written);
        });

        it(`are written once where any one answer of a copy ${way} is lost`, async () => {
            await seedAppend();
            const { written } = await seedPages();
            for (const item of await itemsOf(source.list())) {
                for (let requests = 0; ; requests += 1) {
                    const existing = await target.find(item.name);
                    const fault = accounts.cast.azure.faults.add({
                        host: new RegExp(pair.host("target")),
                        method: "PUT",
                        skip: requests,
                        times: 1,
                        kind: { type: "cut", when: "after" },
                    });
                    const copied = await send(item, existing);
                    const { hits } = fault;
                    fault.remove();
                    expect({ ...copied, modified: undefined }).to.deep.equal({
                        ...(await target.find(item.name)),
                        modified: undefined,
                    });
                    if (hits === 0) break;
                }
            }
            await expectAppendCopied(Buffer.from("first second"));
            await expectPagesCopied(written);
        });

        it(`are not written ${way} from a source that changed meanwhile, nor over what changed`, async () => {
            await seedPages();
            const item = await only(source);
            const written = await send(item);
            await box("target").getPageBlobClient("disk").setMetadata({ by: "hand" });
            for (const existing of [undefined, written]) {
                expect(isDataplaneError(await failureOf(send(item, existing)), "Conflict")).to.equal(true);
            }
            if (way === "by the service itself") {
                await box("source").getPageBlobClient("disk").uploadPages(randomBytes(512), 0, 512);
                const failure = await failureOf(send(item, await target.find(item.name)));
                expect(isDataplaneError(failure, "Conflict")).to.equal(true);
            }
        });
    }

    it("are not finished with another MD5 than the source says", async () => {
        const blob = await seedAppend(Buffer.from("content"), false);
        await blob.setHTTPHeaders({ blobContentMD5: createHash("md5").update("other").digest() });
        const item = await only(source);
        const failure = await failureOf(target.put(item, await source.get(item), {}));
        expect(isDataplaneError(failure, "Corrupt")).to.equal(true);
        expect((await only(target)).placeholder).to.equal(true);
    });

    it("get changed properties alone: seal, sequence number, headers", async () => {
        const blob = await seedAppend(undefined, false);
        const copied = await ways["through this process"](await only(source));
        await blob.setMetadata({ other: "one" });
        await blob.seal();
        const wanted = await only(source);
        expect(wanted.version).to.include(" sealed");
        await target.putProperties?.(wanted, { existing: copied });
        expect((await only(target)).properties).to.deep.equal(wanted.properties);
        expect((await box("target").getAppendBlobClient("log").getProperties()).isSealed).to.equal(true);
        await blob.delete();
        await box("target").getAppendBlobClient("log").delete();

        const { blob: disk } = await seedPages();
        const pages = await ways["through this process"](await only(source));
        await disk.updateSequenceNumber("update", 9);
        await target.putProperties?.(await only(source), { existing: pages });
        expect((await only(target)).properties).to.deep.equal((await only(source)).properties);
    });

    it("take no properties from a blob of another type", async () => {
        await seedAppend(undefined, false);
        await box("target").getBlockBlobClient("log").upload("first second", 12);
        const update = target.putProperties?.(await only(source), { existing: await only(target) });
        const failure = await failureOf(update ?? Promise.resolve());
        expect(isDataplaneError(failure, "Conflict")).to.equal(true);
        expect(String(failure)).to.include("of type BlockBlob at the target");
    });
});
