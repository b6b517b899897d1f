import { once } from "node:events";
import { createHash, randomBytes } from "node:crypto";
import type { BlockBlobClient } from "@azure/storage-blob";
import type { HttpClient, PipelineRequest } from "@azure/core-rest-pipeline";
import type { FaultHandle } from "../../../emulator/faults.js";
import type { Fault } from "../../../emulator/contract.js";
import { clouds } from "../../../providers/core/clouds.js";
import type { Side, Store } from "../../../providers/core/contract.js";
import { fallBackToOwnTenant } from "../../../providers/core/credentials/challenge-tenant.js";
import { guardStore } from "../../../providers/core/guarded-store.js";
import { createHttpClient } from "../../../providers/core/http/client.js";
import { Pacer } from "../../../providers/core/http/pace.js";
import { summariseGroups } from "../../../providers/core/replication/groups.js";
import { replicate } from "../../../providers/core/replication/replicate.js";
import type {
    Copied,
    ReplicationRequest,
    ReplicationResult,
} from "../../../providers/core/replication/types.js";
import type { BlobContent } from "../../../providers/storage/blob-content.js";
import { openBlobStore } from "../../../providers/storage/blob-store.js";
import { blobs } from "../../../providers/storage/blobs.js";
import type { TransferSizes } from "../../../providers/storage/transfer-sizes.js";
import { quickTiming } from "../../conformance/quick-timing.js";
import { credentialOf, type Cast } from "../../emulator-services/local.js";
import { Accounts, type Pair } from "./accounts.js";

/** Sizes at which a blob of 64 KiB goes in 64 blocks, by the service or through this process. */
export const tinySizes: Partial<TransferSizes> = {
    oneCall: 4 * 1024,
    copiedBlock: 1024,
    copiedBlocksAtOnce: 4,
    sentBlock: 1024,
    sentWhole: 0,
    sentBlocksAtOnce: 8,
};

export interface TransferOptions {
    readonly sizes?: Partial<TransferSizes>;
    /** Around the HTTP client of that side, below all that the product does. */
    readonly wrap?: Partial<Record<Side, (client: HttpClient) => HttpClient>>;
    readonly as?: Partial<Record<Side, Cast["deployer"]>>;
    readonly signal?: AbortSignal;
    /** The account to open, where it is not that side's own; then with that account's owner. */
    readonly host?: Side;
}

/** How a run is other than the usual one. */
export type RunOptions = TransferOptions &
    Partial<ReplicationRequest> & {
        /** Without the records of the last run. */
        readonly forget?: boolean;
        /** The clock of this process shows so many milliseconds more. Default 0. */
        readonly later?: number;
    };

/** Replications of blobs between two accounts with production code, real requests and a clock that never waits. */
export class Transfers {
    copied: Copied = {};

    constructor(
        readonly accounts: Accounts,
        readonly pair: Pair,
    ) {}

    /** A pair of empty accounts, each with a container `box`. */
    static async begin(accounts: Accounts): Promise<Transfers> {
        accounts.cast.azure.faults.clear();
        const pair = accounts.pair();
        for (const side of ["source", "target"] as const) await pair.service(side).createContainer("box");
        accounts.cast.azure.requests.clear();
        return new Transfers(accounts, pair);
    }

    blob(side: Side, name: string): BlockBlobClient {
        return this.pair.service(side).getContainerClient("box").getBlockBlobClient(name);
    }

    /** Writes a blob at the source; `md5: false` leaves it without one, as uploads in blocks do. */
    async seed(name: string, content: Buffer, { md5 = true } = {}): Promise<Buffer> {
        const blob = this.blob("source", name);
        if (md5) await blob.upload(content, content.length);
        else await writeWithoutMd5(blob, content);
        return content;
    }

    /** Opens one side as the product does. */
    async open(side: Side, options: TransferOptions = {}): Promise<Store<BlobContent>> {
        const { cast, controller } = this.accounts;
        const { signal = controller.signal } = options;
        const { client } = createHttpClient({
            side,
            element: blobs,
            signal,
            timing: quickTiming().http,
            pacer: new Pacer(),
        });
        const { host = side } = options;
        const url = `https://${this.pair.host(host)}/`;
        const owner = host === "source" ? cast.producer : cast.deployer;
        const reference = {
            type: "Microsoft.Storage/storageAccounts",
            name: side,
            endpoints: { blob: url },
            reference: url,
        };
        const context = {
            side,
            mode: "replication",
            credential: fallBackToOwnTenant(credentialOf(options.as?.[side] ?? owner)),
            cloud: clouds.public,
            httpClient: options.wrap?.[side]?.(client) ?? client,
            signal,
            options: {},
        } as const;
        return guardStore(await openBlobStore(reference, context, options.sizes ?? tinySizes), {
            side,
            resource: url,
        });
    }

    /** One run; the next goes on from its records. */
    async replicate(options: RunOptions = {}): Promise<ReplicationResult> {
        const { sizes, wrap, as, forget, later = 0, ...request } = options;
        const { signal = new AbortController().signal } = request;
        const opening = { signal, ...(sizes && { sizes }), ...(wrap && { wrap }), ...(as && { as }) };
        const source = await this.open("source", opening);
        const target = await this.open("target", opening);
        const groups = summariseGroups();
        const names: Record<string, string> = {};
        for await (const item of source.list()) {
            names[item.name] = item.version;
            groups.add(item);
        }
        const timing = quickTiming().replication;
        const result = await replicate(
            {
                element: blobs,
                source,
                target,
                mode: "replication",
                detail: "items",
                selection: {},
                items: request.detail === "groups" ? groups.summaries() : names,
                copied: forget === true ? {} : this.copied,
                onConflict: "fail",
                prune: false,
                accessTimeoutMilliseconds: 0,
                ...request,
                signal,
            },
            { ...timing, now: () => timing.now() + later },
        );
        this.copied = result.copied;
        return result;
    }

    fault(side: Side, fault: Omit<Fault, "host">): FaultHandle {
        return this.accounts.cast.azure.faults.add({ host: new RegExp(this.pair.host(side)), ...fault });
    }

    /** `METHOD comp` of each request to that side's blobs that the service answered with success. */
    operations(side: Side): string[] {
        const { requests } = this.accounts.cast.azure;
        return requests
            .filter(
                ({ host, path, status }) =>
                    host === this.pair.host(side) && path.startsWith("/box/") && status < 300,
            )
            .map(
                ({ method, path }) =>
                    `${method} ${new URL(path, "https://x").searchParams.get("comp") ?? "blob"}`,
            );
    }
}

/** Counts equal texts. */
export function tally(texts: readonly string[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
    return counts;
}

/** Content that differs from block to block. */
export function randomContent(kibibytes: number): Buffer {
    return randomBytes(kibibytes * 1024);
}

export function md5Of(content: Buffer): string {
    return createHash("md5").update(content).digest("base64");
}

/** As a writer that stages blocks and computes no MD5. */
export async function writeWithoutMd5(blob: BlockBlobClient, content: Buffer): Promise<void> {
    const id = Buffer.from("only").toString("base64");
    await blob.stageBlock(id, content, content.length);
    await blob.commitBlockList([id]);
}

/**
 * Ends a run when so many PUT requests were answered: the next one does not leave (`before`), or its answer never comes
 * back (`after`). Remembers which blocks the service took.
 */
export class Kill {
    readonly #controller = new AbortController();
    #left: number;

    constructor(
        lived: number,
        private readonly when: "before" | "after",
        private readonly taken: string[],
    ) {
        this.#left = lived;
    }

    get signal(): AbortSignal {
        return this.#controller.signal;
    }

    readonly wrap = (client: HttpClient): HttpClient => ({
        sendRequest: async (request) => {
            if (request.method !== "PUT") return client.sendRequest(request);
            this.#left -= 1;
            const { signal } = this.#controller;
            // The last request is on its way: none leaves after it.
            if (this.#left < -1 && !signal.aborted) await once(signal, "abort");
            if (this.#left < 0 && this.when === "before") this.#controller.abort();
            const response = await client.sendRequest(request);
            const block = new URL(request.url).searchParams.get("blockid");
            if (block !== null && response.status === 201) this.taken.push(block);
            if (this.#left < 0) this.#controller.abort();
            this.#controller.signal.throwIfAborted();
            return response;
        },
    });
}

/** An HTTP client that shows each request to `see` before it leaves; what `see` answers is the answer. */
export function watching(
    see: (request: PipelineRequest) => { status: number; code: string } | undefined,
): (client: HttpClient) => HttpClient {
    return (client) => ({
        sendRequest: async (request) => {
            const refusal = see(request);
            if (refusal === undefined) return client.sendRequest(request);
            const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
            const { status, code } = refusal;
            return {
                request,
                status,
                headers: createHttpHeaders({ "x-ms-error-code": code, "content-type": "application/xml" }),
                bodyAsText: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`,
            };
        },
    });
}

/** An HTTP client to a service that copies nothing itself. */
export const withoutCopies = watching(({ headers }) =>
    headers.has("x-ms-copy-source") ? { status: 403, code: "AuthorizationFailure" } : undefined,
);
