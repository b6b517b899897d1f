import type { BlobContent } from "./blob-content.js";
import { DataplaneError } from "../core/errors.js";
import { statusOf } from "../core/rest-error.js";
import { changedAtSource } from "./copy-refusals.js";
import type { BlockBlobClient } from "./sdk.js";

/** How often in a row a download that breaks off is taken up again without getting any further. */
const fruitlessAttempts = 5;

type Download = Awaited<ReturnType<BlockBlobClient["download"]>>;

/**
 * Opens a blob's content. Where the connection breaks, reading goes on where it stopped, as long as it is the same
 * blob: the SDK's own stream does so only for answers that end early, and takes a cut connection for a cancellation.
 */
export async function downloadContent(
    client: BlockBlobClient,
    name: string,
    signal: AbortSignal,
): Promise<BlobContent> {
    const first = await client.download(0, undefined, { abortSignal: signal, maxRetryRequests: 0 });
    return {
        stream: readAll(client, name, first, signal),
        bytes: first.contentLength ?? 0,
        ...(first.etag === undefined ? {} : { identity: `${client.url} ${first.etag}` }),
        ...(first.contentMD5 === undefined ? {} : { md5: Buffer.from(first.contentMD5).toString("base64") }),
    };
}

async function* readAll(
    client: BlockBlobClient,
    name: string,
    first: Download,
    signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
    const total = first.contentLength ?? 0;
    const conditions = first.etag === undefined ? {} : { ifMatch: first.etag };
    let offset = 0;
    let attempts = 0;
    let answer: Download | undefined = first;
    let cause: unknown;
    while (offset < total) {
        try {
            answer ??= await client.download(offset, undefined, {
                abortSignal: signal,
                maxRetryRequests: 0,
                conditions,
            });
        } catch (error) {
            throw statusOf(error) === 412 ? changedAtSource(name) : error;
        }
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
        answer = undefined;
        attempts += 1;
        if (offset < total && attempts > fruitlessAttempts) throw brokenOff(name, cause);
    }
}

function brokenOff(name: string, cause: unknown): DataplaneError {
    return new DataplaneError("Unreachable", `the download of "${name}" breaks off again and again`, {
        item: name,
        side: "source",
        cause,
    });
}
