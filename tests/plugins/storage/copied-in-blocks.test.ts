import { expect } from "chai";
import fc from "fast-check";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { blockAt, planBlocks } from "../../../providers/storage/blocks.js";
import { Accounts } from "./accounts.js";
import {
    Kill,
    md5Of,
    randomContent,
    tally,
    tinySizes,
    Transfers,
    type TransferOptions,
} from "./transfers-world.js";

/** Blocks of 1 KiB. */
const blocks = 64;
/** One after another, so that it is known what a kill leaves. */
const sizes = { ...tinySizes, copiedBlocksAtOnce: 1, sentBlocksAtOnce: 1 };

describe("large blobs", () => {
    let accounts: Accounts;
    let transfers: Transfers;

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        transfers = await Transfers.begin(accounts);
    });

    function succeeded(result: ReplicationResult): void {
        expect(result.failures.map(({ error }) => error.message)).to.deep.equal([]);
        expect(result.summary).to.include({ conflicts: 0, failed: 0, fidelity: 1 });
    }

    async function arrived(name: string, content: Buffer): Promise<void> {
        const blob = transfers.blob("target", name);
        expect((await blob.downloadToBuffer()).equals(content), name).to.equal(true);
        const { committedBlocks = [] } = await blob.getBlockList("committed");
        const size = committedBlocks.reduce((sum, block) => sum + block.size, 0);
        // A blob of one request has no blocks.
        expect(size).to.be.oneOf([content.length, 0]);
    }

    /** Successful Put Block and Put Block From URL to the target, by block. */
    function sent(): Record<string, number> {
        const { requests } = accounts.cast.azure;
        const puts = requests.filter(
            ({ host, method, path, status }) =>
                host === transfers.pair.host("target") &&
                method === "PUT" &&
                path.includes("comp=block&") &&
                status === 201,
        );
        return tally(puts.map(({ path }) => new URL(path, "https://x").searchParams.get("blockid") ?? ""));
    }

    /** Makes every copy by the service fail, so that the content goes through this process. */
    const ways = { "by the service": undefined, "through this process": { serverSideRefused: true } };

    for (const [way, streamed] of Object.entries(ways)) {
        const isStreamed = streamed !== undefined;
        const path = isStreamed ? "streamed" : "server-side";
        const run = async (options: TransferOptions = {}): Promise<ReplicationResult> => {
            const refusal = isStreamed
                ? transfers.fault("target", {
                      method: "PUT",
                      times: 1,
                      kind: { type: "status", status: 403, code: "AuthorizationFailure" },
                  })
                : undefined;
            const result = await transfers.replicate({ sizes, forget: true, ...options });
            refusal?.remove();
            return result;
        };

        it(`go ${way} in blocks, each sent once, and appear with one request`, async () => {
            const content = await transfers.seed("big", randomContent(blocks));
            const result = await run();
            succeeded(result);
            expect(result.summary.paths).to.deep.equal({ [path]: 1 });
            expect(Object.values(sent())).to.deep.equal(Array(blocks).fill(1));
            const { "PUT blocklist": commits, "PUT blob": wholes } = tally(transfers.operations("target"));
            expect([commits, wholes]).to.deep.equal([1, undefined]);
            await arrived("big", content);
            const { contentMD5 } = await transfers.blob("target", "big").getProperties();
            expect(Buffer.from(contentMD5 ?? []).toString("base64")).to.equal(md5Of(content));
        });

        it(`that go ${way} are taken up where a kill left them, with no block sent twice`, async () => {
            const content = await transfers.seed("big", randomContent(blocks));
            for (const when of ["before", "after"] as const) {
                for (const lived of [0, 1, 2, 17, 40, 63, 64, 65]) {
                    const taken: string[] = [];
                    const kill = new Kill(isStreamed ? lived + 1 : lived, when, taken);
                    await run({ signal: kill.signal, wrap: { target: kill.wrap } });
                    const rest = new Kill(Infinity, when, taken);
                    succeeded(await run({ wrap: { target: rest.wrap } }));
                    await arrived("big", content);
                    // One block was on its way when the kill came: its answer was not seen, or it came again.
                    const kinds = new Set(taken).size;
                    expect(kinds, `${when} ${String(lived)}`).to.be.at.least(blocks - 1);
                    expect(taken.length - kinds, `${when} ${String(lived)}`).to.be.at.most(1);
                    await transfers.blob("target", "big").delete();
                }
            }
        });

        it(`and small ones that go ${way} end whole after ten kills at random, and nothing is doubled`, async () => {
            const names = Array.from({ length: 24 }, (_, index) => `blob-${String(index).padStart(2, "0")}`);
            const contents = new Map<string, Buffer>();
            for (const [index, name] of names.entries()) {
                const kibibytes = index % 8 === 0 ? blocks : 1;
                contents.set(
                    name,
                    await transfers.seed(name, randomContent(kibibytes), { md5: index % 3 > 0 }),
                );
            }
            const kill = fc.record({
                lived: fc.nat(60),
                when: fc.constantFrom("before" as const, "after" as const),
            });
            const kills = fc.array(kill, { minLength: 10, maxLength: 10 });
            const check = async (each: { lived: number; when: "before" | "after" }[]): Promise<void> => {
                const taken: string[] = [];
                for (const { lived, when } of each) {
                    const { signal, wrap } = new Kill(lived, when, taken);
                    await run({ signal, wrap: { target: wrap }, sizes: tinySizes });
                }
                const rest = new Kill(Infinity, "after", taken);
                succeeded(await run({ wrap: { target: rest.wrap }, sizes: tinySizes }));
                for (const [name, content] of contents) await arrived(name, content);
                const target = await transfers.open("target");
                const found: string[] = [];
                for await (const { name } of target.list()) found.push(name);
                expect(found).to.deep.equal(names.map((name) => `box/${name}`));
                // What was on its way at a kill may come again: a few blocks of each of the three large blobs.
                expect(taken.length - new Set(taken).size).to.be.at.most(each.length * 3 * 4);
                for (const name of names) await transfers.blob("target", name).delete();
            };
            await fc.assert(fc.asyncProperty(kills, check), { numRuns: 1, endOnFailure: true });
        });

        it(`that changed at the source since a kill go ${way} anew, with no block of the old content`, async () => {
            await transfers.seed("big", randomContent(blocks));
            const kill = new Kill(30, "before", []);
            await run({ signal: kill.signal, wrap: { target: kill.wrap } });
            const content = await transfers.seed("big", randomContent(blocks));
            succeeded(await run());
            await arrived("big", content);
        });
    }

    it("that were begun through this process go on by the service, where blocks are of one size", async () => {
        const content = await transfers.seed("big", randomContent(blocks));
        const refusal = transfers.fault("target", {
            method: "PUT",
            times: 1,
            kind: { type: "status", status: 403, code: "AuthorizationFailure" },
        });
        const taken: string[] = [];
        const kill = new Kill(30, "before", taken);
        await transfers.replicate({ signal: kill.signal, wrap: { target: kill.wrap } });
        refusal.remove();
        const result = await transfers.replicate({ forget: true });
        succeeded(result);
        expect(result.summary.paths).to.deep.equal({ "server-side": 1 });
        expect(Object.keys(tally([...taken, ...Object.keys(sent())]))).to.have.length(blocks);
        expect(Object.keys(sent()).length).to.be.at.most(blocks);
        await arrived("big", content);
    });

    it("leave blocks of other writers out of the content", async () => {
        const content = await transfers.seed("big", randomContent(blocks));
        const foreign = blockAt("https://elsewhere/box/big 0x1", 0, 1024).id;
        await transfers.blob("target", "big").stageBlock(foreign, randomContent(1), 1024);
        succeeded(await transfers.replicate());
        await arrived("big", content);
    });

    it("that somebody else has begun to upload with ids of another length are named, with what to do", async () => {
        await transfers.seed("big", randomContent(blocks));
        await transfers.blob("target", "big").stageBlock(Buffer.from("0").toString("base64"), "x", 1);
        const { failures } = await transfers.replicate();
        expect(failures.map(({ error }) => error.code)).to.deep.equal(["InvalidItem"]);
        expect(failures[0]?.error.message).to.include("begun to upload");
        expect(failures[0]?.error.detail.remedy).to.include("week");
    });

    it("are no blobs before their blocks are committed", async () => {
        await transfers.seed("big", randomContent(blocks));
        transfers.fault("target", {
            method: "PUT",
            path: /comp=blocklist/,
            kind: { type: "cut", when: "before" },
        });
        const { summary } = await transfers.replicate();
        expect(summary).to.include({ created: 0, failed: 1, bytes: 0 });
        const target = await transfers.open("target");
        expect(await target.find("box/big")).to.equal(undefined);
        for await (const item of target.list()) expect.fail(item.name);
    });

    it("have block ids of one length that tell source, offset and length", () => {
        const plan = planBlocks("https://a/b 0x1", 2500, 1000);
        expect(plan.map(({ offset, count }) => [offset, count])).to.deep.equal([
            [0, 1000],
            [1000, 1000],
            [2000, 500],
        ]);
        const ids = [
            ...plan.map(({ id }) => id),
            ...planBlocks("https://a/b 0x2", 2500, 1000).map(({ id }) => id),
            blockAt("https://a/b 0x1", 1000, 999).id,
            blockAt("https://a/b 0x1", 190 * 2 ** 40, 4_000 * 2 ** 20).id,
        ];
        expect(new Set(ids).size).to.equal(ids.length);
        for (const id of ids) expect(Buffer.from(id, "base64")).to.have.length(48);
        expect(planBlocks("x", 200 * 2 ** 30, 1024)).to.have.length(50_000);
        expect(planBlocks("x", 0, 1024)).to.deep.equal([]);
    });
});
