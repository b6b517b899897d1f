import type { HttpClient } from "@azure/core-rest-pipeline";
import { expect } from "chai";
import fc from "fast-check";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { stretchesOf, type PageRange } from "../../../providers/storage/page-ranges.js";
import { itemsOf } from "../helpers.js";
import { Accounts } from "./accounts.js";
import { Kill, randomContent, tally, tinySizes, Transfers, withoutCopies } from "./transfers-world.js";

const parts = 48;
const page = 512;
/** Every other page is written, and after eight of them the target says how far it is. */
const sizes = { ...tinySizes, pagesBetweenMarks: 8 * page };

type Wrap = (client: HttpClient) => HttpClient;

describe("append and page blobs whose copy was broken off", () => {
    let accounts: Accounts;
    let transfers: Transfers;

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        transfers = await Transfers.begin(accounts);
    });

    const container = (side: "source" | "target") => transfers.pair.service(side).getContainerClient("box");

    async function seedLog(): Promise<Buffer> {
        const content = randomContent(parts);
        const log = container("source").getAppendBlobClient("blob");
        await log.create({ metadata: { of: "log" }, tags: { stage: "one" } });
        await log.appendBlock(content, content.length);
        await log.seal();
        return content;
    }

    async function seedDisk(): Promise<Buffer> {
        const content = randomContent(parts);
        const disk = container("source").getPageBlobClient("blob");
        await disk.create(content.length, { blobSequenceNumber: 7, tags: { stage: "one" } });
        for (let offset = 0; offset < content.length; offset += 2 * page) {
            await disk.uploadPages(content.subarray(offset, offset + page), offset, page);
            content.fill(0, offset + page, offset + 2 * page);
        }
        return content;
    }

    const kinds = {
        "an append blob": { seed: seedLog, comp: "appendblock", repeated: 0 },
        // What was written since the last mark is written again.
        "a page blob": { seed: seedDisk, comp: "page", repeated: 8 },
    };

    function succeeded(result: ReplicationResult): void {
        expect(result.failures.map(({ error }) => error.message)).to.deep.equal([]);
        expect(result.summary).to.include({ conflicts: 0, failed: 0, fidelity: 1 });
    }

    async function arrived(content: Buffer): Promise<void> {
        const [from, to] = [transfers.blob("source", "blob"), transfers.blob("target", "blob")];
        expect((await to.downloadToBuffer()).equals(content)).to.equal(true);
        const [wanted, found] = [await from.getProperties(), await to.getProperties()];
        for (const key of ["blobType", "isSealed", "blobSequenceNumber", "metadata", "tagCount"] as const) {
            expect(found[key], key).to.deep.equal(wanted[key]);
        }
    }

    /** Parts that the target's service took. */
    function sent(comp: string): number {
        return tally(transfers.operations("target"))[`PUT ${comp}`] ?? 0;
    }

    /** A run from nothing on record, by the service or with everything going through this process. */
    async function run(
        isStreamed: boolean,
        { wrap = (client) => client, ...options }: { signal?: AbortSignal; wrap?: Wrap } = {},
    ): Promise<ReplicationResult> {
        const target: Wrap = isStreamed ? (client) => withoutCopies(wrap(client)) : wrap;
        return transfers.replicate({ sizes, forget: true, wrap: { target }, ...options });
    }

    async function killed(
        isStreamed: boolean,
        lived: number,
        when: "before" | "after" = "before",
    ): Promise<void> {
        const { signal, wrap } = new Kill(lived, when, []);
        await run(isStreamed, { signal, wrap });
    }

    for (const [what, { seed, comp, repeated }] of Object.entries(kinds)) {
        for (const isStreamed of [false, true]) {
            const way = isStreamed ? "through this process" : "by the service";

            it(`go on, ${what} ${way}, wherever they were, with little sent twice`, async () => {
                const content = await seed();
                for (const when of ["before", "after"] as const) {
                    for (const lived of [0, 1, 13, 30, parts + 1, parts + 2]) {
                        accounts.cast.azure.requests.clear();
                        await killed(isStreamed, lived, when);
                        succeeded(await run(isStreamed));
                        await arrived(content);
                        expect(sent(comp), `${when} ${String(lived)}`).to.be.within(parts, parts + repeated);
                        await transfers.blob("target", "blob").delete();
                    }
                }
            });

            it(`go on, ${what} ${way}, through ten kills`, async () => {
                const content = await seed();
                const kill = fc.record({
                    lived: fc.nat(12),
                    when: fc.constantFrom("before" as const, "after" as const),
                });
                const kills = fc.array(kill, { minLength: 10, maxLength: 10 });
                const check = async (each: { lived: number; when: "before" | "after" }[]): Promise<void> => {
                    accounts.cast.azure.requests.clear();
                    for (const { lived, when } of each) await killed(isStreamed, lived, when);
                    succeeded(await run(isStreamed));
                    await arrived(content);
                    expect(sent(comp)).to.be.at.most(parts + repeated * each.length);
                    await transfers.blob("target", "blob").delete();
                };
                await fc.assert(fc.asyncProperty(kills, check), { numRuns: 2, endOnFailure: true });
            });

            it(`begin anew, ${what} ${way}, where the source changed since`, async () => {
                await seed();
                await killed(isStreamed, 30);
                await transfers.blob("source", "blob").delete();
                const content = await seed();
                succeeded(await run(isStreamed));
                await arrived(content);
            });

            it(`begin anew, ${what} ${way}, where somebody changed what was left`, async () => {
                const content = await seed();
                await killed(isStreamed, 30);
                if (comp === "page") {
                    await container("target").getPageBlobClient("blob").updateSequenceNumber("increment");
                    await container("target")
                        .getPageBlobClient("blob")
                        .uploadPages(randomContent(1), 1024, 1024);
                } else {
                    await container("target").getAppendBlobClient("blob").appendBlock("foreign", 7);
                }
                succeeded(await run(isStreamed));
                await arrived(content);
            });
        }
    }

    it("go on through this process where the service began, and the other way round", async () => {
        for (const [first, second] of [
            [true, false],
            [false, true],
        ] as const) {
            const content = await seedDisk();
            accounts.cast.azure.requests.clear();
            await killed(first, 30);
            succeeded(await run(second));
            await arrived(content);
            expect(sent("page")).to.be.at.most(parts + 8);
            for (const side of ["source", "target"] as const) await transfers.blob(side, "blob").delete();
        }
    });

    it("have several ranges of a page blob on their way at once, and no more", async () => {
        const content = await seedDisk();
        for (const isStreamed of [false, true]) {
            let [now, most] = [0, 0];
            const wrap = (client: HttpClient): HttpClient => ({
                sendRequest: async (request) => {
                    const isPage = new URL(request.url).searchParams.get("comp") === "page";
                    if (isPage) most = Math.max(most, ++now);
                    try {
                        return await client.sendRequest(request);
                    } finally {
                        if (isPage) now -= 1;
                    }
                },
            });
            const result = await run(isStreamed, { wrap });
            succeeded(result);
            expect(result.summary.paths).to.deep.equal({ [isStreamed ? "streamed" : "server-side"]: 1 });
            expect(most).to.equal(isStreamed ? 3 : sizes.copiedBlocksAtOnce);
            await arrived(content);
            await transfers.blob("target", "blob").delete();
        }
    });

    it("give up a page blob that somebody replaces meanwhile", async () => {
        for (const isStreamed of [false, true]) {
            await seedDisk();
            let asked = 0;
            const replace = (client: HttpClient): HttpClient => ({
                sendRequest: async (request) => {
                    if (request.url.includes("comp=page") && ++asked === 20) {
                        await container("target")
                            .getPageBlobClient("blob")
                            .create(parts * 1024, { metadata: { by: "hand" } });
                    }
                    return client.sendRequest(request);
                },
            });
            const { failures } = await run(isStreamed, { wrap: replace });
            expect(asked).to.be.at.least(20);
            // It is looked at again: by then it is somebody else's.
            expect(failures.map(({ item, error }) => [item, error.code])).to.deep.equal([
                ["box/blob", "Conflict"],
            ]);
            const found = await transfers.blob("target", "blob").getProperties();
            expect(found.metadata).to.deep.equal({ by: "hand" });
            for (const side of ["source", "target"] as const) await transfers.blob(side, "blob").delete();
        }
    });

    it("have every range in one stretch, in order, none of them much longer than it is to be", async () => {
        const count = fc.integer({ min: 1, max: 20 }).map((pages) => pages * page);
        const property = fc.asyncProperty(
            fc.array(fc.tuple(count, fc.nat(5)), { maxLength: 40 }),
            async (some) => {
                let end = 0;
                const ranges = some.map(([length, gap]): PageRange => {
                    const offset = end + gap * page;
                    end = offset + length;
                    return { offset, count: length };
                });
                const stretches = await itemsOf(stretchesOf(each(ranges), 30 * page));
                expect(stretches.flatMap((stretch) => stretch.ranges)).to.deep.equal(ranges);
                expect(stretches.map(({ isLast }) => isLast)).to.deep.equal(
                    stretches.map((_, at) => at === stretches.length - 1),
                );
                for (const stretch of stretches) {
                    const last = stretch.ranges.at(-1);
                    expect(stretch.end).to.equal((last?.offset ?? 0) + (last?.count ?? 0));
                    expect(stretch.ranges.reduce((sum, range) => sum + range.count, 0)).to.be.at.most(
                        30 * page,
                    );
                }
            },
        );
        await fc.assert(property);
    });

    async function* each(ranges: readonly PageRange[]): AsyncGenerator<PageRange> {
        await Promise.resolve();
        yield* ranges;
    }
});
