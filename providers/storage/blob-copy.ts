import type { Item } from "../core/contract.js";
import { copyInBlocks } from "./blob-copy-blocks.js";
import type { UploadTarget, Written } from "./upload-target.js";
import { headersOf, type BlobProperties } from "./blob-item.js";
import { explainCopyFailure, itemRefused } from "./copy-refusals.js";
import { withGrant, type CopySource } from "./copy-source.js";

/**
 * Has the target's service read the blob from the source's. The request that makes the blob appear also sets headers,
 * metadata, tags and tier. The service checks that the source is still the one that was listed and, where one call is
 * enough and the source has an MD5, the content.
 *
 * @throws DataplaneError with `serviceCode` `ServerSideCopyRefused` or `ServerSideCopyRefusedForItem` where the service
 *     won't; `Conflict` of the side `source` where the blob is no longer as it was listed.
 */
export async function copyBlob(source: CopySource, target: UploadTarget): Promise<Written> {
    try {
        return (source.item.bytes ?? 0) > target.sizes.oneCall
            ? await copyInBlocks(source, target)
            : await copyInOneCall(source, target);
    } catch (error) {
        throw explainCopyFailure(error, target.name);
    }
}

async function copyInOneCall(source: CopySource, target: UploadTarget): Promise<Written> {
    const { item, isWithinAccount } = source;
    // Without any metadata in the request the service takes over the source's, with our own keys if it has them.
    const isCarried = Object.keys((item.properties as BlobProperties).metadata).length > 0;
    if (!isCarried && Object.keys(target.metadata).length === 0 && hasOwnMetadata(item)) {
        throw itemRefused(target.name, "the source carries another replica's mark");
    }
    const isShort = isWithinAccount && (item.bytes ?? 0) <= target.sizes.withinAccount;
    const copy = isShort ? copyWithinAccount : putBlobFromUrl;
    return target.finish(item.digest, (tags) => withGrant(source, () => copy(source, target, tags)));
}

type Tags = Record<string, string> | undefined;

function putBlobFromUrl(source: CopySource, target: UploadTarget, tags: Tags): Promise<Written> {
    const { item, url } = source;
    return target.client.syncUploadFromURL(url, {
        ...commonOptions(source, target, tags),
        copySourceBlobProperties: false,
        blobHTTPHeaders: headersOf(item.properties as BlobProperties, item.digest),
    });
}

/**
 * Within an account the service need not move anything. The headers, which are the same on both sides, come along
 * with it by themselves.
 */
function copyWithinAccount(source: CopySource, target: UploadTarget, tags: Tags): Promise<Written> {
    return target.client.syncCopyFromURL(source.url, commonOptions(source, target, tags));
}

function commonOptions({ item }: CopySource, target: UploadTarget, tags: Tags) {
    return {
        metadata: target.metadata,
        conditions: target.conditions,
        abortSignal: target.signal,
        ...(item.digest === undefined ? {} : { sourceContentMD5: Buffer.from(item.digest, "base64") }),
        ...(tags === undefined ? {} : { tags }),
        ...(target.tier === undefined ? {} : { tier: target.tier }),
    };
}

function hasOwnMetadata(item: Item): boolean {
    return item.owner !== undefined || item.placeholder === true;
}
