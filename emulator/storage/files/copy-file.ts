import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { ServiceResponse } from "../../contract.js";
import { accountKeys } from "../accounts.js";
import type { BlobRequest } from "../blob-request.js";
import { readSource, sourceUrl, type Ask } from "../copy-source.js";
import { authorizationOf } from "../shared-key.js";
import { answer, header, stamps, type ShareCall } from "./call.js";
import { filesError } from "./errors.js";
import { writeBytes } from "./file-content.js";
import { checkChangeable, placeFile } from "./files.js";
import { permissionKey } from "./permissions.js";
import type { ContentHeaders, FileNode, SmbProperties } from "./state.js";
import { lookUp } from "./tree.js";

/**
 * Copy File: the whole of a file or blob. Here it is done when it is answered; in Azure it may take its time.
 * Source: https://learn.microsoft.com/rest/api/storageservices/copy-file
 */
export async function copyFile(call: ShareCall): Promise<ServiceResponse> {
    const existing = lookUp(call);
    if (existing?.kind === "directory") throw filesError("ResourceTypeMismatch");
    if (existing !== undefined) {
        if (header(call, "file-copy-ignore-readonly")?.toLowerCase() === "true")
            existing.smb.attributes = existing.smb.attributes.replace(/ReadOnly(?: \| )?/, "") || "Archive";
        checkChangeable(call, existing);
    }
    const url = sourceUrl(call.request);
    const source = await readSource(call.request, "GET", asOwner(call, url));
    const headers = stringHeaders(source);
    const size = Number(headers.get("content-length") ?? "0");
    const file = await placeFile(call, size, contentHeaders(headers), sourceProperties(call, url, headers));
    if (Object.keys(file.metadata).length === 0) file.metadata = sourceMetadata(headers);
    await fill(call, file, source.body);
    file.copy = {
        id: randomUUID(),
        source: `${url.origin}${url.pathname}`,
        status: "success",
        progress: `${String(size)}/${String(size)}`,
        completedAt: call.now,
    };
    return answer(202, {
        ...stamps(file),
        "x-ms-copy-id": file.copy.id,
        "x-ms-copy-status": file.copy.status,
    });
}

/** A copy that is done can't be stopped. Source: https://learn.microsoft.com/rest/api/storageservices/abort-copy-file */
export function abortCopy(): never {
    throw filesError("NoPendingCopyOperation");
}

/** Within one account, the rights of the request itself are enough. */
function asOwner(call: ShareCall, url: URL): Ask {
    const { request, record, world } = call;
    const own = url.searchParams.has("sig") || header(call, "copy-source-authorization") !== undefined;
    const authorization = request.headers.get("authorization");
    if (own || authorization === undefined || url.hostname !== request.url.hostname) return world.ask;
    return (asked) => world.ask(signed(asked, record.name, accountKeys(record)[0], authorization));
}

function signed(request: BlobRequest, account: string, key: Buffer, authorization: string): BlobRequest {
    const headers = request.headers.copy();
    if (headers.get("x-ms-date") === undefined) headers.set("x-ms-date", new Date().toUTCString());
    if (/^Bearer/i.test(authorization))
        return {
            ...request,
            headers: headers.set("Authorization", authorization).set("x-ms-file-request-intent", "backup"),
        };
    return {
        ...request,
        headers: headers.set("Authorization", authorizationOf(account, key, { ...request, headers })),
    };
}

async function fill(call: ShareCall, file: FileNode, body: ServiceResponse["body"]): Promise<void> {
    if (!(body instanceof Readable)) return;
    let offset = 0;
    for await (const chunk of body) {
        await writeBytes(call, file, offset, chunk as Buffer);
        offset += (chunk as Buffer).length;
    }
}

/** What `source` in a header of the request asks for, of a source that is a file. */
function sourceProperties(
    call: ShareCall,
    url: URL,
    headers: ReadonlyMap<string, string>,
): Partial<SmbProperties> {
    const wanted = (name: string): string | undefined =>
        header(call, name)?.toLowerCase() === "source" ? headers.get(`x-ms-${name}`) : undefined;
    const attributes = wanted("file-attributes");
    const creationTime = wanted("file-creation-time");
    const lastWriteTime = wanted("file-last-write-time");
    const permission = sourcePermission(call, url, headers);
    return {
        ...(attributes === undefined ? {} : { attributes }),
        ...(creationTime === undefined ? {} : { creationTime }),
        ...(lastWriteTime === undefined ? {} : { lastWriteTime }),
        ...(permission === undefined ? {} : { permissionKey: permission }),
    };
}

function sourcePermission(
    call: ShareCall,
    url: URL,
    headers: ReadonlyMap<string, string>,
): string | undefined {
    const mode = header(call, "file-permission-copy-mode")?.toLowerCase();
    const given = header(call, "file-permission") ?? header(call, "file-permission-key");
    if (mode === "override" && given === undefined)
        throw filesError("MissingRequiredHeader", "x-ms-file-permission");
    if (mode !== "source") return undefined;
    if (given !== undefined) throw filesError("InvalidHeaderValue", "x-ms-file-permission-copy-mode");
    const key = headers.get("x-ms-file-permission-key");
    const descriptor = key === undefined ? undefined : call.world.descriptorOf(url, key);
    return descriptor === undefined ? undefined : permissionKey(call.share, descriptor);
}

function contentHeaders(headers: ReadonlyMap<string, string>): ContentHeaders {
    const of = (name: string): string | undefined => headers.get(name);
    const shown = {
        encoding: of("content-encoding"),
        language: of("content-language"),
        disposition: of("content-disposition"),
        cacheControl: of("cache-control"),
        md5: of("content-md5"),
    };
    const set = Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined));
    return { type: of("content-type") ?? "application/octet-stream", ...set };
}

function sourceMetadata(headers: ReadonlyMap<string, string>): Record<string, string> {
    const prefix = "x-ms-meta-";
    return Object.fromEntries(
        [...headers]
            .filter(([name]) => name.startsWith(prefix))
            .map(([name, value]) => [name.slice(prefix.length), value]),
    );
}

function stringHeaders({ headers = {} }: ServiceResponse): Map<string, string> {
    return new Map(
        Object.entries(headers).map(([name, value]) => [
            /^x-ms-meta-/i.test(name) ? `x-ms-meta-${name.slice("x-ms-meta-".length)}` : name.toLowerCase(),
            String(value),
        ]),
    );
}
