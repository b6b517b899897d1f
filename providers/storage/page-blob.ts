import { createHash } from "node:crypto";
import { DataplaneError } from "../core/errors.js";
import { forEachBounded } from "../core/replication/pool.js";
import type { BlobContent } from "./blob-content.js";
import type { UploadTarget, Written } from "./upload-target.js";
import { etagOf, type BlobProperties } from "./blob-item.js";
import { withGrant, type CopySource } from "./copy-source.js";
import { changedDuringRun } from "./errors.js";
import { stretchesOf, writtenRanges, type PageRange, type PageReader } from "./page-ranges.js";
import type { PageBlobClient } from "./sdk.js";
import { isStepRefused, SteppedWrite } from "./stepped-write.js";

/** What a page blob is written to. */
export interface PageTarget {
    readonly client: PageBlobClient;
    readonly upload: UploadTarget;
    /** With the properties that it is to have. */
    readonly properties: BlobProperties;
}

/** Where pages come from. */
interface PageSource {
    readonly bytes: number;
    readonly md5: string | undefined;
    /** Its URL and ETag. */
    readonly identity: string | undefined;
    /** Ranges that are on their way at once. */
    readonly atOnce: number;
    /** The written ranges from that byte on, in order. */
    ranges(from: number): AsyncIterable<PageRange>;
    /** Writes one to the target. May be carried out twice. */
    send(range: PageRange, conditions: { ifSequenceNumberEqualTo: number }): Promise<unknown>;
}

/** Ranges on their way through this process at once: what bounds its memory for one blob. */
const sentAtOnce = 3;

/**
 * Writes a page blob through this process: only the pages that were written at the source, so the copy is as sparse.
 * The service checks the MD5 of each request.
 */
export async function uploadPages(content: BlobContent, target: PageTarget): Promise<Written> {
    const { client, upload } = target;
    const { pages, bytes, md5, identity } = content;
    if (pages === undefined) throw notPages(upload.name);
    return writePages(target, {
        bytes,
        md5,
        identity,
        atOnce: sentAtOnce,
        ranges: (from) => pages.ranges(from),
        send: async (range, conditions) => {
            const data = await pages.read(range);
            return client.uploadPages(data, range.offset, range.count, {
                conditions,
                transactionalContentMD5: createHash("md5").update(data).digest(),
                abortSignal: upload.signal,
            });
        },
    });
}

/** Has the service copy the written pages of a blob, each only while the source is the one that was listed. */
export async function copyPages(
    source: CopySource,
    reader: PageReader,
    target: PageTarget,
): Promise<Written> {
    const { client, upload } = target;
    const { item, url } = source;
    const bytes = item.bytes ?? 0;
    const etag = etagOf(item.version);
    return writePages(target, {
        bytes,
        md5: item.digest,
        identity: `${url} ${etag}`,
        atOnce: upload.sizes.copiedBlocksAtOnce,
        ranges: (from) => writtenRanges(reader, etag, { from, bytes }),
        send: ({ offset, count }, conditions) =>
            withGrant(source, () =>
                client.uploadPagesFromURL(url, offset, offset, count, {
                    conditions,
                    abortSignal: upload.signal,
                }),
            ),
    });
}

/**
 * Several ranges at once can't each hold on the ETag that another one leaves. While they are written, the blob has a
 * sequence number of this write alone, which every one holds on: whoever replaces the blob or takes it over changes it.
 * https://learn.microsoft.com/rest/api/storageservices/put-page#remarks
 *
 * After each stretch of ranges the blob says how far it is. A later run begins there, and not at what the target's own
 * list of ranges says: whether a request that was broken off wrote all of its pages or some is not documented.
 */
async function writePages(target: PageTarget, source: PageSource): Promise<Written> {
    const { client, upload, properties } = target;
    const { signal, name } = upload;
    const write = new SteppedWrite(upload, source.identity);
    const isUntouched = (found: { blobSequenceNumber?: number }): boolean =>
        found.blobSequenceNumber === write.number;
    await write.begin(
        (options) => client.create(source.bytes, { ...options, blobSequenceNumber: write.number }),
        (found) =>
            found.blobType === "PageBlob" && found.contentLength === source.bytes && isUntouched(found),
    );
    const conditions = { ifSequenceNumberEqualTo: write.number };
    const send = async (range: PageRange): Promise<void> => {
        try {
            await source.send(range, conditions);
        } catch (error) {
            throw isStepRefused(error) ? changedDuringRun("blob", name) : error;
        }
    };
    for await (const stretch of stretchesOf(source.ranges(write.progress), upload.sizes.pagesBetweenMarks)) {
        await forEachBounded(stretch.ranges, { concurrency: source.atOnce, signal }, send);
        signal.throwIfAborted();
        await write.lookAgain(isUntouched);
        if (!stretch.isLast) await write.advance(stretch.end);
    }
    const sequenceNumber = properties.sequenceNumber ?? 0;
    await write.step(
        (holding) =>
            client.updateSequenceNumber("update", sequenceNumber, {
                conditions: holding,
                abortSignal: signal,
            }),
        (found) => found.blobSequenceNumber === sequenceNumber,
    );
    return write.end(source.md5);
}

function notPages(name: string): DataplaneError {
    return new DataplaneError("Conflict", `the blob "${name}" is no page blob any more`, {
        item: name,
        side: "source",
        remedy: "Run again.",
    });
}
