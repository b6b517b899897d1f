import { hash } from "node:crypto";
import { DataplaneError } from "../core/errors.js";
import { statusOf } from "../core/rest-error.js";
import { changedAtSource } from "./copy-refusals.js";

/** Up to there the service gives the MD5 of a range: https://learn.microsoft.com/rest/api/storageservices/get-blob#request-headers */
export const largestCheckedRange = 4 * 1024 * 1024;

/** A part of a blob as it arrived. */
export interface BlobRange {
    readonly data: Buffer;
    /** In base64: of the service where it gives one, else of what arrived. */
    readonly md5: string;
}

/** Reads a part of one state of a blob. */
export type RangeReader = (offset: number, count: number) => Promise<BlobRange>;

/** What the service answers to Get Blob for a range. */
export interface RangeAnswer {
    readonly data: Buffer;
    /** Of the range; in base64. */
    readonly md5?: string | undefined;
}

/**
 * Takes the answer for a range apart. Its MD5 is not checked here, where it goes to the target's service, which does that:
 * no byte can change on the way unseen, and nothing is hashed twice.
 *
 * @throws DataplaneError `Corrupt` where the answer has another length than was asked for; `Conflict` of the side
 *     `source` where the blob changed.
 */
export async function readRange(
    name: string,
    count: number,
    answer: Promise<RangeAnswer>,
): Promise<BlobRange> {
    const { data, md5 } = await answer.catch((error: unknown) => {
        throw statusOf(error) === 412 ? changedAtSource(name) : error;
    });
    if (data.length === count) return { data, md5: md5 ?? hash("md5", data, "base64") };
    throw new DataplaneError(
        "Corrupt",
        `a part of "${name}" has ${String(data.length)} bytes, not ${String(count)}`,
        { item: name, side: "source", remedy: "Run again." },
    );
}
