import { createHash } from "node:crypto";
import { DataplaneError } from "../core/errors.js";
import { statusOf } from "../core/rest-error.js";
import type { BlobContent } from "./blob-content.js";
import { downloadContent } from "./blob-download.js";
import { changedAtSource } from "./copy-refusals.js";
import type { BlockBlobClient, PageBlobClient } from "./sdk.js";

/**
 * Put Page and Put Page From URL take at most that, and the service gives the MD5 of ranges up to there:
 * https://learn.microsoft.com/rest/api/storageservices/put-page, https://learn.microsoft.com/rest/api/storageservices/get-blob#request-headers
 */
const largestPages = 4 * 1024 * 1024;

/** Pages that were written, in bytes: a multiple of 512, at most `largestPages`. */
interface PageRange {
    readonly offset: number;
    readonly count: number;
}

/** Such pages with what is in them. */
export interface Pages extends PageRange {
    readonly data: Uint8Array;
}

/** What a page blob is read by: one client for its pages, one for the whole. */
export interface PageReader {
    readonly pages: PageBlobClient;
    readonly whole: BlockBlobClient;
    readonly name: string;
    readonly signal: AbortSignal;
}

/**
 * Opens a page blob's content: the pages that were ever written, each checked with the MD5 that the service gives for
 * it where it gives one. What lies between is never read, unless the whole is asked for as a stream.
 *
 * @throws DataplaneError `Conflict` of the side `source` where the blob changes while it is read.
 */
export async function openPages(reader: PageReader): Promise<BlobContent> {
    const { pages, whole, name, signal } = reader;
    const found = await pages.getProperties({ abortSignal: signal });
    const bytes = found.contentLength ?? 0;
    return {
        bytes,
        pages: readPages(reader, found.etag ?? "*", bytes),
        stream: readWhole(() => downloadContent(whole, name, signal)),
        ...(found.contentMD5 === undefined ? {} : { md5: Buffer.from(found.contentMD5).toString("base64") }),
    };
}

/**
 * The written ranges of a page blob while it has that ETag, each cut to what one request takes. Those that were cleared
 * are no part of it.
 *
 * @throws DataplaneError `Conflict` of the side `source` where it has another one.
 */
export async function* writtenRanges(
    { pages, name, signal }: PageReader,
    etag: string,
    bytes: number,
): AsyncGenerator<PageRange> {
    // A range of no bytes can't be asked for.
    if (bytes === 0) return;
    const ranges = pages.listPageRanges(0, bytes, { conditions: { ifMatch: etag }, abortSignal: signal });
    try {
        for await (const { start, end, isClear } of ranges) {
            if (isClear) continue;
            for (let offset = start; offset <= end; offset += largestPages) {
                yield { offset, count: Math.min(largestPages, end + 1 - offset) };
            }
        }
    } catch (error) {
        throw statusOf(error) === 412 ? changedAtSource(name) : error;
    }
}

async function* readPages(reader: PageReader, etag: string, bytes: number): AsyncGenerator<Pages> {
    for await (const range of writtenRanges(reader, etag, bytes)) {
        yield { ...range, data: await readRange(reader, range, etag) };
    }
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
