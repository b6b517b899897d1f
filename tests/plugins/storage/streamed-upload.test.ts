import { RestError, type HttpClient } from "@azure/core-rest-pipeline";
import { expect } from "chai";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { Accounts } from "./accounts.js";
import { md5Of, randomContent, tally, tinySizes, Transfers, withoutCopies } from "./transfers-world.js";

/** Blobs of more than 1 KiB go in one request up to 64 KiB, beyond in blocks of 1 KiB. */
const sizes = { ...tinySizes, sentWhole: 64 * 1024 };

describe("blobs that go through this process in one request", function () {
    this.timeout(60_000);
    let accounts: Accounts;
    let transfers: Transfers;

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        transfers = await Transfers.begin(accounts);
    });

    async function run(wrap: (client: HttpClient) => HttpClient = (client) => client) {
        return transfers.replicate({ sizes, wrap: { target: (client) => withoutCopies(wrap(client)) } });
    }

    function told(result: ReplicationResult): [string, string][] {
        return result.failures.map(({ item, error }) => [item, error.code]);
    }

    async function arrived(result: ReplicationResult, content: Buffer): Promise<void> {
        expect(told(result)).to.deep.equal([]);
        expect(result.summary.paths).to.deep.equal({ streamed: 1 });
        const blob = transfers.blob("target", "a");
        expect((await blob.downloadToBuffer()).equals(content)).to.equal(true);
        const { contentMD5 = "" } = await blob.getProperties();
        expect(Buffer.from(contentMD5).toString("base64")).to.equal(md5Of(content));
    }

    function puts(): Record<string, number> {
        return tally(transfers.operations("target").filter((operation) => operation.startsWith("PUT")));
    }

    const isUpload = (method: string, url: string): boolean =>
        method === "PUT" && new URL(url).pathname === "/box/a" && new URL(url).search === "";

    it("arrive whole", async () => {
        const content = await transfers.seed("a", randomContent(64));
        await arrived(await run(), content);
        expect(puts()).to.deep.equal({ "PUT blob": 1 });
    });

    it("are those that have an MD5 and are not too large", async () => {
        const large = await transfers.seed("a", randomContent(65));
        await arrived(await run(), large);
        expect(puts()).to.deep.equal({ "PUT block": 65, "PUT blocklist": 1 });
        accounts.cast.azure.requests.clear();
        await transfers.seed("b", randomContent(3), { md5: false });
        expect((await run()).summary.created).to.equal(1);
        expect(puts()).to.deep.equal({ "PUT block": 3, "PUT blocklist": 1 });
    });

    it("go on where a download breaks off, in the same request", async () => {
        const content = await transfers.seed("a", randomContent(64));
        const fault = transfers.fault("source", {
            method: "GET",
            path: /^\/box\/a$/,
            times: 2,
            kind: { type: "truncate", bytes: 5_000 },
        });
        await arrived(await run(), content);
        expect(fault.hits).to.equal(2);
        expect(puts()).to.deep.equal({ "PUT blob": 1 });
    });

    it("are never mixed of two, where the source changes meanwhile", async () => {
        await transfers.seed("a", randomContent(64));
        let content = randomContent(64);
        let downloads = 0;
        transfers.fault("source", {
            method: "GET",
            path: /^\/box\/a$/,
            times: 1,
            kind: { type: "truncate", bytes: 5_000 },
        });
        const rewriting = (client: HttpClient): HttpClient => ({
            sendRequest: async (request) => {
                const { pathname, search } = new URL(request.url);
                const isDownload = request.method === "GET" && pathname === "/box/a" && search === "";
                if (isDownload && ++downloads === 2) content = await transfers.seed("a", content);
                return client.sendRequest(request);
            },
        });
        const result = await transfers.replicate({
            sizes,
            wrap: { source: rewriting, target: withoutCopies },
        });
        await arrived(result, content);
    });

    it("are refused by the service where the source's MD5 is not theirs, and nothing is to be seen of them", async () => {
        await transfers.seed("a", randomContent(64));
        const wrong = Buffer.from(md5Of(randomContent(1)), "base64");
        await transfers.blob("source", "a").setHTTPHeaders({ blobContentMD5: wrong });
        const result = await run();
        expect(told(result)).to.deep.equal([["box/a", "Corrupt"]]);
        expect(result.failures[0]?.error.detail.remedy).to.include("Content-MD5");
        expect(await transfers.blob("target", "a").exists()).to.equal(false);
    });

    it("go in blocks where that request breaks off or the service is busy", async () => {
        const content = randomContent(64);
        for (const kind of [
            { type: "cut", when: "before" },
            { type: "status", status: 503, code: "ServerBusy" },
        ] as const) {
            transfers = await Transfers.begin(accounts);
            await transfers.seed("a", content);
            const fault = transfers.fault("target", { method: "PUT", path: /^\/box\/a$/, times: 1, kind });
            let copies = 0;
            const counting = (client: HttpClient): HttpClient => ({
                sendRequest: (request) => {
                    if (isUpload(request.method, request.url)) copies += 1;
                    return client.sendRequest(request);
                },
            });
            await arrived(await run(counting), content);
            expect(fault.hits, kind.type).to.equal(1);
            expect(copies, kind.type).to.equal(1);
            expect(puts(), kind.type).to.include({ "PUT block": 64, "PUT blocklist": 1 });
        }
    });

    it("are found where the answer to that request is lost", async () => {
        const content = await transfers.seed("a", randomContent(64));
        const losing = (client: HttpClient): HttpClient => ({
            sendRequest: async (request) => {
                const response = await client.sendRequest(request);
                if (!isUpload(request.method, request.url)) return response;
                throw new RestError("lost", { code: "ECONNRESET", request });
            },
        });
        const result = await run(losing);
        await arrived(result, content);
        const { committedBlocks = [] } = await transfers.blob("target", "a").getBlockList("committed");
        expect(committedBlocks).to.have.length(0);
        expect((await run()).summary).to.include({ same: 1, created: 0, updated: 0 });
    });
});
