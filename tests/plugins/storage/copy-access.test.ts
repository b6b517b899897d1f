import { inspect as nodeInspect } from "node:util";
import type { PipelineRequest } from "@azure/core-rest-pipeline";
import { BlobServiceClient, logger } from "@azure/storage-blob";
import { expect } from "chai";
import { describeSummary } from "../../../providers/core/pulumi/messages.js";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { SourceAccess } from "../../../providers/storage/source-access.js";
import { credentialOf } from "../../emulator-services/local.js";
import { Accounts } from "./accounts.js";
import { randomContent, tally, Transfers, watching } from "./transfers-world.js";

/** All that an object holds, hidden members too. */
const inspect = (value: unknown): string => nodeInspect(value, { depth: Infinity, showHidden: true });

/** With what right copies went to the target's service, by request. */
interface Seen {
    token: number;
    signature: number;
    /** The secrets themselves. */
    readonly secrets: Set<string>;
}

type Refusal = { status: number; code: string } | undefined;

describe("the right to read the source of a copy", () => {
    let accounts: Accounts;
    let transfers: Transfers;

    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        transfers = await Transfers.begin(accounts);
    });

    /** Runs with a service that answers as `refuse` says. */
    async function run(
        refuse: (request: { signature: string | undefined; token: boolean }) => Refusal,
        options: Parameters<Transfers["replicate"]>[0] = {},
    ): Promise<{ result: ReplicationResult; seen: Seen }> {
        const seen: Seen = { token: 0, signature: 0, secrets: new Set() };
        const see = (request: PipelineRequest): Refusal => {
            const source = request.headers.get("x-ms-copy-source");
            if (source === undefined) return undefined;
            const token = request.headers.get("x-ms-copy-source-authorization");
            const signature = new URL(source).searchParams.get("sig") ?? undefined;
            if (token !== undefined) seen.token += 1;
            if (signature !== undefined) seen.signature += 1;
            for (const secret of [token?.replace("Bearer ", ""), signature]) {
                if (secret === undefined) continue;
                seen.secrets.add(secret);
                seen.secrets.add(encodeURIComponent(secret));
            }
            return refuse({ signature, token: token !== undefined });
        };
        const result = await transfers.replicate({ wrap: { target: watching(see) }, ...options });
        return { result, seen };
    }

    function succeeded(result: ReplicationResult, paths: Record<string, number>): void {
        expect(result.failures.map(({ error }) => error.message)).to.deep.equal([]);
        expect(result.summary.paths).to.deep.equal(paths);
    }

    function keys(): number {
        const { requests } = accounts.cast.azure;
        return requests.filter(({ path }) => path.includes("comp=userdelegationkey")).length;
    }

    async function arrived(name: string, content: Buffer): Promise<void> {
        expect((await transfers.blob("target", name).downloadToBuffer()).equals(content)).to.equal(true);
    }

    const noTokens = ({ token }: { token: boolean }): Refusal =>
        token ? { status: 400, code: "UnsupportedHeader" } : undefined;

    it("is the token of the source's side, and nothing is signed", async () => {
        const content = await transfers.seed("small", randomContent(2));
        const { result, seen } = await run(() => undefined);
        succeeded(result, { "server-side": 1 });
        expect(result.summary).not.to.have.property("streamedBecause");
        expect(seen).to.include({ token: 1, signature: 0 });
        expect(keys()).to.equal(0);
        await arrived("small", content);
    });

    it("is a signature where the service takes no token, for all blobs that follow too", async () => {
        const small = await transfers.seed("small", randomContent(2));
        const big = await transfers.seed("zbig", randomContent(16));
        const { result, seen } = await run(noTokens);
        succeeded(result, { "server-side": 2 });
        expect(seen.token).to.be.at.most(5);
        expect(seen.signature).to.equal(17);
        expect(keys()).to.equal(1);
        await arrived("small", small);
        await arrived("zbig", big);
        expect(tally(transfers.operations("source"))).not.to.have.property("GET blob");
    });

    it("is renewed where a signature expires in the middle", async () => {
        const content = await transfers.seed("big", randomContent(16));
        let signed = 0;
        const { result } = await run(({ token, signature }) => {
            if (token) return { status: 401, code: "InvalidAuthenticationInfo" };
            if (signature === undefined) return undefined;
            signed += 1;
            return signed > 8 && keys() === 1 ? { status: 403, code: "AuthenticationFailed" } : undefined;
        });
        succeeded(result, { "server-side": 1 });
        expect(keys()).to.equal(2);
        await arrived("big", content);
    });

    it("gives way to this process where neither is taken", async () => {
        const content = await transfers.seed("big", randomContent(8));
        const refusal = { status: 403, code: "CannotVerifyCopySource" };
        const { result, seen } = await run(() => refusal);
        succeeded(result, { streamed: 1 });
        expect(result.summary.streamedBecause).to.include("the service answered CannotVerifyCopySource");
        expect(describeSummary(result.summary, "blobs")).to.include("; through this process, as");
        expect(seen.signature).to.be.above(0);
        await arrived("big", content);
    });

    it("gives way to this process where nothing may be signed", async () => {
        const content = await transfers.seed("small", randomContent(2));
        transfers.fault("source", {
            path: /comp=userdelegationkey/,
            kind: { type: "status", status: 403, code: "AuthorizationPermissionMismatch" },
        });
        const { result, seen } = await run(noTokens);
        succeeded(result, { streamed: 1 });
        expect(seen.signature).to.equal(0);
        await arrived("small", content);
    });

    it("is one of reading that one blob, for an hour, and made anew a quarter before its end", async () => {
        let now = Date.now();
        const credential = credentialOf(accounts.cast.producer);
        const { signal } = new AbortController();
        const service = new BlobServiceClient(`https://${transfers.pair.host("source")}`, credential);
        const access = new SourceAccess(service, { credential, signal }, () => now);
        const first = await access.grant("box/a", '"0x1"');
        expect(first.authorization).to.match(/^Bearer /);
        access.replace(first);
        const grant = async (): Promise<URLSearchParams> =>
            new URLSearchParams((await access.grant("box/a", '"0x1"')).signature);
        const signed = await grant();
        expect([signed.get("sp"), signed.get("sr"), signed.get("spr")]).to.deep.equal(["r", "b", "https"]);
        expect(Date.parse(signed.get("se") ?? "") - now).to.be.within(3_590_000, 3_600_000);
        now += 40 * 60_000;
        expect((await grant()).get("sig")).to.equal(signed.get("sig"));
        expect(keys()).to.equal(1);
        now += 6 * 60_000;
        expect((await grant()).get("sig")).not.to.equal(signed.get("sig"));
        expect(keys()).to.equal(2);
    });

    it("shows in no log of the SDK, no error and no result", async () => {
        const lines: string[] = [];
        const { log, enabled } = logger.info;
        logger.info.enabled = true;
        logger.info.log = (...parts: unknown[]) => {
            lines.push(parts.map(inspect).join(" "));
        };
        const everything: unknown[] = [];
        const secrets = new Set<string>();
        try {
            for (const code of [undefined, "LeaseIdMissing", "InternalError", "CannotVerifyCopySource"]) {
                for (const tokens of [true, false]) {
                    await transfers.seed("small", randomContent(2));
                    await transfers.seed("zbig", randomContent(8));
                    // Its copy goes through the SDK as a whole, and so into its log.
                    const appended = transfers.blob("source", "zzlog").getAppendBlobClient();
                    await appended.create();
                    await appended.appendBlock(randomContent(1), 1024);
                    const { result, seen } = await run((request) => {
                        if (!tokens && request.token) return { status: 400, code: "UnsupportedHeader" };
                        return code === undefined ? undefined : { status: 409, code };
                    });
                    everything.push(result, ...result.failures.map(({ error }) => error));
                    for (const secret of seen.secrets) secrets.add(secret);
                }
            }
        } finally {
            Object.assign(logger.info, { log, enabled });
        }
        expect(secrets.size).to.be.above(2);
        expect(lines.some((line) => line.includes("x-ms-copy-source"))).to.equal(true);
        const text = [...lines, ...everything.map(inspect)].join("\n");
        for (const secret of secrets) expect(text.includes(secret)).to.equal(false);
    });

    it("is not needed twice within one account, where nothing moves", async () => {
        const content = await transfers.seed("small", randomContent(2));
        await transfers.blob("source", "small").setHTTPHeaders({ blobContentType: "text/css" });
        await transfers.blob("source", "small").setMetadata({ a: "1" });
        const source = await transfers.open("source");
        const target = await transfers.open("target", { host: "source" });
        const item = await source.find("box/small");
        if (item === undefined || target.copyFrom === undefined) throw new Error("nothing to copy");
        accounts.cast.azure.requests.clear();
        const written = await target.copyFrom(source, item, { ...item, name: "box/copy" }, {});
        expect(written.properties).to.deep.equal(item.properties);
        const found = await target.find("box/copy");
        expect(found?.properties).to.deep.equal(item.properties);
        expect(found?.version).to.equal(written.version);
        const copy = transfers.blob("source", "copy");
        expect((await copy.getProperties()).copyStatus).to.equal("success");
        expect((await copy.downloadToBuffer()).equals(content)).to.equal(true);
    });
});
