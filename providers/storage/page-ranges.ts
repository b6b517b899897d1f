import { createHash } from "node:crypto";
import { DataplaneError } from "../core/errors.js";
import { statusOf } from "../core/rest-error.js";
import type { BlobContent } from "./blob-content.js";
import { openContent } from "./blob-download.js";
import { changedAtSource } from "./copy-refusals.js";
import type { BlockBlobClient, PageBlobClient } from "./sdk.js";
import type { TransferSizes } from "./transfer-sizes.js";

/**
 * Put Page and Put Page From URL take at most that, and the service gives the MD5 of ranges up to there:
 * https://learn.microsoft.com/rest/api/storageservices/put-page, https://learn.microsoft.com/rest/api/storageservices/get-blob#request-headers
 */
const largestPages = 4 * 1024 * 1024;

/** Pages that were written, in bytes: a multiple of 512, at most `largestPages`. */
export interface PageRange {
    readonly offset: number;
    readonly count: number;
}

/** The written pages of a blob, to be read one range after another or several at once. */
export interface Pages {
    /** The ranges from that byte on, in order. */
    ranges(from: number): AsyncIterable<PageRange>;
    read(range: PageRange): Promise<Uint8Array>;
}

/** Ranges that are dealt with before the next ones. */
interface Stretch {
    readonly ranges: readonly PageRange[];
    /** The first byte after them. */
    readonly end: number;
    readonly isLast: boolean;
}

/** What a page blob is read by: one client for its pages, one for the whole. */
export interface PageReader {
    readonly pages: PageBlobClient;
    readonly whole: BlockBlobClient;
    readonly name: string;
    readonly signal: AbortSignal;
    readonly sizes: TransferSizes;
}

/**
 * Opens a page blob's content: the pages that were ever written, each checked with the MD5 that the service gives for
 * it where it gives one. What lies between is never read, unless the whole is asked for as a stream.
 *
 * @throws DataplaneError `Conflict` of the side `source` where the blob changes while it is read.
 */
export async function openPages(reader: PageReader): Promise<BlobContent> {
    const { pages, whole, name, signal, sizes } = reader;
    const found = await pages.getProperties({ abortSignal: signal });
    const bytes = found.contentLength ?? 0;
    const etag = found.etag ?? "*";
    return {
        bytes,
        identity: `${whole.url} ${etag}`,
        pages: {
            ranges: (from) => writtenRanges(reader, etag, { from, bytes }),
            read: (range) => readRange(reader, range, etag),
        },
        stream: readWhole(() => openContent(whole, name, bytes, signal, sizes)),
        ...(found.contentMD5 === undefined ? {} : { md5: Buffer.from(found.contentMD5).toString("base64") }),
    };
}

/**
 * The written ranges of a page blob from one byte on while it has that ETag, each cut to what one request takes. Those that were cleared
 * are no part of it.
 *
 * @throws DataplaneError `Conflict` of the side `source` where it has another one.
 */
export async function* writtenRanges(
    { pages, name, signal }: PageReader,
    etag: string,
    { from, bytes }: { from: number; bytes: number },
): AsyncGenerator<PageRange> {
    // A range of no bytes can't be asked for.
    if (bytes <= from) return;
    const conditions = { ifMatch: etag };
    const ranges = pages.listPageRanges(from, bytes - from, { conditions, abortSignal: signal });
    try {
        for await (const { start, end, isClear } of ranges) {
            if (isClear) continue;
            for (let offset = Math.max(start, from); offset <= end; offset += largestPages) {
                yield { offset, count: Math.min(largestPages, end + 1 - offset) };
            }
        }
    } catch (error) {
        throw statusOf(error) === 412 ? changedAtSource(name) : error;
    }
}

/** Puts ranges together up to so many bytes, looking one range ahead: the last stretch knows that it is. */
export async function* stretchesOf(ranges: AsyncIterable<PageRange>, bytes: number): AsyncGenerator<Stretch> {
    let some: PageRange[] = [];
    let held = 0;
    for await (const range of ranges) {
        const last = some.at(-1);
        if (last !== undefined && held + range.count > bytes) {
            yield { ranges: some, end: last.offset + last.count, isLast: false };
            some = [];
            held = 0;
        }
        some.push(range);
        held += range.count;
    }
    const last = some.at(-1);
    if (last !== undefined) yield { ranges: some, end: last.offset + last.count, isLast: true };
}

async function readRange(
    { pages, name, signal }: PageReader,
    { offset, count }: PageRange,
    etag: string,
): Promise<Uint8Array> {
    const answer = await pages
        .download(offset, count, {
            abortSignal: signal,
            conditions: { ifMatch: etag },
            rangeGetContentMD5: true,
        })
        .catch((error: unknown) => {
            throw statusOf(error) === 412 ? changedAtSource(name) : error;
        });
    const parts: Uint8Array[] = [];
    for await (const part of answer.readableStreamBody as AsyncIterable<Uint8Array>) parts.push(part);
    const data = Buffer.concat(parts);
    const md5 = answer.contentMD5;
    const differs = md5 !== undefined && !createHash("md5").update(data).digest().equals(Buffer.from(md5));
    if (data.length === count && !differs) return data;
    throw new DataplaneError("Corrupt", `the pages of "${name}" at ${String(offset)} arrived damaged`, {
        item: name,
        side: "source",
        remedy: "Run again.",
    });
}

async function* readWhole(open: () => Promise<BlobContent>): AsyncGenerator<Uint8Array> {
    yield* (await open()).stream;
}
