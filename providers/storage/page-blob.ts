import { createHash } from "node:crypto";
import { DataplaneError } from "../core/errors.js";
import type { BlobContent, UploadTarget, Written } from "./blob-content.js";
import { etagOf, type BlobProperties } from "./blob-item.js";
import { withGrant, type CopySource } from "./copy-source.js";
import { writtenRanges, type PageReader } from "./page-ranges.js";
import type { PageBlobClient } from "./sdk.js";
import { SteppedWrite } from "./stepped-write.js";

/** What a page blob is written to. */
export interface PageTarget {
    readonly client: PageBlobClient;
    readonly upload: UploadTarget;
    /** With the properties that it is to have. */
    readonly properties: BlobProperties;
}

/**
 * Writes a page blob through this process: only the pages that were written at the source, so the copy is as sparse.
 * The service checks the MD5 of each request.
 */
export async function uploadPages(content: BlobContent, target: PageTarget): Promise<Written> {
    const { client, upload } = target;
    if (content.pages === undefined) throw notPages(upload.name);
    const write = await begin(content.bytes, target);
    for await (const { offset, count, data } of content.pages) {
        await write.step((conditions) =>
            client.uploadPages(data, offset, count, {
                conditions,
                transactionalContentMD5: createHash("md5").update(data).digest(),
                abortSignal: upload.signal,
            }),
        );
    }
    return write.end(content.md5);
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
    const write = await begin(bytes, target);
    for await (const range of writtenRanges(reader, etagOf(item.version), bytes)) {
        const { offset, count } = range;
        await write.step((conditions) =>
            withGrant(source, () =>
                client.uploadPagesFromURL(url, offset, offset, count, {
                    conditions,
                    abortSignal: upload.signal,
                }),
            ),
        );
    }
    return write.end(item.digest);
}

async function begin(bytes: number, { client, upload, properties }: PageTarget): Promise<SteppedWrite> {
    const { sequenceNumber } = properties;
    const write = new SteppedWrite(upload);
    await write.begin((options) =>
        client.create(bytes, {
            ...options,
            ...(sequenceNumber === undefined ? {} : { blobSequenceNumber: sequenceNumber }),
        }),
    );
    return write;
}

function notPages(name: string): DataplaneError {
    return new DataplaneError("Conflict", `the blob "${name}" is no page blob any more`, {
        item: name,
        side: "source",
        remedy: "Run again.",
    });
}
