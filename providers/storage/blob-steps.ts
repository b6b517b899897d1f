import { appendContent, copyAppendBlob } from "./append-blob.js";
import type { BlobContent } from "./blob-content.js";
import type { UploadTarget, Written } from "./upload-target.js";
import type { BlobProperties } from "./blob-item.js";
import { kindOf } from "./blob-kind.js";
import { explainCopyFailure } from "./copy-refusals.js";
import type { CopySource } from "./copy-source.js";
import { copyPages, uploadPages } from "./page-blob.js";
import type { PageReader } from "./page-ranges.js";

/** A blob to write, with the properties that it is to have. */
export interface SteppedBlob {
    readonly target: UploadTarget;
    readonly properties: BlobProperties;
}

/** Writes an append or a page blob through this process. */
export function uploadInSteps(content: BlobContent, { target, properties }: SteppedBlob): Promise<Written> {
    return kindOf(properties) === "PageBlob"
        ? uploadPages(content, { client: target.client.getPageBlobClient(), upload: target, properties })
        : appendContent(content, { client: target.client.getAppendBlobClient(), upload: target, properties });
}

/**
 * Has the service copy an append or a page blob. Within an account as well: the call that copies at once takes block
 * blobs only (https://learn.microsoft.com/rest/api/storageservices/copy-blob-from-url).
 *
 * @throws what `explainCopyFailure` makes of a refusal; the target is then marked as unfinished.
 */
export async function copyInSteps(
    source: CopySource,
    reader: PageReader,
    { target, properties }: SteppedBlob,
): Promise<Written> {
    try {
        return kindOf(properties) === "PageBlob"
            ? await copyPages(source, reader, {
                  client: target.client.getPageBlobClient(),
                  upload: target,
                  properties,
              })
            : await copyAppendBlob(source, {
                  client: target.client.getAppendBlobClient(),
                  upload: target,
                  properties,
              });
    } catch (error) {
        throw explainCopyFailure(error, target.name);
    }
}
