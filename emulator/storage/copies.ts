import { Readable } from "node:stream";
import type { ServiceResponse } from "../contract.js";
import type { BlobRequest, HeaderList } from "./blob-request.js";
import { discard, readSource, readSourceTags, sourceUrl, type Ask } from "./copy-source.js";
import { isArchivedSource } from "./extras.js";
import { archived, StorageError } from "./errors.js";
import type { BlobOperation, PartFromUrl } from "./operations.js";

const MEBIBYTE = 1024 * 1024;
/** Source: https://learn.microsoft.com/rest/api/storageservices/put-blob-from-url */
const MAXIMUM_PUT_BYTES = 5_000 * MEBIBYTE;
/** Source: https://learn.microsoft.com/rest/api/storageservices/copy-blob-from-url */
const MAXIMUM_COPY_BYTES = 256 * MEBIBYTE;
/** Sources: https://learn.microsoft.com/rest/api/storageservices/ with put-block-from-url, append-block-from-url, put-page-from-url */
const MAXIMUM_PART_BYTES: Readonly<Record<PartFromUrl, number>> = {
    putBlockFromUrl: 4_000 * MEBIBYTE,
    appendBlockFromUrl: 100 * MEBIBYTE,
    putPageFromUrl: 4 * MEBIBYTE,
};

/** What copies work with. */
export interface CopyContext {
    /** Reads from any account with the rights that come with the request. */
    readonly ask: Ask;
    /** Reads from the target's own account with the rights of the caller; undefined where they do not reach so far. */
    readonly askAsCaller: Ask | undefined;
    /** Sends to the target, where the caller was let in. */
    readonly send: (request: BlobRequest) => Promise<ServiceResponse>;
    /** Throws where an archived source can't be copied from there. */
    readonly checkArchived: (source: URL) => void;
}

/** Carries out an operation that takes its content from another blob. */
export async function copy(
    kind: NonNullable<BlobOperation["copies"]>,
    request: BlobRequest,
    context: CopyContext,
): Promise<ServiceResponse> {
    switch (kind) {
        case "putBlobFromUrl":
            return putBlobFromUrl(request, context);
        case "putBlockFromUrl":
        case "appendBlockFromUrl":
        case "putPageFromUrl":
            return putPartFromUrl(kind, request, context);
        case "copyFromUrl":
        case "copy":
            return copyWithin(kind, request, context);
    }
}

/**
 * Put Blob From URL, which Azurite lacks: the source's content goes into Put Blob as it is read.
 * Source: https://learn.microsoft.com/rest/api/storageservices/put-blob-from-url
 */
async function putBlobFromUrl(request: BlobRequest, { ask, send }: CopyContext): Promise<ServiceResponse> {
    const tags = await tagsToCopy(request, ask);
    const source = await readSource(request, "GET", ask);
    const headers = targetHeaders(request);
    if (tags !== undefined) headers.set("x-ms-tags", tags);
    if (request.headers.get("x-ms-copy-source-blob-properties")?.toLowerCase() !== "false") {
        copyProperties(source, headers);
    }
    if (headers.withPrefix("x-ms-meta-").length === 0) {
        for (const [name, value] of Object.entries(source.headers ?? {})) {
            if (name.toLowerCase().startsWith("x-ms-meta-") && typeof value === "string")
                headers.set(name, value);
        }
    }
    return send(withContent(request, headers, source, MAXIMUM_PUT_BYTES));
}

/** Of these, Azurite only has Put Block From URL: what was read goes into the operation that takes a body. */
async function putPartFromUrl(
    kind: PartFromUrl,
    request: BlobRequest,
    { ask, send }: CopyContext,
): Promise<ServiceResponse> {
    const source = await readSource(request, "GET", ask);
    return send(withContent(request, targetHeaders(request), source, MAXIMUM_PART_BYTES[kind]));
}

/** Copy Blob and Copy Blob From URL: Azurite does them, once the source is verified here. */
async function copyWithin(
    kind: "copyFromUrl" | "copy",
    request: BlobRequest,
    { ask, askAsCaller, send, checkArchived }: CopyContext,
): Promise<ServiceResponse> {
    const url = sourceUrl(request);
    const ownRights =
        url.searchParams.has("sig") || request.headers.get("x-ms-copy-source-authorization") !== undefined;
    const within = !ownRights && url.hostname === request.url.hostname ? (askAsCaller ?? ask) : ask;
    await tagsToCopy(request, within);
    const source = await readSource(request, "HEAD", within);
    discard(source);
    if (isArchivedSource(source)) {
        if (kind === "copyFromUrl") throw archived();
        checkArchived(url);
    }
    if (kind === "copyFromUrl") checkSize(source, MAXIMUM_COPY_BYTES);
    const headers = request.headers.copy().delete("x-ms-copy-source-authorization");
    headers.set("x-ms-copy-source", withoutSignature(url));
    return send({ ...request, headers });
}

/** The source's tags where the request wants them: throws 409 where it brings tags of its own as well. */
async function tagsToCopy(request: BlobRequest, ask: Ask): Promise<string | undefined> {
    if (request.headers.get("x-ms-copy-source-tag-option") !== "COPY") return undefined;
    if (request.headers.get("x-ms-tags") !== undefined) {
        throw new StorageError(
            409,
            "BothUserTagsAndSourceTagsCopyPresentException",
            "x-ms-tags header is not allowed when x-ms-copy-source-tag-option is COPY.",
        );
    }
    return readSourceTags(request, ask);
}

/** The request without what concerns the source. */
function targetHeaders(request: BlobRequest): HeaderList {
    const headers = request.headers.copy();
    for (const [name] of request.headers) {
        if (/^x-ms-(copy-source|source-|requires-sync)/i.test(name)) headers.delete(name);
    }
    // The service compares the checksum with what arrives; so does Put Blob, under another name.
    const checksum = request.headers.get("x-ms-source-content-md5");
    return checksum === undefined ? headers : headers.set("Content-MD5", checksum);
}

function withContent(
    request: BlobRequest,
    headers: HeaderList,
    source: ServiceResponse,
    maximum: number,
): BlobRequest {
    const length = checkSize(source, maximum);
    headers.set("Content-Length", String(length));
    if (!(source.body instanceof Readable)) throw new TypeError("A source that was read is a stream.");
    return { ...request, headers, body: source.body };
}

function checkSize(source: ServiceResponse, maximum: number): number {
    const length = Number(headerOf(source, "content-length") ?? "0");
    if (length > maximum) {
        discard(source);
        throw new StorageError(
            409,
            "CannotVerifyCopySource",
            "The source is larger than this operation can copy.",
        );
    }
    return length;
}

/** Not the checksum: the service makes that of the content that arrived. */
function copyProperties(source: ServiceResponse, headers: HeaderList): void {
    const properties = ["type", "encoding", "language", "disposition"].map((name) => `content-${name}`);
    for (const name of [...properties, "cache-control"]) {
        const value = headerOf(source, name);
        if (value !== undefined && headers.get(`x-ms-blob-${name}`) === undefined)
            headers.set(`x-ms-blob-${name}`, value);
    }
}

function headerOf(response: ServiceResponse, name: string): string | undefined {
    const value = response.headers?.[name];
    return typeof value === "string" ? value : undefined;
}

/** The blob records its source: without the signature, and with the snapshot or version that was meant. */
function withoutSignature(url: URL): string {
    const plain = new URL(`${url.origin}${url.pathname}`);
    for (const name of ["snapshot", "versionid"]) {
        const value = url.searchParams.get(name);
        if (value !== null) plain.searchParams.set(name, value);
    }
    return plain.href;
}
