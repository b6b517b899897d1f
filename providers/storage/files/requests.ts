import { buffer } from "node:stream/consumers";
import type { HttpHeaders } from "@azure/core-rest-pipeline";
import type { LeanResponse } from "../../core/http/lean-exchange.js";
import { LeanHeaders } from "../../core/http/lean-headers.js";
import { unlessAbsent } from "../errors.js";
import type { Wire } from "../wire.js";
import { parseDirectory, type DirectoryPage } from "./directory-parser.js";

export type EntryType = "file" | "directory";
type RequestHeaders = Readonly<Record<string, string | number>>;

/** Absence of an entry by the service's own codes; a share or a directory on the way that is not there is none either. */
const absent = ["ResourceNotFound", "ParentNotFound", "ShareNotFound"] as const;

/**
 * Sent with each request. A token reads and writes past the permissions of files and says so by the intent, and a dot at
 * the end of a name is a part of it: https://learn.microsoft.com/azure/storage/files/authorize-oauth-rest,
 * https://learn.microsoft.com/rest/api/storageservices/create-file#request-headers
 */
const everywhere: RequestHeaders = {
    "x-ms-file-request-intent": "backup",
    "x-ms-allow-trailing-dot": "true",
    "x-ms-source-allow-trailing-dot": "true",
};

const nothing = Buffer.alloc(0);
/** The answer to a request for a range has bytes. */
const parts = new Set([206]);

function requestHeaders(headers: RequestHeaders): LeanHeaders {
    const all = new LeanHeaders();
    for (const [name, value] of Object.entries(everywhere)) all.set(name, value);
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    return all;
}

/**
 * The requests of Azure Files that there are some of per file, past the SDK's serialisers. Names are those of items:
 * `share/path/of/file`.
 */
export class FileRequests {
    constructor(
        private readonly endpoint: string,
        private readonly wire: Wire,
        private readonly signal: AbortSignal,
    ) {}

    /** The URL of a file or directory. */
    url(name: string): string {
        return this.endpoint + name.split("/").map(encodeURIComponent).join("/");
    }

    /** Its headers, or undefined where there is nothing of that type under the name. */
    async head(name: string, type: EntryType): Promise<HttpHeaders | undefined> {
        const query = type === "directory" ? "?restype=directory" : "";
        const answer = await unlessAbsent(this.#send("HEAD", this.url(name) + query), ...absent);
        return answer?.headers;
    }

    /** Creates a file or replaces one, with up to 4 MiB of content: https://learn.microsoft.com/rest/api/storageservices/create-file */
    async createFile(
        name: string,
        headers: RequestHeaders,
        body: Uint8Array = nothing,
    ): Promise<HttpHeaders> {
        const answer = await this.#send("PUT", this.url(name), { "x-ms-type": "file", ...headers }, body);
        return answer.headers;
    }

    /** Creates a directory; that it is there already is an error: https://learn.microsoft.com/rest/api/storageservices/create-directory */
    async createDirectory(name: string, headers: RequestHeaders): Promise<HttpHeaders> {
        const answer = await this.#send("PUT", `${this.url(name)}?restype=directory`, headers, nothing);
        return answer.headers;
    }

    /** HTTP headers that are left out are taken away: https://learn.microsoft.com/rest/api/storageservices/set-file-properties */
    setProperties(name: string, type: EntryType, headers: RequestHeaders): Promise<HttpHeaders> {
        return this.#set(name, type, "properties", headers);
    }

    /** Replaces all metadata. */
    setMetadata(name: string, type: EntryType, headers: RequestHeaders): Promise<HttpHeaders> {
        return this.#set(name, type, "metadata", headers);
    }

    /** Writes at most 4 MiB: https://learn.microsoft.com/rest/api/storageservices/put-range */
    async putRange(name: string, offset: number, body: Uint8Array, headers: RequestHeaders): Promise<void> {
        await this.#send(
            "PUT",
            `${this.url(name)}?comp=range`,
            { "x-ms-write": "update", "x-ms-range": rangeOf(offset, body.length), ...headers },
            body,
        );
    }

    /** Has the service write at most 4 MiB: https://learn.microsoft.com/rest/api/storageservices/put-range-from-url */
    async putRangeFromUrl(
        name: string,
        source: string,
        range: { offset: number; count: number },
        headers: RequestHeaders,
    ): Promise<void> {
        const bytes = rangeOf(range.offset, range.count);
        await this.#send(
            "PUT",
            `${this.url(name)}?comp=range`,
            {
                "x-ms-write": "update",
                "x-ms-copy-source": source,
                "x-ms-range": bytes,
                "x-ms-source-range": bytes,
                ...headers,
            },
            nothing,
        );
    }

    async delete(name: string, type: EntryType): Promise<void> {
        const query = type === "directory" ? "?restype=directory" : "";
        await unlessAbsent(this.#send("DELETE", this.url(name) + query), ...absent);
    }

    /** Bytes of a file, at most 4 MiB, with the MD5 that the service makes of them: https://learn.microsoft.com/rest/api/storageservices/get-file */
    async readRange(
        name: string,
        offset: number,
        count: number,
    ): Promise<{ headers: HttpHeaders; data: Buffer }> {
        const answer = await this.wire.send({
            method: "GET",
            url: this.url(name),
            headers: requestHeaders({
                "x-ms-range": rangeOf(offset, count),
                "x-ms-range-get-content-md5": "true",
            }),
            signal: this.signal,
            streams: parts,
            inMemory: count,
        });
        const { bodyAsBytes, readableStreamBody } = answer;
        const data =
            bodyAsBytes ?? (readableStreamBody === undefined ? nothing : await buffer(readableStreamBody));
        return { headers: answer.headers, data };
    }

    /** The ranges that were written within these bytes: https://learn.microsoft.com/rest/api/storageservices/list-ranges */
    async listRanges(name: string, offset: number, count: number): Promise<LeanResponse> {
        return this.#send("GET", `${this.url(name)}?comp=rangelist`, {
            "x-ms-range": rangeOf(offset, count),
        });
    }

    /** One page of a directory, or undefined where it is not there. `name` may be that of a share. */
    async listDirectory(name: string, marker: string | undefined): Promise<DirectoryPage | undefined> {
        const url = new URL(this.url(name));
        url.searchParams.set("restype", "directory");
        url.searchParams.set("comp", "list");
        url.searchParams.set("include", "Timestamps,ETag,Attributes,PermissionKey");
        if (marker !== undefined) url.searchParams.set("marker", marker);
        // Without it the lengths may be old: https://learn.microsoft.com/rest/api/storageservices/list-directories-and-files#request-headers
        const answer = await unlessAbsent(
            this.#send("GET", url.href, { "x-ms-file-extended-info": "true" }),
            ...absent,
        );
        if (answer === undefined) return undefined;
        return parseDirectory(answer.bodyAsText ?? "");
    }

    /** The security descriptor behind a key: https://learn.microsoft.com/rest/api/storageservices/get-permission */
    async getPermission(share: string, key: string): Promise<string> {
        const url = `${this.url(share)}?restype=share&comp=filepermission`;
        const answer = await this.#send("GET", url, { "x-ms-file-permission-key": key });
        const { permission } = JSON.parse(answer.bodyAsText ?? "{}") as { permission?: unknown };
        if (typeof permission !== "string") throw new Error("the answer to Get Permission has no permission");
        return permission;
    }

    /** The key of a security descriptor in that share: https://learn.microsoft.com/rest/api/storageservices/create-permission */
    async createPermission(share: string, permission: string): Promise<string> {
        const url = `${this.url(share)}?restype=share&comp=filepermission`;
        const body = Buffer.from(JSON.stringify({ permission }));
        const { headers } = await this.#send("PUT", url, { "content-type": "application/json" }, body);
        const key = headers.get("x-ms-file-permission-key");
        if (key === undefined) throw new Error("the answer to Create Permission has no key");
        return key;
    }

    /** The stored access policies of a share, as XML: https://learn.microsoft.com/rest/api/storageservices/get-share-acl */
    async getShareAcl(share: string): Promise<string> {
        const answer = await this.#send("GET", `${this.url(share)}?restype=share&comp=acl`);
        return answer.bodyAsText ?? "";
    }

    async #set(
        name: string,
        type: EntryType,
        comp: "properties" | "metadata",
        headers: RequestHeaders,
    ): Promise<HttpHeaders> {
        const restype = type === "directory" ? "restype=directory&" : "";
        const answer = await this.#send("PUT", `${this.url(name)}?${restype}comp=${comp}`, headers, nothing);
        return answer.headers;
    }

    #send(
        method: "GET" | "HEAD" | "PUT" | "DELETE",
        url: string,
        headers: RequestHeaders = {},
        body?: Uint8Array,
    ): Promise<LeanResponse> {
        return this.wire.send({
            method,
            url,
            headers: requestHeaders(
                body === undefined ? headers : { ...headers, "content-length": body.length },
            ),
            ...(body === undefined ? {} : { body }),
            signal: this.signal,
        });
    }
}

function rangeOf(offset: number, count: number): string {
    return `bytes=${String(offset)}-${String(offset + count - 1)}`;
}
