import { Readable } from "node:stream";
import { DataplaneError } from "../core/errors.js";
import { statusOf } from "../core/rest-error.js";
import { type BlobContent } from "./blob-content.js";
import { commitOptions, type UploadTarget, type Written } from "./upload-target.js";
import { corrupt, unlessMismatch } from "./corrupt.js";

/** Of these, another request may be answered otherwise: the service is busy, or has trouble of its own. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Sends a content in one request while it comes, where the source says what its MD5 is: this process computes nothing
 * and holds only what is on its way, and the service that gets it checks all of it. A request that breaks off leaves nothing
 * behind and is not sent again: blocks are the way to get on then.
 *
 * @returns undefined where it must go in blocks.
 * @throws DataplaneError `Corrupt` where the MD5 or the length differ.
 */
export async function uploadStreamed(
    content: BlobContent,
    target: UploadTarget,
): Promise<(Written & { md5: string }) | undefined> {
    const { md5, bytes, stream } = content;
    const { client, name, signal } = target;
    if (md5 === undefined) return undefined;
    let sourceError: Error | undefined;
    const fail = (error: unknown): never => {
        sourceError = error instanceof Error ? error : new Error(String(error));
        throw sourceError;
    };
    /** By hand, as an error of the target's is thrown into it where it yields. */
    async function* counted(): AsyncGenerator<Uint8Array, void> {
        const parts = stream[Symbol.asyncIterator]();
        let sent = 0;
        try {
            for (;;) {
                const next = await parts.next().catch(fail);
                if (next.done === true) break;
                sent += next.value.length;
                if (sent > bytes) break;
                yield next.value;
            }
        } finally {
            await parts.return?.();
        }
        if (sent !== bytes) fail(corrupt(name, `has other than the ${String(bytes)} bytes of its listing`));
    }
    try {
        const sent = target.finish(md5, (tags) => {
            sourceError = undefined;
            return client.upload(Readable.from(counted(), { objectMode: false }), bytes, {
                ...commitOptions(target, md5, tags),
                transactionalContentMD5: Buffer.from(md5, "base64"),
            });
        });
        return { ...(await unlessMismatch(name, sent)), md5 };
    } catch (error) {
        signal.throwIfAborted();
        if (sourceError !== undefined) throw sourceError;
        if (mayPass(error)) return undefined;
        throw error;
    }
}

function mayPass(error: unknown): boolean {
    if (error instanceof DataplaneError) return false;
    const status = statusOf(error);
    return status === undefined || passing.has(status);
}
