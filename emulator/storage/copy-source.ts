import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { ServiceResponse } from "../contract.js";
import { internal, HeaderList, type BlobRequest } from "./blob-request.js";
import { cannotVerifyCopySource, invalidHeader, StorageError } from "./errors.js";

/** Asks a blob service as anybody may: authorization, network rules and all. */
export type Ask = (request: BlobRequest) => Promise<ServiceResponse>;

/**
 * The source's URL. Throws 400 where it is none.
 * Source: https://learn.microsoft.com/rest/api/storageservices/put-blob-from-url#request-headers
 */
export function sourceUrl(request: BlobRequest): URL {
    const source = request.headers.get("x-ms-copy-source") ?? "";
    if (source.length > 2048 || !URL.canParse(source)) throw invalidHeader("x-ms-copy-source");
    return new URL(source);
}

/**
 * Reads the source with the rights that come with the request for it: a token in `x-ms-copy-source-authorization`, a
 * shared access signature in the URL, or none. Throws `CannotVerifyCopySource` with the source's status and message.
 */
export async function readSource(
    request: BlobRequest,
    method: "GET" | "HEAD",
    ask: Ask,
): Promise<ServiceResponse> {
    const response = await ask(internal(request.id, method, sourceUrl(request), sourceHeaders(request)));
    if (response.status === 304 || response.status === 412) {
        discard(response);
        throw new StorageError(
            412,
            "SourceConditionNotMet",
            "The source condition specified using HTTP conditional header(s) is not met.",
        );
    }
    if (response.status >= 300) throw await verificationError(response);
    return response;
}

/** The source's tags as a query string, for `x-ms-tags`. Needs the right to read them. */
export async function readSourceTags(request: BlobRequest, ask: Ask): Promise<string> {
    const url = sourceUrl(request);
    url.searchParams.set("comp", "tags");
    const headers = sourceHeaders(request).delete("range", "x-ms-range");
    const response = await ask(internal(request.id, "GET", url, headers));
    if (response.status >= 300) throw await verificationError(response);
    const xml = await bodyText(response);
    const tags = [...xml.matchAll(/<Key>([^<]*)<\/Key>\s*<Value>([^<]*)<\/Value>/g)];
    const encode = (escaped: string): string => encodeURIComponent(unescapeXml(escaped));
    return tags.map(([, key = "", value = ""]) => `${encode(key)}=${encode(value)}`).join("&");
}

/** Lets go of a body that nobody reads. */
export function discard(response: ServiceResponse): void {
    if (response.body instanceof Readable) response.body.resume();
}

function sourceHeaders(request: BlobRequest): HeaderList {
    const headers = new HeaderList();
    const carry = (from: string, to: string): void => {
        const value = request.headers.get(from);
        if (value !== undefined) headers.set(to, value);
    };
    carry("x-ms-version", "x-ms-version");
    carry("x-ms-copy-source-authorization", "Authorization");
    // For sources that are files.
    carry("x-ms-file-request-intent", "x-ms-file-request-intent");
    carry("x-ms-source-allow-trailing-dot", "x-ms-allow-trailing-dot");
    carry("x-ms-source-range", "x-ms-range");
    carry("x-ms-source-if-match", "If-Match");
    carry("x-ms-source-if-none-match", "If-None-Match");
    carry("x-ms-source-if-modified-since", "If-Modified-Since");
    carry("x-ms-source-if-unmodified-since", "If-Unmodified-Since");
    return headers;
}

async function verificationError(response: ServiceResponse): Promise<StorageError> {
    const message = /<Message>([^<\n]*)/.exec(await bodyText(response))?.[1];
    const fallback =
        response.status === 404 ? "The specified blob does not exist." : "Could not verify copy source.";
    const code = response.headers?.["x-ms-error-code"];
    return cannotVerifyCopySource(
        response.status,
        unescapeXml(message ?? fallback),
        typeof code === "string" ? code : "InternalError",
    );
}

async function bodyText(response: ServiceResponse): Promise<string> {
    const body = response.body;
    if (body instanceof Readable) return text(body);
    return typeof body === "string" || Buffer.isBuffer(body) ? body.toString() : "";
}

function unescapeXml(escaped: string): string {
    const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
    return escaped.replace(/&(#\d+|#x[0-9a-fA-F]+|\w+);/g, (entity, name: string) => {
        if (name.startsWith("#x")) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
        if (name.startsWith("#")) return String.fromCodePoint(Number(name.slice(1)));
        return named[name] ?? entity;
    });
}
