import type { Item } from "../contract.js";
import { SetDigest } from "./set-digest.js";
import type { GroupSummary, ItemsByGroup } from "./types.js";

/** Sums up a listing by group, in constant memory per group. */
export interface GroupSummaries {
    /** @param version stands for the item; template mode gives one that says nothing. Default: the item's own. */
    add(item: Item, version?: string): void;
    summaries(): ItemsByGroup;
}

/** Makes the input `items` by group: count, bytes, and a digest over names and versions in any order. */
export function summariseGroups(): GroupSummaries {
    const groups = new Map<string, { bytes: number; digest: SetDigest }>();
    return {
        add(item, version = item.version) {
            const name = item.group ?? "";
            const group = groups.get(name) ?? { bytes: 0, digest: new SetDigest() };
            group.bytes += item.bytes ?? 0;
            group.digest.add(item.name, version);
            groups.set(name, group);
        },
        summaries() {
            const entries = [...groups].map(([name, { bytes, digest }]): [string, GroupSummary] => [
                name,
                { count: digest.count, bytes, digest: digest.toString() },
            ]);
            return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
        },
    };
}
