import type { Item } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import type { BlobProperties } from "../blob-item.js";
import { kindOf } from "../blob-kind.js";
import { splitName } from "../names.js";
import { withLosses } from "./access-outlook.js";

/**
 * Folders and the file itself: https://learn.microsoft.com/azure/storage/blobs/scalability-targets. Others have measured 61
 * on the service; one beyond that is refused by it.
 */
const segmentsAtMost = 63;

/**
 * The item, where a tree takes its name as it is. A tree drops empty parts of a path, so that `a//b` would become `a/b`.
 *
 * @throws DataplaneError `InvalidItem`.
 */
export function treeName(item: Item, name: string): Item {
    const segments = splitName(name).blob.split("/");
    const reason = segments.includes("")
        ? "has an empty part, which a hierarchical namespace drops"
        : segments.length > segmentsAtMost
          ? `has more than ${String(segmentsAtMost)} parts, the most that a hierarchical namespace takes`
          : undefined;
    if (reason === undefined) return item;
    throw new DataplaneError("InvalidItem", `the name "${name}" ${reason}`, {
        item: item.name,
        side: "target",
        remedy: "Rename it at the source, or leave it out with exclude.",
    });
}

/**
 * What an account with a hierarchical namespace can't hold:
 * https://learn.microsoft.com/azure/storage/blobs/storage-feature-support-in-storage-accounts
 */
export function treeLosses(item: Item): Item {
    const { tags, snapshots, ...others } = item.properties as BlobProperties;
    const reason = (what: string): string => `an account with a hierarchical namespace has no ${what}`;
    const losses = [
        ...(tags === undefined ? [] : ["index tags"]),
        ...(snapshots === undefined ? [] : ["snapshots"]),
    ].map((what) => ({ item: item.name, what, reason: reason(what) }));
    const plain = withLosses({ ...item, properties: others }, losses);
    if (kindOf(others) !== "PageBlob") return plain;
    return { ...plain, lost: { item: item.name, what: "item", reason: reason("page blobs") } };
}
