import type { Item, PutOptions } from "../core/contract.js";
import type { UploadTarget, Written } from "./upload-target.js";
import { tagLoss, versionOf, type BlobProperties } from "./blob-item.js";
import { withoutBound } from "./bound-properties.js";
import { splitName } from "./names.js";

/** How a blob is written. */
export interface WriteOptions extends PutOptions {
    /** The blob only has this content for a snapshot to be taken of it. */
    readonly unfinished?: boolean;
}

/** The writing of a blob. */
export interface BlobWrite {
    readonly target: UploadTarget;
    readonly properties: BlobProperties;
    /** The item as the target now has it, from the write's own answer. */
    result(written: Written, content: { digest: string | undefined; bytes: number | undefined }): Item;
}

/** The item as the target now has it, from the answer to its write. */
export function writtenItem(
    item: Item,
    options: PutOptions,
    written: Written,
    content: { digest: string | undefined; bytes: number | undefined },
    tagsLost: boolean,
): Item {
    const { tags, ...others } = item.properties as BlobProperties;
    const properties = { ...others, ...(tags === undefined || tagsLost ? {} : { tags }) } as BlobProperties;
    return {
        name: item.name,
        group: splitName(item.name).container,
        version: versionOf(written.etag, properties),
        properties,
        ...(content.bytes === undefined ? {} : { bytes: content.bytes }),
        ...(content.digest === undefined ? {} : { digest: content.digest }),
        ...(written.lastModified === undefined ? {} : { modified: written.lastModified }),
        ...(options.owner === undefined ? {} : { owner: options.owner }),
        ...(tagsLost ? { losses: [tagLoss(item.name, "written")] } : {}),
    };
}

/** What of a blob's properties one write sets: nothing about snapshots and access, nor what hangs on its account. */
export function ownProperties(item: Item): BlobProperties {
    const { snapshots: _snapshots, access: _access, ...others } = item.properties as BlobProperties;
    return withoutBound(others as BlobProperties);
}
