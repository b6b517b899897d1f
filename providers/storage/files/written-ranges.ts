import type { PageRange } from "../page-ranges.js";
import { changedFileAtSource } from "./errors.js";
import type { FileRequests } from "./requests.js";

/** Get File gives the MD5 of ranges up to there, and Put Range takes no more: https://learn.microsoft.com/rest/api/storageservices/put-range */
export const largestRange = 4 * 1024 * 1024;

/** Ranges are asked for in windows, so that the answer about a file in many pieces stays small, in bytes. */
const windowBytes = 4 * 1024 ** 3;

/**
 * The ranges of a file that were written, from one byte on, in order, cut to what one request takes. A file that is no
 * larger than that is one range.
 *
 * @throws DataplaneError `Conflict` of the side `source` where the file is no longer the one with that ETag.
 */
export async function* writtenRanges(
    requests: FileRequests,
    name: string,
    { from, bytes, etag }: { from: number; bytes: number; etag: string },
): AsyncGenerator<PageRange> {
    if (bytes <= largestRange) {
        if (from < bytes) yield { offset: from, count: bytes - from };
        return;
    }
    for (let start = from; start < bytes; start += windowBytes) {
        const end = Math.min(start + windowBytes, bytes);
        const { headers, bodyAsText } = await requests.listRanges(name, start, end - start);
        if (headers.get("etag") !== etag) throw changedFileAtSource(name);
        for (const range of parseRanges(bodyAsText ?? "")) yield* cut(range, { start, end });
    }
}

const rangePattern = /<Range>\s*<Start>(\d+)<\/Start>\s*<End>(\d+)<\/End>\s*<\/Range>/g;

/** https://learn.microsoft.com/rest/api/storageservices/list-ranges#response-body; the ends are parts of the ranges. */
function* parseRanges(xml: string): Generator<{ first: number; last: number }> {
    for (const [, first, last] of xml.matchAll(rangePattern))
        yield { first: Number(first), last: Number(last) };
}

/** The part of a range in a window: the service may widen ranges beyond it. */
function* cut(
    { first, last }: { first: number; last: number },
    window: { start: number; end: number },
): Generator<PageRange> {
    const end = Math.min(last + 1, window.end);
    for (let offset = Math.max(first, window.start); offset < end; offset += largestRange) {
        yield { offset, count: Math.min(largestRange, end - offset) };
    }
}

/** All bytes of a file in order: what lies between the ranges is zeros. */
export async function* wholeStream(
    ranges: AsyncIterable<PageRange>,
    read: (range: PageRange) => Promise<Uint8Array>,
    bytes: number,
): AsyncGenerator<Uint8Array> {
    let at = 0;
    for await (const range of ranges) {
        yield* zeros(range.offset - at);
        yield await read(range);
        at = range.offset + range.count;
    }
    yield* zeros(bytes - at);
}

function* zeros(count: number): Generator<Uint8Array> {
    const piece = new Uint8Array(Math.min(count, largestRange));
    for (let left = count; left > 0; left -= piece.length)
        yield piece.subarray(0, Math.min(left, piece.length));
}
