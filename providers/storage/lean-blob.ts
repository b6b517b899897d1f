import type { ContainerClient } from "@azure/storage-blob";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { LeanResponse } from "../core/http/lean-exchange.js";
import { LeanHeaders } from "../core/http/lean-headers.js";
import type { BlobHTTPHeaders, BlobRequestConditions, BlobServiceClient, BlockBlobClient } from "./sdk.js";
import type { Wire } from "./wire.js";

/** What there is one of per blob or per block. */
type LeanBlob = Pick<
    BlockBlobClient,
    | "url"
    | "upload"
    | "download"
    | "stageBlock"
    | "stageBlockFromURL"
    | "syncUploadFromURL"
    | "syncCopyFromURL"
>;

/** A client of a blob that gives what is to be held in memory anyway in one piece. */
export type LeanBlockBlobClient = BlockBlobClient & Pick<Lean, "downloadWhole" | "downloadRange">;

/** Whether a client is a lean one: those that the SDK makes of others, such as of a snapshot, are not. */
export function isLeanBlob(client: BlockBlobClient): client is LeanBlockBlobClient {
    return "downloadWhole" in client;
}

/**
 * Makes the service's clients of blobs send the requests that there is one of per blob or block by `wire`: the SDK's way
 * takes some tenths of a millisecond of CPU time for each. Their answers have what a replica looks at, and nothing else. The
 * SDK's own client of a blob is made when something else is asked of it.
 */
export function withLeanBlobs(service: BlobServiceClient, wire: Wire): BlobServiceClient {
    const makeContainer = service.getContainerClient.bind(service);
    let last: { readonly name: string; readonly client: ContainerClient } | undefined;
    service.getContainerClient = (name) => {
        // Blobs are dealt with container by container.
        if (last?.name !== name) last = { name, client: withLean(makeContainer(name), wire) };
        return last.client;
    };
    return service;
}

function withLean(container: ContainerClient, wire: Wire): ContainerClient {
    const makeBlob = container.getBlockBlobClient.bind(container);
    container.getBlockBlobClient = (blob) => {
        const lean = new Lean(`${container.url}/${escapePath(blob)}`, wire, () => makeBlob(blob));
        return new Proxy(lean as unknown as BlockBlobClient, fullWhereLeanHasNot);
    };
    return container;
}

/** What the lean client has not is the SDK's, which is made when it is asked for. */
const fullWhereLeanHasNot: ProxyHandler<BlockBlobClient> = {
    get(proxied, name) {
        const lean = proxied as unknown as Lean;
        const mine: unknown = Reflect.get(lean, name);
        if (mine !== undefined) return mine;
        const full = lean.complete();
        const member: unknown = Reflect.get(full, name);
        return typeof member === "function" ? (member.bind(full) as unknown) : member;
    },
};

/** As the SDK writes names in URLs: `EscapePath` and `escape` in its utils.common. */
function escapePath(name: string): string {
    return encodeURIComponent(name).replaceAll("%2F", "/").replaceAll("'", "%27");
}

type Options = NonNullable<Parameters<BlockBlobClient["upload"]>[2]>;

/** Answers with these statuses have the blob's content as their body. */
const streams = new Set([200, 206]);
const nothing = Buffer.alloc(0);

/** A blob or a range of it, and what the headers say of just that. */
export interface WholeBlob {
    readonly data: Buffer;
    readonly etag?: string;
    /** In base64. */
    readonly md5?: string;
}

/** Its members are looked up through a proxy, on which private ones of JavaScript can't be read. */
class Lean {
    private full: BlockBlobClient | undefined;

    constructor(
        readonly url: string,
        private readonly wire: Wire,
        private readonly makeFull: () => BlockBlobClient,
    ) {}

    /** The SDK's own client of the blob. */
    complete(): BlockBlobClient {
        return (this.full ??= this.makeFull());
    }

    /** https://learn.microsoft.com/rest/api/storageservices/put-blob */
    upload(body: unknown, length: number, options: Options = {}): Promise<Answer> {
        const headers = blobHeaders(options);
        headers.set("x-ms-blob-type", "BlockBlob");
        headers.set("content-type", "application/octet-stream");
        setDigest(headers, "content-md5", options.transactionalContentMD5);
        // A refusal comes before any of it is sent: https://www.rfc-editor.org/rfc/rfc9110#field.expect
        if (body instanceof Readable) headers.set("expect", "100-continue");
        return this.put("", headers, options.abortSignal, body as Uint8Array | Readable, length);
    }

    /** https://learn.microsoft.com/rest/api/storageservices/put-block */
    stageBlock(
        id: string,
        body: unknown,
        _length: number,
        options: NonNullable<Parameters<LeanBlob["stageBlock"]>[3]> = {},
    ): Promise<Answer> {
        const headers = new LeanHeaders();
        headers.set("content-type", "application/octet-stream");
        setDigest(headers, "content-md5", options.transactionalContentMD5);
        return this.put(blockQuery(id), headers, options.abortSignal, body as Uint8Array);
    }

    /** https://learn.microsoft.com/rest/api/storageservices/put-block-from-url */
    stageBlockFromURL(
        id: string,
        source: string,
        offset = 0,
        count = 0,
        options: NonNullable<Parameters<LeanBlob["stageBlockFromURL"]>[4]> = {},
    ): Promise<Answer> {
        const headers = new LeanHeaders();
        headers.set("x-ms-copy-source", source);
        headers.set("x-ms-source-range", `bytes=${offset}-${offset + count - 1}`);
        return this.put(blockQuery(id), headers, options.abortSignal);
    }

    /** https://learn.microsoft.com/rest/api/storageservices/put-blob-from-url */
    syncUploadFromURL(
        source: string,
        options: NonNullable<Parameters<LeanBlob["syncUploadFromURL"]>[1]> = {},
    ): Promise<Answer> {
        const headers = blobHeaders(options);
        headers.set("x-ms-blob-type", "BlockBlob");
        headers.set("x-ms-copy-source", source);
        setDigest(headers, "x-ms-source-content-md5", options.sourceContentMD5);
        const { copySourceBlobProperties: takesOver } = options;
        if (takesOver !== undefined) headers.set("x-ms-copy-source-blob-properties", takesOver);
        return this.put("", headers, options.abortSignal);
    }

    /** https://learn.microsoft.com/rest/api/storageservices/copy-blob-from-url */
    syncCopyFromURL(
        source: string,
        options: NonNullable<Parameters<LeanBlob["syncCopyFromURL"]>[1]> = {},
    ): Promise<Answer> {
        const headers = blobHeaders(options);
        headers.set("x-ms-requires-sync", "true");
        headers.set("x-ms-copy-source", source);
        setDigest(headers, "x-ms-source-content-md5", options.sourceContentMD5);
        return this.put("", headers, options.abortSignal);
    }

    /** https://learn.microsoft.com/rest/api/storageservices/get-blob */
    async download(
        offset = 0,
        _count?: number,
        options: NonNullable<Parameters<LeanBlob["download"]>[2]> = {},
    ): Promise<Downloaded> {
        const headers = new LeanHeaders();
        setConditions(headers, options.conditions);
        if (offset !== 0) headers.set("x-ms-range", `bytes=${offset}-`);
        const answer = await this.get(headers, options.abortSignal);
        const md5 = answer.headers.get("content-md5");
        const length = answer.headers.get("content-length");
        return {
            ...etagOf(answer),
            ...(length === undefined ? {} : { contentLength: Number(length) }),
            ...(md5 === undefined || offset > 0 ? {} : { contentMD5: Buffer.from(md5, "base64") }),
            readableStreamBody: answer.readableStreamBody,
        };
    }

    /**
     * Get Blob for one that may be held in memory: what streams cost is more than what a small blob does.
     *
     * @throws RestError with `code` `AnswerTooLarge` where it has more bytes than `atMost`.
     */
    async downloadWhole(atMost: number, options: { abortSignal: AbortSignal }): Promise<WholeBlob> {
        const answer = await this.get(new LeanHeaders(), options.abortSignal, atMost);
        const md5 = answer.headers.get("content-md5");
        const data = await bytesOf(answer);
        return { data, ...etagOf(answer), ...(md5 === undefined ? {} : { md5 }) };
    }

    /** Get Blob for a range that is to be held in memory, while the blob has that ETag. */
    async downloadRange(
        offset: number,
        count: number,
        options: { abortSignal: AbortSignal; etag: string; withDigest: boolean; into?: Buffer },
    ): Promise<WholeBlob> {
        const headers = new LeanHeaders();
        headers.set("x-ms-range", `bytes=${offset}-${offset + count - 1}`);
        if (options.withDigest) headers.set("x-ms-range-get-content-md5", "true");
        headers.set("if-match", options.etag);
        const answer = await this.get(headers, options.abortSignal, count, options.into);
        const md5 = answer.headers.get("content-md5");
        return { data: await bytesOf(answer), ...etagOf(answer), ...(md5 === undefined ? {} : { md5 }) };
    }

    private get(
        headers: LeanHeaders,
        signal: unknown,
        inMemory?: number,
        into?: Buffer,
    ): Promise<LeanResponse> {
        return this.wire.send({
            method: "GET",
            url: this.url,
            headers,
            signal: signal as AbortSignal,
            streams,
            ...(inMemory === undefined ? {} : { inMemory }),
            ...(into === undefined ? {} : { into }),
        });
    }

    private async put(
        query: string,
        headers: LeanHeaders,
        signal: unknown,
        body: Uint8Array | Readable = nothing,
        length = "length" in body ? body.length : 0,
    ): Promise<Answer> {
        headers.set("content-length", length);
        const url = `${this.url}${query}`;
        const answer = await this.wire.send({
            method: "PUT",
            url,
            headers,
            body,
            signal: signal as AbortSignal,
        });
        const modified = answer.headers.get("last-modified");
        return {
            ...etagOf(answer),
            ...(modified === undefined ? {} : { lastModified: new Date(modified) }),
        };
    }
}

/** What the answer to a write says of the blob. */
interface Answer {
    readonly etag?: string;
    readonly lastModified?: Date;
}

interface Downloaded {
    readonly etag?: string;
    readonly contentLength?: number;
    readonly contentMD5?: Uint8Array;
    readonly readableStreamBody: NodeJS.ReadableStream | undefined;
}

async function bytesOf({ bodyAsBytes, readableStreamBody }: LeanResponse): Promise<Buffer> {
    return bodyAsBytes ?? (readableStreamBody === undefined ? nothing : await buffer(readableStreamBody));
}

function etagOf({ headers }: LeanResponse): { etag?: string } {
    const etag = headers.get("etag");
    return etag === undefined ? {} : { etag };
}

function blockQuery(id: string): string {
    return `?comp=block&blockid=${encodeURIComponent(id)}`;
}

/** What the request that makes a blob appear says of it. */
function blobHeaders(
    options: Pick<Options, "blobHTTPHeaders" | "metadata" | "conditions" | "tags" | "tier">,
): LeanHeaders {
    const { blobHTTPHeaders, metadata, conditions, tags, tier } = options;
    const headers = new LeanHeaders();
    if (blobHTTPHeaders !== undefined) setContentHeaders(headers, blobHTTPHeaders);
    for (const key in metadata) headers.set(`x-ms-meta-${key}`, metadata[key] ?? "");
    setConditions(headers, conditions);
    set(headers, "x-ms-access-tier", tier);
    if (tags !== undefined) headers.set("x-ms-tags", tagQuery(tags));
    return headers;
}

function tagQuery(tags: Readonly<Record<string, string>>): string {
    return Object.entries(tags)
        .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
        .join("&");
}

function setContentHeaders(headers: LeanHeaders, content: BlobHTTPHeaders): void {
    set(headers, "x-ms-blob-content-type", content.blobContentType);
    set(headers, "x-ms-blob-content-encoding", content.blobContentEncoding);
    set(headers, "x-ms-blob-content-language", content.blobContentLanguage);
    set(headers, "x-ms-blob-content-disposition", content.blobContentDisposition);
    set(headers, "x-ms-blob-cache-control", content.blobCacheControl);
    setDigest(headers, "x-ms-blob-content-md5", content.blobContentMD5);
}

function setConditions(headers: LeanHeaders, conditions: BlobRequestConditions = {}): void {
    set(headers, "if-match", conditions.ifMatch);
    set(headers, "if-none-match", conditions.ifNoneMatch);
}

function setDigest(headers: LeanHeaders, name: string, md5: Uint8Array | undefined): void {
    if (md5 !== undefined) headers.set(name, Buffer.from(md5).toString("base64"));
}

function set(headers: LeanHeaders, name: string, value: string | undefined): void {
    if (value !== undefined) headers.set(name, value);
}
