import { buffer } from "node:stream/consumers";
import { DataplaneError } from "../core/errors.js";
import { tooLarge } from "../core/http/lean-exchange.js";
import { statusOf } from "../core/rest-error.js";
import type { BlobContent } from "./blob-content.js";
import { readRange, type RangeReader } from "./blob-ranges.js";
import { changedAtSource } from "./copy-refusals.js";
import { isLeanBlob } from "./lean-blob.js";
import type { TransferSizes } from "./transfer-sizes.js";
import type { BlockBlobClient } from "./sdk.js";

/** How often in a row a download that breaks off is taken up again without getting any further. */
const fruitlessAttempts = 5;

/** A blob that was listed with so many bytes at most is read in one piece when it is opened. */
const wholeAtMost = 256 * 1024;

/**
 * Opens a blob's content as it is now. A small one is read at once; of others any part can be read, or all of it as a
 * stream, while the blob stays what it is.
 *
 * @param bytes that the blob is expected to have.
 * @param sentBlock what is larger is sent in blocks, and not read in one piece.
 */
export async function openContent(
    client: BlockBlobClient,
    name: string,
    bytes: number,
    signal: AbortSignal,
    { sentBlock }: Pick<TransferSizes, "sentBlock">,
): Promise<BlobContent> {
    const atMost = Math.min(wholeAtMost, sentBlock);
    if (bytes > atMost || !isLeanBlob(client)) return openLarge(client, name, signal);
    try {
        const { data, etag, md5 } = await client.downloadWhole(atMost, { abortSignal: signal });
        return {
            whole: data,
            stream: { [Symbol.asyncIterator]: () => inOnePiece(data) },
            bytes: data.length,
            ...(etag === undefined ? {} : { identity: `${client.url} ${etag}` }),
            ...(md5 === undefined ? {} : { md5 }),
        };
    } catch (error) {
        // It has grown since it was listed.
        if (codeOf(error) === tooLarge) return openLarge(client, name, signal);
        throw error;
    }
}

async function openLarge(client: BlockBlobClient, name: string, signal: AbortSignal): Promise<BlobContent> {
    const found = await client.getProperties({ abortSignal: signal });
    const { etag = "*", contentLength: bytes = 0, contentMD5 } = found;
    return {
        stream: { [Symbol.asyncIterator]: () => readAll(client, name, { etag, bytes }, signal) },
        bytes,
        ranges: rangesOf(client, name, etag, signal),
        identity: `${client.url} ${etag}`,
        ...(contentMD5 === undefined ? {} : { md5: Buffer.from(contentMD5).toString("base64") }),
    };
}

function rangesOf(client: BlockBlobClient, name: string, etag: string, signal: AbortSignal): RangeReader {
    const read: RangeReader = async (offset, count, options) => {
        if (isLeanBlob(client))
            return client.downloadRange(offset, count, { ...options, etag, abortSignal: signal });
        const answer = await client.download(offset, count, {
            abortSignal: signal,
            conditions: { ifMatch: etag },
            rangeGetContentMD5: options.withDigest,
        });
        const data = await buffer(answer.readableStreamBody as NodeJS.ReadableStream);
        const { contentMD5: md5 } = answer;
        return { data, ...(md5 === undefined ? {} : { md5: Buffer.from(md5).toString("base64") }) };
    };
    return (offset, count, options) => readRange(name, count, read(offset, count, options));
}

async function* inOnePiece(data: Buffer): AsyncGenerator<Uint8Array, void> {
    yield await Promise.resolve(data);
}

/**
 * Reads a blob from its beginning to its end. Where the connection breaks, reading goes on where it stopped, as long as
 * it is the same blob: the SDK's own stream does so only for answers that end early, and takes a cut connection for a
 * cancellation.
 */
async function* readAll(
    client: BlockBlobClient,
    name: string,
    { etag, bytes: total }: { etag: string; bytes: number },
    signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
    let offset = 0;
    let attempts = 0;
    while (offset < total) {
        const options = { abortSignal: signal, maxRetryRequests: 0, conditions: { ifMatch: etag } };
        const answer = await client.download(offset, undefined, options).catch((error: unknown) => {
            throw statusOf(error) === 412 ? changedAtSource(name) : error;
        });
        let cause: unknown;
        try {
            for await (const chunk of answer.readableStreamBody as AsyncIterable<Uint8Array>) {
                offset += chunk.length;
                attempts = 0;
                yield chunk;
            }
        } catch (error) {
            if (signal.aborted) throw error;
            cause = error;
        }
        attempts += 1;
        if (offset < total && attempts > fruitlessAttempts) throw brokenOff(name, cause);
    }
}

function codeOf(error: unknown): unknown {
    return error instanceof Error && "code" in error ? error.code : undefined;
}

function brokenOff(name: string, cause: unknown): DataplaneError {
    return new DataplaneError("Unreachable", `the download of "${name}" breaks off again and again`, {
        item: name,
        side: "source",
        cause,
    });
}
