import { DataplaneError } from "../core/errors.js";
import { statusOf } from "../core/rest-error.js";
import { changedAtSource } from "./copy-refusals.js";

/** Up to there the service gives the MD5 of a range: https://learn.microsoft.com/rest/api/storageservices/get-blob#request-headers */
export const largestCheckedRange = 4 * 1024 * 1024;

/** A part of a blob as it arrived. */
export interface BlobRange {
    readonly data: Buffer;
    /** In base64, as the service gives it. */
    readonly md5?: string;
}

/**
 * Reads a part of one state of a blob.
 *
 * @param options.withDigest ask for the MD5 of the part, which may have `largestCheckedRange` bytes then.
 * @param options.into memory that may be used for it, and must not be used otherwise as long as the range is.
 */
export type RangeReader = (
    offset: number,
    count: number,
    options: { readonly withDigest: boolean; readonly into?: Buffer },
) => Promise<BlobRange>;

/**
 * Takes the answer for a range apart. Its MD5 is not checked here: it goes to the target's service, which does that.
 *
 * @throws DataplaneError `Corrupt` where the answer has another length than was asked for; `Conflict` of the side
 *     `source` where the blob changed.
 */
export async function readRange(name: string, count: number, answer: Promise<BlobRange>): Promise<BlobRange> {
    const range = await answer.catch((error: unknown) => {
        throw statusOf(error) === 412 ? changedAtSource(name) : error;
    });
    if (range.data.length === count) return range;
    throw new DataplaneError(
        "Corrupt",
        `a part of "${name}" has ${String(range.data.length)} bytes, not ${String(count)}`,
        { item: name, side: "source", remedy: "Run again." },
    );
}
