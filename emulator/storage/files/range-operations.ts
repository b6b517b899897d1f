import { buffer } from "node:stream/consumers";
import type { ServiceResponse } from "../../contract.js";
import { answer, fileTime, header, parameter, stamps, type ShareCall } from "./call.js";
import { filesError } from "./errors.js";
import { clearBytes, writeBytes } from "./file-content.js";
import { checkChangeable, checkMd5, md5 } from "./files.js";
import { checkLease } from "./leases.js";
import { pageOf, pageRequest } from "./paging.js";
import { parseRange, within, type ByteRange } from "./ranges.js";
import type { FileNode } from "./state.js";
import { fileAt, touch } from "./tree.js";
import { element, xml } from "./xml.js";

/** Source: https://learn.microsoft.com/rest/api/storageservices/put-range */
const MAXIMUM_RANGE = 4 * 1024 ** 2;

/** Ranges come in pages from this version on, where the request says how long. */
const PAGES_SINCE = "2026-10-06";

/** Writes or clears a range. Source: https://learn.microsoft.com/rest/api/storageservices/put-range */
export async function putRange(call: ShareCall): Promise<ServiceResponse> {
    const file = fileAt(call);
    checkChangeable(call, file);
    const range = targetRange(call, file);
    const length = Number(call.request.headers.get("content-length") ?? "0");
    const write = header(call, "write")?.toLowerCase();
    if (write === "clear") {
        if (length !== 0) throw filesError("InvalidHeaderValue", "Content-Length");
        clearBytes(call, file, range);
        return written(call, file);
    }
    if (write !== "update") throw filesError("InvalidHeaderValue", "x-ms-write");
    if (length > MAXIMUM_RANGE) throw filesError("RequestBodyTooLarge");
    if (length !== range.end - range.start + 1) throw filesError("InvalidHeaderValue", "Content-Length");
    const { body } = call.request;
    const bytes = body === undefined ? Buffer.alloc(0) : await buffer(body);
    // A connection that broke off must not leave half a range behind.
    if (bytes.length !== length) throw filesError("InvalidInput", "body");
    checkMd5(call.request.headers.get("content-md5"), bytes);
    await writeBytes(call, file, range.start, bytes);
    return written(call, file, { "content-md5": md5(bytes) });
}

/** The range that the request writes. Throws 416 where the file is not that long. */
export function targetRange(call: ShareCall, file: FileNode): ByteRange {
    const asked = header(call, "range") ?? call.request.headers.get("range");
    if (asked === undefined) throw filesError("MissingRequiredHeader", "x-ms-range");
    const range = parseRange(asked, file.size);
    if (range === undefined) throw filesError("InvalidHeaderValue", "x-ms-range");
    if (range.end >= file.size) throw filesError("InvalidRange");
    return range;
}

/** The answer after a write; the file's times move unless the request keeps them. */
export function written(
    call: ShareCall,
    file: FileNode,
    headers: Record<string, string> = {},
): ServiceResponse {
    const mode = header(call, "file-last-write-time")?.toLowerCase() ?? "now";
    if (mode !== "now" && mode !== "preserve")
        throw filesError("InvalidHeaderValue", "x-ms-file-last-write-time");
    if (mode === "now") file.smb.lastWriteTime = fileTime(call.now);
    file.smb.changeTime = fileTime(call.now);
    touch(call, file);
    return answer(201, {
        ...stamps(file),
        ...headers,
        "x-ms-request-server-encrypted": "true",
        "x-ms-file-last-write-time": file.smb.lastWriteTime,
    });
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/list-ranges */
export function listRanges(call: ShareCall): ServiceResponse {
    const file = fileAt(call);
    checkLease(call, "file", file.lease, "read");
    const asked = header(call, "range") ?? call.request.headers.get("range");
    if (parameter(call.request.url, "prevsharesnapshot") !== undefined)
        throw filesError("NotModelled", "prevsharesnapshot");
    const limits = asked === undefined ? { start: 0, end: file.size - 1 } : parseRange(asked, file.size);
    if (limits === undefined) throw filesError("InvalidHeaderValue", "x-ms-range");
    const paged = call.version >= PAGES_SINCE;
    const request = pageRequest(call.request.url, []);
    const order = ({ start }: ByteRange): string => String(start).padStart(16, "0");
    const ranges = within(file.written, limits);
    const page =
        paged && request.maxResults !== undefined
            ? pageOf(ranges, request, order)
            : { entries: ranges, next: "" };
    const entries = page.entries.map(({ start, end }) =>
        element("Range", [element("Start", String(start)), element("End", String(end))]),
    );
    const marker = page.next === "" ? undefined : element("NextMarker", page.next);
    return xml(element("Ranges", [...entries, marker]), {
        ...stamps(file),
        "x-ms-content-length": String(file.size),
    });
}
