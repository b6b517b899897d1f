import type { HttpClient, PipelineRequest } from "@azure/core-rest-pipeline";
import { expect } from "chai";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { Accounts, type Pair } from "./accounts.js";
import { StorageWorld } from "./storage-world.js";
import { md5Of, randomContent, watching, withoutCopies } from "./transfers-world.js";

type Wrap = (client: HttpClient) => HttpClient;
type Kind = "append" | "page" | "snapshot";

const bytes = 4 * 512;

/** What goes wrong on the way of append and page blobs and of snapshots; block blobs have a file of their own. */
describe("append blobs, page blobs and snapshots that can't be copied as they are", () => {
    let accounts: Accounts;
    let pair: Pair;

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        accounts.cast.azure.faults.clear();
        pair = accounts.pair();
        for (const side of ["source", "target"] as const) await box(side).create();
        accounts.cast.azure.requests.clear();
    });

    const box = (side: "source" | "target") => pair.service(side).getContainerClient("box");

    /** Writes the blob anew. */
    async function seed(kind: Kind, blobContentMD5?: Buffer): Promise<Buffer> {
        const content = randomContent(bytes / 1024);
        const blobHTTPHeaders = blobContentMD5 === undefined ? {} : { blobContentMD5 };
        if (kind === "append") {
            const blob = box("source").getAppendBlobClient("a");
            await blob.create({ blobHTTPHeaders });
            await blob.appendBlock(content, bytes);
        } else if (kind === "page") {
            const blob = box("source").getPageBlobClient("a");
            await blob.create(bytes, { blobHTTPHeaders });
            await blob.uploadPages(content, 0, bytes);
        } else {
            const blob = box("source").getBlockBlobClient("a");
            await blob.upload(content, bytes);
            await blob.setHTTPHeaders(blobHTTPHeaders);
            await blob.createSnapshot();
            await blob.upload(content, bytes);
        }
        return content;
    }

    async function run(wrap: Wrap = (client) => client): Promise<ReplicationResult> {
        return new StorageWorld(pair, "blobs", { snapshots: true }, wrap).run();
    }

    function told(result: ReplicationResult): [string, string][] {
        return result.failures.map(({ item, error }) => [item, error.code]);
    }

    async function holds(content: Buffer): Promise<void> {
        const blob = box("target").getBlobClient("a");
        expect((await blob.downloadToBuffer()).equals(content)).to.equal(true);
        expect((await blob.getProperties()).metadata).to.deep.equal({});
    }

    /** Nothing at the target passes for a copy. */
    async function isUnfinished(): Promise<void> {
        const blob = box("target").getBlobClient("a");
        if (!(await blob.exists())) return;
        expect((await blob.getProperties()).metadata).to.have.property("azure_dataplane_unfinished");
    }

    const isPart = ({ method, url, headers }: PipelineRequest): boolean =>
        method === "PUT" && (/comp=(page|appendblock)/.test(url) || headers.has("x-ms-copy-source"));

    /** Does something before each of these requests that carry content, counted from one. */
    function changing(at: readonly number[], act: () => Promise<unknown>): Wrap {
        let seen = 0;
        return (client) => ({
            sendRequest: async (request) => {
                if (isPart(request) && at.includes(++seen)) await act();
                return client.sendRequest(request);
            },
        });
    }

    for (const [article, kind] of [
        ["an", "append"],
        ["a", "page"],
    ] as const) {
        it(`are copied anew by the service where ${article} ${kind} blob changes once, and named where it changes again`, async () => {
            await seed(kind);
            let content: Buffer = Buffer.alloc(0);
            const change = async (): Promise<void> => {
                content = await seed(kind);
            };
            expect(told(await run(changing([1], change)))).to.deep.equal([]);
            await holds(content);
            await seed(kind);
            const result = await new StorageWorld(pair, "blobs", {}, changing([1, 2, 3, 4], change)).run({
                onConflict: "overwrite",
            });
            expect(told(result)).to.deep.equal([["box/a", "Conflict"]]);
            expect(result.failures[0]?.error.detail.side).to.equal("source");
            await isUnfinished();
            expect(told(await run())).to.deep.equal([]);
            await holds(content);
        });

        it(`are never mixed through this process where ${article} ${kind} blob changes`, async () => {
            const first = await seed(kind);
            let content = first;
            const change = changing([1], async () => {
                content = await seed(kind);
            });
            const result = await run((client) => withoutCopies(change(client)));
            expect(told(result)).to.deep.equal([]);
            expect(result.summary.paths).to.deep.equal({ streamed: 1 });
            // What was read before the change is whole as well: the next run sees the change.
            const found = await box("target").getBlobClient("a").downloadToBuffer();
            expect([first, content].some((each) => each.equals(found))).to.equal(true);
        });
    }

    for (const kind of ["append", "page", "snapshot"] as const) {
        it(`take up or name ${kind} downloads that end early`, async () => {
            const content = await seed(kind);
            const end = (times?: number) =>
                accounts.cast.azure.faults.add({
                    host: new RegExp(pair.host("source")),
                    method: "GET",
                    path: /^\/box\/a(\?snapshot=[^&]*)?$/,
                    ...(times === undefined ? {} : { times }),
                    kind: { type: "truncate", bytes: 300 },
                });
            const broken = end(2);
            expect(told(await run(withoutCopies))).to.deep.equal([]);
            expect(broken.hits).to.equal(2);
            await holds(content);
        });

        it(`renew the signature of ${kind} copies where it expires in the middle`, async () => {
            const content = await seed(kind);
            let refused = 0;
            const service = watching(({ headers }) => {
                const from = headers.get("x-ms-copy-source");
                if (from === undefined) return undefined;
                if (headers.has("x-ms-copy-source-authorization"))
                    return { status: 400, code: "UnsupportedHeader" };
                refused += 1;
                return refused === 1 ? { status: 403, code: "AuthenticationFailed" } : undefined;
            });
            const result = await run(service);
            expect(told(result)).to.deep.equal([]);
            expect(result.summary.paths).to.deep.equal({ "server-side": 1 });
            const keys = accounts.cast.azure.requests.filter(({ path }) =>
                path.includes("comp=userdelegationkey"),
            );
            expect(keys).to.have.length(2);
            await holds(content);
        });

        it(`refuse ${kind} contents whose bytes change on the way`, async () => {
            await seed(kind);
            const spoil: Wrap = (client) => ({
                sendRequest: (request) => {
                    const { body } = request;
                    if (request.method === "PUT" && body instanceof Uint8Array && body.length === bytes) {
                        const spoilt = Uint8Array.from(body);
                        spoilt[0] = (spoilt[0] ?? 0) ^ 1;
                        request.body = spoilt;
                    }
                    return client.sendRequest(request);
                },
            });
            expect((await run((client) => withoutCopies(spoil(client)))).failures).to.have.length(1);
            await isUnfinished();
        });
    }

    it("name an append blob and a snapshot whose MD5 is wrong at the source, and finish neither", async () => {
        const wrong = Buffer.from(md5Of(Buffer.from("other")), "base64");
        for (const kind of ["append", "snapshot"] as const) {
            await seed(kind, wrong);
            const result = await run(withoutCopies);
            expect(told(result), kind).to.deep.equal([["box/a", "Corrupt"]]);
            expect(result.failures[0]?.error.detail.remedy).to.include("Content-MD5");
            await isUnfinished();
            for (const side of ["source", "target"] as const) {
                await box(side).getBlobClient("a").deleteIfExists({ deleteSnapshots: "include" });
            }
        }
        // The service, too, where one call is enough.
        await seed("snapshot", wrong);
        expect(told(await run())).to.deep.equal([["box/a", "Corrupt"]]);
        await isUnfinished();
    });
});
