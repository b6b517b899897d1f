import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import type { ServiceResponse } from "../../contract.js";
import {
    answer,
    header,
    metadataHeaders,
    metadataOf,
    parameter,
    stamps,
    wholeNumber,
    fileTime,
    type ShareCall,
} from "./call.js";
import { filesError } from "./errors.js";
import { dispose, requireRoom, resize, writeBytes } from "./file-content.js";
import { checkLease, leaseHeaders } from "./leases.js";
import { checkPath } from "./names.js";
import { bytesOf, parseRange } from "./ranges.js";
import { changeProperties, checkWritable, newPosix, newProperties, propertyHeaders } from "./smb.js";
import { keyOf, type ContentHeaders, type FileNode } from "./state.js";
import { fileAt, lookUp, parentOf, touch } from "./tree.js";

/** Source: https://learn.microsoft.com/azure/storage/files/storage-files-scale-targets#file-scale-targets */
const MAXIMUM_SIZE = 4 * 1024 ** 4;
/** Source: https://learn.microsoft.com/rest/api/storageservices/put-range */
const MAXIMUM_RANGE = 4 * 1024 ** 2;
/** From this version on, Create File may bring the first bytes along. */
const BODY_SINCE = "2026-02-06";
const encrypted = { "x-ms-request-server-encrypted": "true" };

/** Creates the file, or makes it anew. Source: https://learn.microsoft.com/rest/api/storageservices/create-file */
export async function createFile(call: ShareCall): Promise<ServiceResponse> {
    if (header(call, "type")?.toLowerCase() !== "file")
        throw filesError("MissingRequiredHeader", "x-ms-type");
    const size = wholeNumber(call, "content-length");
    if (size === undefined) throw filesError("MissingRequiredHeader", "x-ms-content-length");
    if (size > MAXIMUM_SIZE) throw filesError("InvalidHeaderValue", "x-ms-content-length");
    const body = await initialBytes(call, size);
    const existing = lookUp(call);
    const freed = existing?.kind === "file" ? bytesOf(existing.written) : 0;
    if (body !== undefined) requireRoom(call, body.length - freed);
    const file = await placeFile(call, size, contentHeaders(call, {}));
    if (body !== undefined) await writeBytes(call, file, 0, body);
    return answer(201, { ...stamps(file), ...encrypted, ...propertyHeaders(file) });
}

/** A new file at the call's path; one that is there goes. Throws where it may not go. */
export async function placeFile(
    call: ShareCall,
    size: number,
    headers: ContentHeaders,
    properties?: Partial<FileNode["smb"]>,
): Promise<FileNode> {
    checkPath(call.place.path);
    const parent = parentOf(call);
    const existing = lookUp(call);
    if (existing?.kind === "directory") throw filesError("ResourceTypeMismatch");
    if (existing === undefined) checkLease(call, "file", undefined, "write");
    else checkChangeable(call, existing);
    const file: FileNode = {
        kind: "file",
        name: call.place.path.at(-1) ?? "",
        id: call.world.nextId(),
        parentId: parent.id,
        etag: call.world.nextEtag(),
        modified: call.now,
        metadata: metadataOf(call),
        smb: newProperties(call, "file", parent, properties),
        handles: [],
        size,
        written: [],
        contentId: call.world.nextId(),
        shared: false,
        headers,
    };
    const posix = newPosix(call, "file");
    if (posix !== undefined) file.posix = posix;
    if (existing !== undefined) {
        if (existing.lease !== undefined) file.lease = existing.lease;
        await dispose(call, existing);
    }
    parent.children.set(keyOf(file.name), file);
    return file;
}

/** Throws where a file may not be written, replaced or removed now: a lease, an open handle, an attribute. */
export function checkChangeable(call: ShareCall, file: FileNode): void {
    checkLease(call, "file", file.lease, "write");
    if (file.handles.length > 0) throw filesError("SharingViolation");
    checkWritable(file);
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/get-file */
export async function getFile(call: ShareCall): Promise<ServiceResponse> {
    const file = fileAt(call);
    checkLease(call, "file", file.lease, "read");
    const asked = header(call, "range") ?? call.request.headers.get("range");
    const common = { ...shownHeaders(call, file), "accept-ranges": "bytes" };
    const { content } = call.world;
    if (asked === undefined) {
        const body = content.read(file.contentId, file.written, { start: 0, end: file.size - 1 });
        return { status: 200, headers: { ...common, "content-length": String(file.size) }, body };
    }
    const range = parseRange(asked, file.size);
    if (range === undefined || range.start >= file.size) throw filesError("InvalidRange");
    const end = Math.min(range.end, file.size - 1);
    const part = { start: range.start, end };
    const length = end - range.start + 1;
    const { "content-md5": whole, ...rest } = common as Record<string, string>;
    const headers = {
        ...rest,
        ...(whole === undefined ? {} : { "x-ms-content-md5": whole }),
        "content-length": String(length),
        "content-range": `bytes ${String(range.start)}-${String(end)}/${String(file.size)}`,
    };
    if (header(call, "range-get-content-md5")?.toLowerCase() !== "true")
        return { status: 206, headers, body: content.read(file.contentId, file.written, part) };
    if (length > MAXIMUM_RANGE) throw filesError("InvalidHeaderValue", "x-ms-range-get-content-md5");
    const body = await buffer(content.read(file.contentId, file.written, part));
    return { status: 206, headers: { ...headers, "content-md5": md5(body) }, body };
}

/** Also Get File Metadata. Source: https://learn.microsoft.com/rest/api/storageservices/get-file-properties */
export function getFileProperties(call: ShareCall): ServiceResponse {
    const file = fileAt(call);
    checkLease(call, "file", file.lease, "read");
    return answer(200, {
        ...shownHeaders(call, file),
        "x-ms-type": "File",
        "content-length": String(file.size),
    });
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/set-file-properties */
export function setFileProperties(call: ShareCall): ServiceResponse {
    const file = fileAt(call);
    checkLease(call, "file", file.lease, "write");
    const size = wholeNumber(call, "content-length");
    if (size !== undefined && size > MAXIMUM_SIZE)
        throw filesError("InvalidHeaderValue", "x-ms-content-length");
    if (size !== undefined && size !== file.size) {
        if (file.handles.length > 0) throw filesError("SharingViolation");
        checkWritable(file);
    }
    changeProperties(call, file);
    if (size !== undefined) resize(call, file, size);
    // A request that sets any of them sets all; one that sets none leaves them.
    if (contentHeaderNames.some((name) => header(call, name) !== undefined))
        file.headers = contentHeaders(call, {});
    touch(call, file);
    return answer(200, { ...stamps(file), ...encrypted, ...propertyHeaders(file) });
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/set-file-metadata */
export function setFileMetadata(call: ShareCall): ServiceResponse {
    const file = fileAt(call);
    checkLease(call, "file", file.lease, "write");
    file.metadata = metadataOf(call);
    file.smb.changeTime = fileTime(call.now);
    touch(call, file);
    return answer(200, { ...stamps(file), ...encrypted });
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/delete-file2 */
export async function deleteFile(call: ShareCall): Promise<ServiceResponse> {
    const file = fileAt(call);
    checkChangeable(call, file);
    parentOf(call).children.delete(keyOf(file.name));
    await dispose(call, file);
    return answer(202);
}

const contentHeaderNames = [
    "content-type",
    "content-encoding",
    "content-language",
    "content-disposition",
    "cache-control",
    "content-md5",
];

/** What `x-ms-content-*` headers ask for, over what is given. */
function contentHeaders(call: ShareCall, given: Partial<ContentHeaders>): ContentHeaders {
    const [type, encoding, language, disposition, cacheControl, checksum] = contentHeaderNames.map((name) =>
        header(call, name),
    );
    if (checksum !== undefined && Buffer.from(checksum, "base64").length !== 16)
        throw filesError("InvalidHeaderValue", "x-ms-content-md5");
    const asked = { type, encoding, language, disposition, cacheControl, md5: checksum };
    const set = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
    return { type: "application/octet-stream", ...given, ...set };
}

function shownHeaders(call: ShareCall, file: FileNode): Record<string, string> {
    const { headers, copy } = file;
    const override = (name: string, value: string | undefined): string | undefined =>
        parameter(call.request.url, name) ?? value;
    const shown: Record<string, string | undefined> = {
        ...stamps(file),
        ...metadataHeaders(file.metadata),
        "content-type": override("rsct", headers.type),
        "content-encoding": override("rsce", headers.encoding),
        "content-language": override("rscl", headers.language),
        "content-disposition": override("rscd", headers.disposition),
        "cache-control": override("rscc", headers.cacheControl),
        "content-md5": headers.md5,
        "x-ms-server-encrypted": "true",
        ...propertyHeaders(file),
        ...leaseHeaders(file.lease, call.now),
        ...(copy === undefined
            ? {}
            : {
                  "x-ms-copy-id": copy.id,
                  "x-ms-copy-source": copy.source,
                  "x-ms-copy-status": copy.status,
                  "x-ms-copy-progress": copy.progress,
                  "x-ms-copy-completion-time": new Date(copy.completedAt).toUTCString(),
              }),
    };
    return Object.fromEntries(
        Object.entries(shown).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
}

async function initialBytes(call: ShareCall, size: number): Promise<Buffer | undefined> {
    const { headers, body } = call.request;
    if (body === undefined || call.version < BODY_SINCE) return undefined;
    const length = Number(headers.get("content-length") ?? "0");
    if (length > MAXIMUM_RANGE) throw filesError("RequestBodyTooLarge");
    if (length > size) throw filesError("InvalidHeaderValue", "Content-Length");
    const bytes = await buffer(body);
    checkMd5(headers.get("content-md5"), bytes);
    return bytes;
}

/** Throws 400 where the bytes are not those that the checksum was made of. */
export function checkMd5(expected: string | undefined, bytes: Buffer): void {
    if (expected !== undefined && expected !== md5(bytes)) throw filesError("Md5Mismatch");
}

/** Of the bytes, base64. */
export function md5(bytes: Buffer): string {
    return createHash("md5").update(bytes).digest("base64");
}
