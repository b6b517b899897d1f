import { DataplaneError } from "../core/errors.js";
import type { BlobProperties } from "./blob-item.js";

/** The service's three types of blobs: https://learn.microsoft.com/rest/api/storageservices/understanding-block-blobs--append-blobs--and-page-blobs */
export type BlobKind = "BlockBlob" | "AppendBlob" | "PageBlob";

/** The type of a blob with those properties, which name it only where it is not the usual one. */
export function kindOf(properties: BlobProperties): BlobKind {
    return properties.type ?? "BlockBlob";
}

/** A blob's type as the service names it; undefined for one that is not known here. */
export function knownKind(type: string | undefined): BlobKind | undefined {
    if (type === undefined || type === "BlockBlob") return "BlockBlob";
    return type === "AppendBlob" || type === "PageBlob" ? type : undefined;
}

/**
 * Only writing it anew gives a blob another type, or opens a sealed one again.
 *
 * @throws DataplaneError `Conflict` where that would be needed to bring `found` to `wanted`.
 */
export function checkConvertible(name: string, wanted: BlobProperties, found: BlobProperties): void {
    const difference =
        kindOf(wanted) !== kindOf(found)
            ? `is of type ${kindOf(found)} at the target and of type ${kindOf(wanted)} at the source`
            : found.sealed === true && wanted.sealed !== true
              ? "is sealed at the target and not at the source"
              : undefined;
    if (difference === undefined) return;
    throw new DataplaneError("Conflict", `the blob "${name}" ${difference}`, {
        item: name,
        side: "target",
        remedy: "Remove it at the target, and run again.",
    });
}
