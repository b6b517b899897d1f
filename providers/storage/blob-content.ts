import { createHash, hash, randomUUID } from "node:crypto";
import { DataplaneError } from "../core/errors.js";
import { forEachBounded } from "../core/replication/pool.js";
import { BlockMemory } from "./block-memory.js";
import { largestCheckedRange, type RangeReader } from "./blob-ranges.js";
import { planBlocks, stagedBlocks } from "./blocks.js";
import { corrupt, unlessMismatch } from "./corrupt.js";
import type { Pages } from "./page-ranges.js";
import { uploadStreamed } from "./streamed-upload.js";
import { commitOptions, type UploadTarget, type Written } from "./upload-target.js";

/** What a blob holds. */
export interface BlobContent {
    /** All of it. A block blob's can be read again, from the beginning. */
    readonly stream: AsyncIterable<Uint8Array>;
    readonly bytes: number;
    /** The MD5 that the service has for it, in base64; there is none for many blobs that were written in blocks. */
    readonly md5?: string;
    /** The source's URL and ETag: blocks that were staged of the very same source are not sent again. */
    readonly identity?: string;
    /** Of a small blob: all of it. The stream is the same once more. */
    readonly whole?: Buffer;
    /** Of a larger one: any part of it. */
    readonly ranges?: RangeReader;
    /** Of a page blob: what was written of it. Instead of the stream. */
    readonly pages?: Pages;
}

/** What all blobs that go through this process hold in memory at once, beside the small ones. */
const memory = new BlockMemory(32 * 1024 * 1024);

/**
 * Writes a content to a blob in bounded memory. Nothing can be seen of it before all of it is there as it is at the
 * source: the whole by the MD5 that the source has for it, which the target's service checks where the blob goes in one
 * request, and each block by one that the service checks. Where the source has none, that of each block is the one that
 * its service gives for that range.
 *
 * @returns with the MD5 of the content, which the blob now has as a property, in base64.
 * @throws DataplaneError `Corrupt` where length or MD5 differ.
 */
export async function uploadContent(
    content: BlobContent,
    target: UploadTarget,
): Promise<Written & { md5: string }> {
    const { bytes, ranges, whole } = content;
    const { sentBlock, sentWhole } = target.sizes;
    if (whole !== undefined) return uploadWhole(content, whole, target);
    if (ranges === undefined) throw new DataplaneError("Plugin", "a content without parts for a block blob");
    if (bytes > sentBlock) {
        const written = bytes <= sentWhole ? await uploadStreamed(content, target) : undefined;
        return written ?? uploadInBlocks(content, ranges, target);
    }
    return memory.hold(bytes, async (into) =>
        uploadWhole(content, (await ranges(0, bytes, { withDigest: false, into })).data, target),
    );
}

async function uploadWhole(
    content: BlobContent,
    body: Buffer,
    target: UploadTarget,
): Promise<Written & { md5: string }> {
    const { name } = target;
    // The target's service computes it anyway.
    const md5 = checkedDigest(content, name, body.length, content.md5 ?? hash("md5", body, "base64"));
    const sent = target.finish(md5, (tags) =>
        target.client.upload(body, body.length, {
            ...commitOptions(target, md5, tags),
            transactionalContentMD5: Buffer.from(md5, "base64"),
        }),
    );
    return { ...(await unlessMismatch(name, sent)), md5 };
}

/** Blocks that an earlier run has staged of the very same source are read, for the MD5, but not sent again. */
async function uploadInBlocks(
    content: BlobContent,
    ranges: RangeReader,
    target: UploadTarget,
): Promise<Written & { md5: string }> {
    const { client, name, signal, sizes } = target;
    const isProven = content.md5 !== undefined;
    // Without an MD5 of the whole each range is proven by itself, which the service does up to a size.
    const size = isProven ? sizes.sentBlock : Math.min(sizes.sentBlock, largestCheckedRange);
    const blocks = planBlocks(content.identity ?? randomUUID(), content.bytes, size);
    const staged = await stagedBlocks(client, name, signal);
    const whole = createHash("md5");
    let hashed = Promise.resolve();
    const concurrency = sizes.sentBlocksAtOnce;
    await forEachBounded(blocks, { concurrency, signal }, ({ id, offset, count }) => {
        const before = hashed;
        const { promise, resolve } = Promise.withResolvers<undefined>();
        hashed = promise;
        const transfer = async (into: Buffer): Promise<void> => {
            const { data, md5 } = await ranges(offset, count, { withDigest: !isProven, into });
            const stage = (): Promise<unknown> =>
                client.stageBlock(id, data, count, {
                    transactionalContentMD5: Buffer.from(md5 ?? hash("md5", data, "base64"), "base64"),
                    abortSignal: signal,
                });
            const staging = staged.get(id) === count ? undefined : stage();
            // In the order of the blob, whichever block is here first.
            const hashing = before.then(() => whole.update(data));
            await Promise.all([staging, hashing]);
        };
        return memory.hold(count, transfer).finally(() => {
            resolve(undefined);
        });
    });
    signal.throwIfAborted();
    const md5 = checkedDigest(content, name, content.bytes, whole.digest("base64"));
    const written = await target.finish(md5, (tags) =>
        client.commitBlockList(
            blocks.map(({ id }) => id),
            commitOptions(target, md5, tags),
        ),
    );
    return { ...written, md5 };
}

/** The MD5, once length and MD5 are as the source says. Throws `Corrupt` where they are not. */
export function checkedDigest(content: BlobContent, name: string, bytes: number, md5: string): string {
    const isWhole = bytes === content.bytes;
    if (isWhole && (content.md5 === undefined || content.md5 === md5)) return md5;
    throw corrupt(name, isWhole ? undefined : `has ${String(bytes)} bytes, not ${String(content.bytes)}`);
}

/** Cuts a stream to blocks of one size, only the last of which may be smaller. */
export async function* inBlocks(
    stream: AsyncIterable<Uint8Array>,
    size: number,
    hash: { update(data: Uint8Array): unknown },
): AsyncGenerator<Buffer, undefined> {
    let parts: Uint8Array[] = [];
    let held = 0;
    for await (const chunk of stream) {
        hash.update(chunk);
        let rest = chunk;
        while (held + rest.length >= size) {
            const taken = size - held;
            yield Buffer.concat([...parts, rest.subarray(0, taken)]);
            rest = rest.subarray(taken);
            parts = [];
            held = 0;
        }
        if (rest.length > 0) parts.push(rest);
        held += rest.length;
    }
    if (held > 0) yield Buffer.concat(parts);
    return undefined;
}
