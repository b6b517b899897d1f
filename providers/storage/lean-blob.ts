import type { RawHttpHeadersInput } from "@azure/core-rest-pipeline";
import type { ContainerClient } from "@azure/storage-blob" with { "resolution-mode": "import" };
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
        const lean = leanBlob(`${container.url}/${escapePath(blob)}`, wire);
        let full: BlockBlobClient | undefined;
        return new Proxy(lean as BlockBlobClient, {
            get(_, name) {
                const mine: unknown = Reflect.get(lean, name);
                if (mine !== undefined) return mine;
                full ??= makeBlob(blob);
                const member: unknown = Reflect.get(full, name);
                return typeof member === "function" ? (member.bind(full) as unknown) : member;
            },
        });
    };
    return container;
}

/** As the SDK writes names in URLs: `EscapePath` and `escape` in its utils.common. */
function escapePath(name: string): string {
    return encodeURIComponent(name).replaceAll("%2F", "/").replaceAll("'", "%27");
}

type Options = NonNullable<Parameters<BlockBlobClient["upload"]>[2]>;

function leanBlob(url: string, wire: Wire): LeanBlob {
    const put = async (
        query: string,
        headers: RawHttpHeadersInput,
        signal: unknown,
        body: Uint8Array = nothing,
    ): Promise<Answer> => {
        const response = await wire.send({
            method: "PUT",
            url: `${url}${query}`,
            headers: { ...headers, "content-length": body.length },
            body,
            signal: signal as AbortSignal,
        });
        const modified = response.headers.get("last-modified");
        return {
            ...optional("etag", response.headers.get("etag")),
            ...(modified === undefined ? {} : { lastModified: new Date(modified) }),
        };
    };
    return {
        url,
        // https://learn.microsoft.com/rest/api/storageservices/put-blob
        upload: (body, _length, options = {}) =>
            put(
                "",
                {
                    ...blobHeaders(options),
                    "x-ms-blob-type": "BlockBlob",
                    "content-type": "application/octet-stream",
                    ...digest("content-md5", options.transactionalContentMD5),
                },
                options.abortSignal,
                body as Uint8Array,
            ) as ReturnType<LeanBlob["upload"]>,
        // https://learn.microsoft.com/rest/api/storageservices/put-block
        stageBlock: (id, body, _length, options = {}) =>
            put(
                `?comp=block&blockid=${encodeURIComponent(id)}`,
                {
                    "content-type": "application/octet-stream",
                    ...digest("content-md5", options.transactionalContentMD5),
                },
                options.abortSignal,
                body as Uint8Array,
            ) as ReturnType<LeanBlob["stageBlock"]>,
        // https://learn.microsoft.com/rest/api/storageservices/put-block-from-url
        stageBlockFromURL: (id, source, offset = 0, count = 0, options = {}) =>
            put(
                `?comp=block&blockid=${encodeURIComponent(id)}`,
                { "x-ms-copy-source": source, "x-ms-source-range": `bytes=${offset}-${offset + count - 1}` },
                options.abortSignal,
            ) as ReturnType<LeanBlob["stageBlockFromURL"]>,
        // https://learn.microsoft.com/rest/api/storageservices/put-blob-from-url
        syncUploadFromURL: (source, options = {}) =>
            put(
                "",
                {
                    ...blobHeaders(options),
                    "x-ms-blob-type": "BlockBlob",
                    "x-ms-copy-source": source,
                    ...digest("x-ms-source-content-md5", options.sourceContentMD5),
                    ...optional(
                        "x-ms-copy-source-blob-properties",
                        options.copySourceBlobProperties === undefined
                            ? undefined
                            : String(options.copySourceBlobProperties),
                    ),
                },
                options.abortSignal,
            ) as ReturnType<LeanBlob["syncUploadFromURL"]>,
        // https://learn.microsoft.com/rest/api/storageservices/copy-blob-from-url
        syncCopyFromURL: (source, options = {}) =>
            put(
                "",
                {
                    ...blobHeaders(options),
                    "x-ms-requires-sync": "true",
                    "x-ms-copy-source": source,
                    ...digest("x-ms-source-content-md5", options.sourceContentMD5),
                },
                options.abortSignal,
            ) as ReturnType<LeanBlob["syncCopyFromURL"]>,
        download: async (offset = 0, _count, options = {}) => {
            const { headers, readableStreamBody } = await wire.send({
                method: "GET",
                url,
                headers: {
                    ...conditionHeaders(options.conditions),
                    ...(offset === 0 ? {} : { "x-ms-range": `bytes=${offset}-` }),
                },
                signal: options.abortSignal as AbortSignal,
                streams: [200, 206],
            });
            const md5 = headers.get("content-md5");
            const length = headers.get("content-length");
            return {
                ...optional("etag", headers.get("etag")),
                ...(length === undefined ? {} : { contentLength: Number(length) }),
                ...(md5 === undefined || offset > 0 ? {} : { contentMD5: Buffer.from(md5, "base64") }),
                readableStreamBody,
            } as unknown as Awaited<ReturnType<LeanBlob["download"]>>;
        },
    };
}

/** What the answer to a write says of the blob. */
interface Answer {
    readonly etag?: string;
    readonly lastModified?: Date;
}

const nothing = Buffer.alloc(0);

/** What the request that makes a blob appear says of it. */
function blobHeaders(
    options: Pick<Options, "blobHTTPHeaders" | "metadata" | "conditions" | "tags" | "tier">,
): RawHttpHeadersInput {
    const { blobHTTPHeaders: headers = {}, metadata = {}, conditions, tags, tier } = options;
    const query = Object.entries(tags ?? {}).map(
        ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
    );
    return {
        ...contentHeaders(headers),
        ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-ms-meta-${key}`, value])),
        ...conditionHeaders(conditions),
        ...optional("x-ms-access-tier", tier),
        ...optional("x-ms-tags", tags === undefined ? undefined : query.join("&")),
    };
}

function contentHeaders(headers: BlobHTTPHeaders): RawHttpHeadersInput {
    return {
        ...optional("x-ms-blob-content-type", headers.blobContentType),
        ...optional("x-ms-blob-content-encoding", headers.blobContentEncoding),
        ...optional("x-ms-blob-content-language", headers.blobContentLanguage),
        ...optional("x-ms-blob-content-disposition", headers.blobContentDisposition),
        ...optional("x-ms-blob-cache-control", headers.blobCacheControl),
        ...digest("x-ms-blob-content-md5", headers.blobContentMD5),
    };
}

function conditionHeaders(conditions: BlobRequestConditions = {}): RawHttpHeadersInput {
    return {
        ...optional("if-match", conditions.ifMatch),
        ...optional("if-none-match", conditions.ifNoneMatch),
    };
}

function digest(name: string, md5: Uint8Array | undefined): RawHttpHeadersInput {
    return optional(name, md5 === undefined ? undefined : Buffer.from(md5).toString("base64"));
}

function optional(name: string, value: string | undefined): Record<string, string> {
    return value === undefined ? {} : { [name]: value };
}
