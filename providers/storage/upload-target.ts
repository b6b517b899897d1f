import type { BlobHTTPHeaders, BlobRequestConditions, BlockBlobClient } from "./sdk.js";
import type { TransferSizes } from "./transfer-sizes.js";

/** The blob that a content is written to, and what else is written with it. */
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
