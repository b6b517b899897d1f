import { createHash } from "node:crypto";
import { checkedDigest, inBlocks, type BlobContent } from "./blob-content.js";
import { type UploadTarget, type Written } from "./upload-target.js";
import { etagOf, type BlobProperties } from "./blob-item.js";
import { planBlocks, blockSize } from "./blocks.js";
import { withGrant, type CopySource } from "./copy-source.js";
import type { AppendBlobClient, BlobRequestConditions } from "./sdk.js";
import { SteppedWrite } from "./stepped-write.js";

/**
 * An append blob takes at most 50,000 blocks of at most 100 MiB:
 * https://learn.microsoft.com/rest/api/storageservices/append-block#remarks
 */
const largestAppend = 100 * 1024 * 1024;

/** What an append blob is written to. */
export interface AppendTarget {
    readonly client: AppendBlobClient;
    readonly upload: UploadTarget;
    /** With the properties that it is to have. */
    readonly properties: BlobProperties;
}

/**
 * Writes an append blob through this process, block after block, each of which holds only at its own position. The blob
 * counts as finished when length and MD5 are as the source says.
 *
 * @throws DataplaneError `Corrupt` where they differ: the blob stays marked as unfinished.
 */
export async function appendContent(content: BlobContent, target: AppendTarget): Promise<Written> {
    const { client, upload } = target;
    const hash = createHash("md5");
    const size = Math.min(largestAppend, blockSize(content.bytes, upload.sizes.sentBlock));
    const { write, held, isSealed } = await begin(target, { ...content, size });
    let position = 0;
    for await (const block of inBlocks(content.stream, size, hash)) {
        const at = position;
        position += block.length;
        if (at < held) continue;
        await append(write, at, block.length, (conditions) =>
            client.appendBlock(block, block.length, {
                conditions,
                transactionalContentMD5: createHash("md5").update(block).digest(),
                abortSignal: upload.signal,
            }),
        );
    }
    checkedDigest(content, upload.name, position, hash.digest("base64"));
    return finish(write, target, { md5: content.md5, isSealed });
}

/** Has the service copy an append blob, block after block, each only while the source is the one that was listed. */
export async function copyAppendBlob(source: CopySource, target: AppendTarget): Promise<Written> {
    const { client, upload } = target;
    const { item, url } = source;
    const bytes = item.bytes ?? 0;
    const identity = `${url} ${etagOf(item.version)}`;
    const size = Math.min(largestAppend, blockSize(bytes, upload.sizes.copiedBlock));
    const { write, held, isSealed } = await begin(target, { identity, bytes, size });
    for (const { offset, count } of planBlocks(identity, bytes, size)) {
        if (offset < held) continue;
        await append(write, offset, count, (conditions) =>
            withGrant(source, () =>
                client.appendBlockFromURL(url, offset, count, { conditions, abortSignal: upload.signal }),
            ),
        );
    }
    return finish(write, target, { md5: item.digest, isSealed });
}

/**
 * Begins to write the blob, or goes on with one that a run left: it holds the beginning of this very source, as each of
 * its blocks was appended at its own place. Whatever else was appended since shows by the length or the number of blocks.
 *
 * @returns how many bytes it holds.
 */
async function begin(
    { client, upload }: AppendTarget,
    { identity, bytes, size }: { identity?: string; bytes: number; size: number },
): Promise<{ write: SteppedWrite; held: number; isSealed: boolean }> {
    const write = new SteppedWrite(upload, identity);
    const left = await write.begin(
        (options) => client.create(options),
        ({ blobType, contentLength: held = -1, blobCommittedBlockCount: blocks }) =>
            blobType === "AppendBlob" &&
            (held === bytes || (held < bytes && held % size === 0)) &&
            blocks === Math.ceil(held / size),
    );
    return { write, held: left?.contentLength ?? 0, isSealed: left?.isSealed === true };
}

function append(
    write: SteppedWrite,
    position: number,
    count: number,
    send: (conditions: BlobRequestConditions & { appendPosition: number }) => Promise<Written>,
): Promise<void> {
    return write.step(
        (conditions) => send({ ...conditions, appendPosition: position }),
        (found) => found.contentLength === position + count,
    );
}

/** Sealing comes before the last request: it leaves the ETag alone, and metadata may be set afterwards. */
async function finish(
    write: SteppedWrite,
    { client, upload, properties }: AppendTarget,
    { md5, isSealed }: { md5: string | undefined; isSealed: boolean },
): Promise<Written> {
    if (properties.sealed === true && !isSealed) {
        await write.step((conditions) => client.seal({ conditions, abortSignal: upload.signal }));
    }
    return write.end(md5);
}
