import { createHash, randomBytes } from "node:crypto";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { expect } from "chai";
import fc from "fast-check";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { itemsOf } from "../helpers.js";
import { Accounts } from "./accounts.js";
import { Kill, randomContent, tinySizes, Transfers, withoutCopies } from "./transfers-world.js";

/**
 * How much is copied. All that is asked for, 2,000 blobs and 1 GiB, takes minutes:
 * `KILLED_BLOBS=2000 KILLED_MEBIBYTES=1024`.
 */
const count = Number(process.env.KILLED_BLOBS ?? 200);
const mebibytes = Number(process.env.KILLED_MEBIBYTES ?? 16);

/** Every hundredth goes in sixteen blocks. */
const isLarge = (index: number): boolean => index % 100 === 50;

/** Always the same ten, so that a failure can be seen again. `most`: requests that a run lives for at most. */
function killsWithin(most: number): { lived: number; when: "before" | "after" }[] {
    const lived = fc.integer({ min: 0, max: most });
    const when = fc.constantFrom("before" as const, "after" as const);
    return fc.sample(fc.record({ lived, when }), { numRuns: 10, seed: 20_260 });
}

describe("a copy of many blobs that is killed ten times", () => {
    let accounts: Accounts;
    let transfers: Transfers;
    const contents = new Map<string, Buffer>();

    before(async () => {
        accounts = await Accounts.start();
        transfers = await Transfers.begin(accounts);
        for (let start = 0; start < count; start += 50) {
            await Promise.all(
                Array.from({ length: 50 }, async (_, offset) => {
                    const index = start + offset;
                    const name = `folder/${String(index).padStart(4, "0")}`;
                    const content = randomContent(isLarge(index) ? 16 : 1);
                    contents.set(name, await transfers.seed(name, content, { md5: index % 3 > 0 }));
                }),
            );
        }
    });
    after(() => accounts.cast.azure.stop());

    for (const detail of ["items", "groups"] as const) {
        it(`ends whole, with nothing doubled and no block left over, with records by ${detail}`, async () => {
            accounts.cast.azure.requests.clear();
            for (const { lived, when } of killsWithin(Math.floor(count / 12))) {
                const { signal, wrap } = new Kill(lived, when, []);
                const options = { signal, wrap: { target: wrap }, detail, sizes: tinySizes, forget: true };
                await transfers.replicate(options).catch(() => undefined);
            }
            const left = await itemsOf((await transfers.open("target")).list());
            expect(left.length).to.be.within(1, count - 1);
            const result = await transfers.replicate({ detail, sizes: tinySizes, forget: true });
            expect(result.failures.map(({ error }) => error.message)).to.deep.equal([]);
            expect(result.summary).to.include({ conflicts: 0, failed: 0, fidelity: 1 });

            const container = transfers.pair.service("target").getContainerClient("box");
            // With blobs of which there is nothing but blocks that were never committed.
            const listed = await itemsOf(
                container.listBlobsFlat({ includeUncommitedBlobs: true, includeSnapshots: true }),
            );
            expect(listed.map(({ name }) => name)).to.deep.equal([...contents.keys()].sort());
            for (const [index, { name }] of listed.entries()) {
                const blob = container.getBlockBlobClient(name);
                const content = contents.get(name) ?? Buffer.alloc(0);
                expect((await blob.downloadToBuffer()).equals(content), name).to.equal(true);
                if (!isLarge(index)) continue;
                const { uncommittedBlocks = [], committedBlocks = [] } = await blob.getBlockList("all");
                expect(uncommittedBlocks, name).to.deep.equal([]);
                expect(
                    committedBlocks.reduce((sum, { size }) => sum + size, 0),
                    name,
                ).to.equal(content.length);
            }
            // What was on its way at a kill may have been written though its answer was lost; then it is found, not sent again.
            const operations = transfers.operations("target");
            expect(operations.filter((each) => each === "PUT blob").length).to.equal(count - count / 100);
            expect(operations.filter((each) => each === "PUT blocklist").length).to.equal(count / 100);
            for (const { name } of listed) await container.deleteBlob(name);
        });
    }
});

describe("a copy of one large blob that is killed ten times", () => {
    const blocks = 64;
    const blockBytes = (mebibytes * 1024 * 1024) / blocks;
    const sizes = {
        oneCall: 1024,
        copiedBlock: blockBytes,
        copiedBlocksAtOnce: 4,
        sentBlock: blockBytes,
        sentWhole: 0,
    };
    let accounts: Accounts;

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());

    for (const isStreamed of [false, true]) {
        const way = isStreamed ? "through this process" : "by the service";

        it(`ends whole ${way}, with few blocks sent twice and none left over`, async () => {
            const transfers = await Transfers.begin(accounts);
            const source = transfers.blob("source", "large");
            const hash = createHash("md5");
            const ids = Array.from({ length: blocks }, (_, index) =>
                Buffer.from(String(index + 100)).toString("base64"),
            );
            for (const id of ids) {
                const block = randomBytes(blockBytes);
                hash.update(block);
                await source.stageBlock(id, block, block.length);
            }
            const md5 = hash.digest();
            await source.commitBlockList(ids, { blobHTTPHeaders: { blobContentMD5: md5 } });

            const taken: string[] = [];
            const run = async (kill: Kill): Promise<ReplicationResult> => {
                const { signal, wrap } = kill;
                const target = isStreamed ? (client: HttpClient) => withoutCopies(wrap(client)) : wrap;
                return transfers.replicate({ signal, wrap: { target }, sizes, forget: true });
            };
            for (const { lived, when } of killsWithin(8)) {
                const { summary } = await run(new Kill(lived, when, taken));
                expect(summary.created).to.equal(0);
                expect(await transfers.blob("target", "large").exists()).to.equal(false);
            }
            const { failures, summary } = await run(new Kill(Infinity, "after", taken));
            expect(failures.map(({ error }) => error.message)).to.deep.equal([]);
            expect(summary.paths).to.deep.equal({ [isStreamed ? "streamed" : "server-side"]: 1 });

            const target = transfers.blob("target", "large");
            const found = createHash("md5");
            const { readableStreamBody } = await target.download();
            for await (const chunk of readableStreamBody as AsyncIterable<Buffer>) found.update(chunk);
            expect(found.digest().equals(md5)).to.equal(true);
            const { uncommittedBlocks = [], committedBlocks = [] } = await target.getBlockList("all");
            expect(uncommittedBlocks).to.deep.equal([]);
            expect(committedBlocks).to.have.length(blocks);
            // At each kill at most four blocks were on their way.
            expect(taken.length).to.be.within(blocks - 4 * 10, blocks + 4 * 10);
            expect(new Set(taken).size).to.be.at.least(blocks - 4 * 10);
            for (const side of ["source", "target"] as const) await transfers.blob(side, "large").delete();
        });
    }
});
