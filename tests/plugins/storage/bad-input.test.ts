import type { HttpClient } from "@azure/core-rest-pipeline";
import { expect } from "chai";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { Accounts } from "./accounts.js";
import { md5Of, randomContent, Transfers, watching } from "./transfers-world.js";

describe("blobs that can't be copied as they are", () => {
    let accounts: Accounts;
    let transfers: Transfers;

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        transfers = await Transfers.begin(accounts);
    });

    function told(result: ReplicationResult): [string, string][] {
        return result.failures.map(({ item, error }) => [item, error.code]);
    }

    async function holds(name: string, content: Buffer): Promise<void> {
        expect((await transfers.blob("target", name).downloadToBuffer()).equals(content), name).to.equal(
            true,
        );
    }

    /** Writes the source anew before each of these requests, counted from one. */
    function rewriting(
        isOne: (method: string, url: URL) => boolean,
        at: readonly number[],
        contents: Buffer[],
    ): (client: HttpClient) => HttpClient {
        let seen = 0;
        return (client) => ({
            sendRequest: async (request) => {
                if (isOne(request.method, new URL(request.url))) {
                    seen += 1;
                    if (at.includes(seen)) contents.push(await transfers.seed("a", randomContent(16)));
                }
                return client.sendRequest(request);
            },
        });
    }

    const isBlock = (method: string, url: URL): boolean =>
        method === "PUT" && url.searchParams.get("comp") === "block";
    const isDownload = (method: string, url: URL): boolean =>
        method === "GET" && url.pathname === "/box/a" && !url.searchParams.has("comp");

    /** Has the next copy by the service refused, and all that follow go through this process. */
    function refuse(): void {
        transfers.fault("target", {
            method: "PUT",
            times: 1,
            kind: { type: "status", status: 403, code: "AuthorizationFailure" },
        });
    }

    describe("as they change meanwhile", () => {
        it("are copied anew by the service when it happens once, with nothing of the old content", async () => {
            await transfers.seed("a", randomContent(16));
            const contents: Buffer[] = [];
            const wrap = { target: rewriting(isBlock, [8], contents) };
            const result = await transfers.replicate({ wrap });
            expect(told(result)).to.deep.equal([]);
            await holds("a", contents.at(-1) ?? Buffer.alloc(0));
        });

        it("are named when it happens again, and leave what was at the target", async () => {
            const first = await transfers.seed("a", randomContent(16));
            await transfers.replicate();
            await transfers.seed("a", randomContent(16));
            const contents: Buffer[] = [];
            const wrap = { target: rewriting(isBlock, [8, 16, 24, 32, 40, 48], contents) };
            const result = await transfers.replicate({ wrap });
            expect(told(result)).to.deep.equal([["box/a", "Conflict"]]);
            expect(result.failures[0]?.error.message).to.include("changed at the source while it was copied");
            expect(result.failures[0]?.error.detail.side).to.equal("source");
            expect(contents).to.have.length(2);
            await holds("a", first);
            expect(told(await transfers.replicate())).to.deep.equal([]);
            await holds("a", contents.at(-1) ?? Buffer.alloc(0));
        });

        it("are never mixed on their way through this process", async () => {
            await transfers.seed("a", randomContent(16));
            refuse();
            // A download that breaks off is taken up again: by then it is another blob.
            transfers.fault("source", {
                method: "GET",
                path: /^\/box\/a$/,
                times: 1,
                kind: { type: "truncate", bytes: 5_000 },
            });
            const contents: Buffer[] = [];
            const wrap = { source: rewriting(isDownload, [2], contents) };
            const result = await transfers.replicate({ wrap });
            expect(told(result)).to.deep.equal([]);
            expect(result.summary.paths).to.deep.equal({ streamed: 1 });
            expect(contents).to.have.length(1);
            await holds("a", contents.at(-1) ?? Buffer.alloc(0));
        });

        it("and are gone by then, are no error and leave nothing behind", async () => {
            await transfers.seed("a", randomContent(16));
            const wrap = (client: HttpClient): HttpClient => {
                let blocks = 0;
                return {
                    sendRequest: async (request) => {
                        if (isBlock(request.method, new URL(request.url)) && ++blocks === 8) {
                            await transfers.blob("source", "a").delete();
                        }
                        return client.sendRequest(request);
                    },
                };
            };
            const result = await transfers.replicate({ wrap: { target: wrap } });
            expect(told(result)).to.deep.equal([]);
            expect(await transfers.blob("target", "a").exists()).to.equal(false);
        });
    });

    it("for a wrong MD5 at the source are named with what to do, and the others still go by the service", async () => {
        const content = randomContent(2);
        const wrong = Buffer.from(md5Of(randomContent(1)), "base64");
        await transfers.seed("b", content);
        await transfers.blob("source", "b").setHTTPHeaders({ blobContentMD5: wrong });
        for (const name of ["a", "c", "d"]) await transfers.seed(name, randomContent(2));
        const result = await transfers.replicate();
        expect(told(result)).to.deep.equal([["box/b", "Corrupt"]]);
        expect(result.failures[0]?.error.detail.remedy).to.include("Content-MD5");
        expect(result.summary.paths).to.deep.equal({ "server-side": 3 });
        expect(await transfers.blob("target", "b").exists()).to.equal(false);
    });

    it("for downloads that end early are taken up where they stopped, or named", async () => {
        const content = await transfers.seed("a", randomContent(16));
        refuse();
        const truncated = transfers.fault("source", {
            method: "GET",
            path: /^\/box\/a$/,
            times: 3,
            kind: { type: "truncate", bytes: 3_000 },
        });
        expect(told(await transfers.replicate())).to.deep.equal([]);
        expect(truncated.hits).to.equal(3);
        await holds("a", content);
        await transfers.seed("a", randomContent(16));
        refuse();
        transfers.fault("source", {
            method: "GET",
            path: /^\/box\/a$/,
            kind: { type: "truncate", bytes: 0 },
        });
        expect(told(await transfers.replicate())).to.deep.equal([["box/a", "Unreachable"]]);
        await holds("a", content);
    });

    it("for bytes that change on the way are refused by the service block by block, and nothing is to be seen", async () => {
        await transfers.seed("a", randomContent(16));
        refuse();
        const spoil = (client: HttpClient): HttpClient => ({
            sendRequest: (request) => {
                const { body } = request;
                if (
                    isBlock(request.method, new URL(request.url)) &&
                    body instanceof Uint8Array &&
                    body.length > 0
                ) {
                    const spoilt = Uint8Array.from(body);
                    spoilt[0] = (spoilt[0] ?? 0) ^ 1;
                    request.body = spoilt;
                }
                return client.sendRequest(request);
            },
        });
        const result = await transfers.replicate({ wrap: { target: spoil } });
        expect(result.failures.map(({ item }) => item)).to.deep.equal(["box/a"]);
        expect(await transfers.blob("target", "a").exists()).to.equal(false);
    });

    it("for a name that only the source allows are named, and the others go on", async () => {
        for (const name of ["a", "b", "c"]) await transfers.seed(name, randomContent(2));
        const wrap = {
            target: watching(({ method, url }) =>
                method === "PUT" && url.includes("/box/b")
                    ? { status: 400, code: "InvalidResourceName" }
                    : undefined,
            ),
        };
        const result = await transfers.replicate({ wrap });
        expect(told(result)).to.deep.equal([["box/b", "InvalidItem"]]);
        expect(result.summary).to.include({ created: 2, failed: 1 });
    });
});
