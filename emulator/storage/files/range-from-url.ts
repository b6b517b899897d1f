import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { ServiceResponse } from "../../contract.js";
import { readSource } from "../copy-source.js";
import { header, type ShareCall } from "./call.js";
import { crc64 } from "./crc64.js";
import { filesError } from "./errors.js";
import { writeBytes } from "./file-content.js";
import { checkChangeable } from "./files.js";
import { targetRange, written } from "./range-operations.js";
import { parseRange } from "./ranges.js";
import { fileAt } from "./tree.js";

/** Source: https://learn.microsoft.com/rest/api/storageservices/put-range-from-url */
const MAXIMUM_RANGE = 4 * 1024 ** 2;

/**
 * The service reads the range from a blob or a file, with the token or the signature that comes with the request for it.
 * Source: https://learn.microsoft.com/rest/api/storageservices/put-range-from-url
 */
export async function putRangeFromUrl(call: ShareCall): Promise<ServiceResponse> {
    const file = fileAt(call);
    checkChangeable(call, file);
    if (header(call, "write")?.toLowerCase() !== "update")
        throw filesError("InvalidHeaderValue", "x-ms-write");
    if ((call.request.headers.get("content-length") ?? "0") !== "0")
        throw filesError("InvalidHeaderValue", "Content-Length");
    const range = targetRange(call, file);
    const length = range.end - range.start + 1;
    if (length > MAXIMUM_RANGE) throw filesError("RequestBodyTooLarge");
    const asked = header(call, "source-range");
    if (asked === undefined) throw filesError("MissingRequiredHeader", "x-ms-source-range");
    const source = parseRange(asked, Number.MAX_SAFE_INTEGER);
    if (source?.end !== undefined && source.end - source.start + 1 !== length)
        throw filesError("InvalidHeaderValue", "x-ms-source-range");
    const { body } = await readSource(call.request, "GET", call.world.ask);
    const bytes = body instanceof Readable ? await buffer(body) : Buffer.alloc(0);
    // The source ends before the range does.
    if (bytes.length !== length) throw filesError("InvalidHeaderValue", "x-ms-source-range");
    const checksum = crc64(bytes);
    checkSource(call, checksum);
    await writeBytes(call, file, range.start, bytes);
    return written(call, file, { "x-ms-content-crc64": checksum });
}

function checkSource(call: ShareCall, checksum: string): void {
    const expected = header(call, "source-content-crc64");
    if (expected !== undefined && expected !== checksum) throw filesError("Crc64Mismatch");
    const match = header(call, "source-if-match-crc64");
    const noneMatch = header(call, "source-if-none-match-crc64");
    if ((match !== undefined && match !== checksum) || noneMatch === checksum)
        throw filesError("SourceConditionNotMet");
}
