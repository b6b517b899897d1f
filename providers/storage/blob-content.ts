import { createHash, randomUUID } from "node:crypto";
import PQueue from "p-queue";
import { DataplaneError } from "../core/errors.js";
import { blockAt, blockSize, stagedBlocks } from "./blocks.js";
import type { Pages } from "./page-ranges.js";
import type { BlobRequestConditions, BlobHTTPHeaders, BlockBlobClient } from "./sdk.js";
import type { TransferSizes } from "./transfer-sizes.js";

/** What a blob holds, as a stream that can be read once. */
export interface BlobContent {
    readonly stream: AsyncIterable<Uint8Array>;
    readonly bytes: number;
    /** The MD5 that the service has for it, in base64; there is none for many blobs that were written in blocks. */
    readonly md5?: string;
    /** The source's URL and ETag: blocks that were staged of the very same source are not sent again. */
    readonly identity?: string;
    /** Of a page blob: what was written of it. Instead of the stream. */
    readonly pages?: Pages;
}

/** Blocks on the way at once, beside the one that is being filled: what bounds the memory of one blob. */
const blocksInFlight = 2;

/** Many small blobs are on their way at once, but only so many that go in blocks: what bounds the memory of all. */
const largeUploads = new PQueue({ concurrency: 8 });

export interface UploadTarget {
    readonly client: BlockBlobClient;
    readonly name: string;
    readonly metadata: Record<string, string>;
    readonly tier: string | undefined;
    readonly conditions: BlobRequestConditions;
    /** What is there now is marked as unfinished. */
    readonly isUnfinished: boolean;
    readonly signal: AbortSignal;
    readonly sizes: TransferSizes;
    /** The headers for content with that MD5, in base64. */
    headers(md5: string | undefined): BlobHTTPHeaders;
    /** Sends the request that makes the blob appear with that content, with its index tags. */
    finish(
        md5: string | undefined,
        send: (tags: Record<string, string> | undefined) => Promise<Written>,
    ): Promise<Written>;
}

/** What the service answers to the write that makes a blob. */
export interface Written {
    readonly etag?: string;
    readonly lastModified?: Date;
}

/**
 * Writes a content to a blob in bounded memory. Nothing can be seen of it before its length and its MD5 are as they
 * were at the source; the service itself checks the MD5 of all that it receives.
 *
 * @returns with the MD5 of the content, which the blob now has as a property, in base64.
 * @throws DataplaneError `Corrupt` where length or MD5 differ.
 */
export function uploadContent(
    content: BlobContent,
    target: UploadTarget,
): Promise<Written & { md5: string }> {
    const isLarge = content.bytes > target.sizes.sentBlock;
    return isLarge ? largeUploads.add(() => upload(content, target)) : upload(content, target);
}

async function upload(content: BlobContent, target: UploadTarget): Promise<Written & { md5: string }> {
    const hash = createHash("md5");
    const size = blockSize(content.bytes, target.sizes.sentBlock);
    const blocks = inBlocks(content.stream, size, hash);
    const first = await blocks.next();
    const second = first.done === true ? first : await blocks.next();
    if (second.done === true) {
        const body = first.done === true ? Buffer.alloc(0) : first.value;
        const md5 = checkedDigest(content, target.name, body.length, hash.digest("base64"));
        const written = await target.finish(md5, (tags) => putBlob(target, body, md5, tags));
        return { ...written, md5 };
    }
    const { client, name, signal } = target;
    const staging = new Staging(target, content.identity, await stagedBlocks(client, name, signal));
    try {
        if (first.done !== true) await staging.add(first.value);
        await staging.add(second.value);
        for await (const block of blocks) await staging.add(block);
    } finally {
        await staging.settle();
    }
    const md5 = checkedDigest(content, target.name, staging.bytes, hash.digest("base64"));
    const ids = await staging.done();
    const written = await target.finish(md5, (tags) => putBlockList(target, ids, md5, tags));
    return { ...written, md5 };
}

async function putBlob(
    target: UploadTarget,
    body: Buffer,
    md5: string,
    tags: Record<string, string> | undefined,
): Promise<Written> {
    return target.client.upload(body, body.length, {
        ...commitOptions(target, md5, tags),
        transactionalContentMD5: Buffer.from(md5, "base64"),
    });
}

async function putBlockList(
    target: UploadTarget,
    ids: string[],
    md5: string,
    tags: Record<string, string> | undefined,
): Promise<Written> {
    return target.client.commitBlockList(ids, commitOptions(target, md5, tags));
}

/** What the request that makes a blob appear says of it; `md5` in base64. */
export function commitOptions(
    target: UploadTarget,
    md5: string | undefined,
    tags: Record<string, string> | undefined,
) {
    return {
        blobHTTPHeaders: target.headers(md5),
        metadata: target.metadata,
        conditions: target.conditions,
        abortSignal: target.signal,
        ...(tags === undefined ? {} : { tags }),
        ...(target.tier === undefined ? {} : { tier: target.tier }),
    };
}

/** The MD5, once length and MD5 are as the source says. Throws `Corrupt` where they are not. */
export function checkedDigest(content: BlobContent, name: string, bytes: number, md5: string): string {
    const isWhole = bytes === content.bytes;
    if (isWhole && (content.md5 === undefined || content.md5 === md5)) return md5;
    throw new DataplaneError(
        "Corrupt",
        isWhole
            ? `the content of "${name}" has another MD5 than the source says`
            : `the content of "${name}" has ${String(bytes)} bytes, not ${String(content.bytes)}`,
        {
            item: name,
            remedy: "Run again; if it stays so, the blob's Content-MD5 at the source is wrong and must be set anew.",
        },
    );
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

/** Stages blocks, a few at once, but for those that are staged already. */
class Staging {
    bytes = 0;
    readonly #ids: string[] = [];
    readonly #underWay = new Set<Promise<void>>();
    readonly #identity: string;
    #failure: { error: unknown } | undefined;

    constructor(
        private readonly target: UploadTarget,
        identity: string | undefined,
        private readonly staged: ReadonlyMap<string, number>,
    ) {
        this.#identity = identity ?? randomUUID();
    }

    /** Takes a block as soon as there is room. Throws the first failure of any. */
    async add(block: Buffer): Promise<void> {
        while (this.#underWay.size >= blocksInFlight) await Promise.race(this.#underWay);
        this.#throwFailure();
        const { id } = blockAt(this.#identity, this.bytes, block.length);
        this.bytes += block.length;
        this.#ids.push(id);
        if (this.staged.get(id) === block.length) return;
        const staging = this.#stage(id, block).finally(() => this.#underWay.delete(staging));
        this.#underWay.add(staging);
    }

    async settle(): Promise<void> {
        await Promise.all(this.#underWay);
    }

    /** The ids in order, when all are staged. */
    async done(): Promise<string[]> {
        await this.settle();
        this.#throwFailure();
        return this.#ids;
    }

    async #stage(id: string, block: Buffer): Promise<void> {
        try {
            await this.target.client.stageBlock(id, block, block.length, {
                transactionalContentMD5: createHash("md5").update(block).digest(),
                abortSignal: this.target.signal,
            });
        } catch (error) {
            this.#failure ??= { error };
        }
    }

    #throwFailure(): void {
        if (this.#failure !== undefined) throw this.#failure.error;
    }
}
