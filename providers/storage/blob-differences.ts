import type { Item, Loss } from "../core/contract.js";
import { canonicalJson } from "../core/json.js";
import { tagLoss, type BlobProperties } from "./blob-item.js";
import type { TagAccess } from "./tags.js";

/**
 * Whether two blobs differ in what changes without a trace in the time of the last change: index tags, tiers, seals.
 * Sources: https://learn.microsoft.com/rest/api/storageservices/append-blob-seal,
 * https://learn.microsoft.com/rest/api/storageservices/set-blob-tags,
 * https://learn.microsoft.com/rest/api/storageservices/set-blob-tier
 */
export function differSilently(source: Item, target: Item, tags: TagAccess): boolean {
    const [wanted, found] = [source.properties as BlobProperties, target.properties as BlobProperties];
    const hasOtherTier = wanted.tier !== undefined && wanted.tier !== found.tier;
    const hasOtherSeal = wanted.sealed !== found.sealed;
    const knowsTags = tags.readable && source.losses?.some(({ what }) => what === "tags") !== true;
    const hasOtherTags = knowsTags && canonicalJson(wanted.tags ?? {}) !== canonicalJson(found.tags ?? {});
    return hasOtherTier || hasOtherSeal || hasOtherTags;
}

/** What could not be written: index tags for want of a role, a tier that can't be taken away. */
export function shortfallOf(source: Item, target: Item, tags: TagAccess): readonly Loss[] {
    const [wanted, found] = [source.properties as BlobProperties, target.properties as BlobProperties];
    const lacksTags = tags.matter && wanted.tags !== undefined && found.tags === undefined;
    return [
        ...(lacksTags ? [tagLoss(source.name, "written")] : []),
        ...(target.losses ?? []).filter(({ what }) => what === "tier"),
    ];
}
