import type { Detail, ElementType, Item, Store } from "../contract.js";
import { isDataplaneError } from "../errors.js";
import { Coverage } from "./coverage.js";
import { forEachBounded } from "./pool.js";
import type { Copied, GroupRecord, ItemRecord } from "./types.js";
import { throwIfCancelled } from "./timing.js";

export interface RemoveRequest {
    readonly element: ElementType;
    /** The target. */
    readonly store: Store;
    readonly copied: Copied;
    readonly detail: Detail;
    /** The marker of the replica that is deleted. */
    readonly owner: string;
    readonly signal: AbortSignal;
}

/** An item on record that was not removed, and why. */
export interface Left {
    readonly item: string;
    readonly reason: string;
}

/**
 * Removes what a replica created, for `onDelete: "delete"`: what is on record, still carries the replica's own marker
 * and has not changed since. Tells what it left and why; by group only items with a marker are told of.
 *
 * All others are removed before the first error is thrown. Needs the rights to list and to delete at the target.
 */
export async function removeOwned(request: RemoveRequest): Promise<{ removed: number; left: Left[] }> {
    const { element, store, detail, copied, signal } = request;
    const standing = detail === "groups" ? groupStanding(request) : nameStanding(request);
    const left: Left[] = [];
    const failures: unknown[] = [];
    let removed = 0;
    const remove = async (item: Item): Promise<boolean> => {
        try {
            await store.remove(item.name, { expected: item });
            removed += 1;
        } catch (error) {
            if (isDataplaneError(error, "Conflict")) return false;
            failures.push(error);
        }
        return true;
    };
    const again: Item[] = [];
    const groups = detail === "groups" && !Object.hasOwn(copied, "") ? { groups: Object.keys(copied) } : {};
    await forEachBounded(
        store.list({ ...groups, owners: true }),
        { concurrency: element.limits.concurrency, signal },
        async (item) => {
            const reason = standing(item);
            if (reason === "not ours") return;
            if (reason !== undefined) {
                left.push({ item: item.name, reason });
                return;
            }
            if (!(await remove(item))) again.push(item);
        },
    );
    // A directory is listed before what is in it, and can only be removed after that.
    for (const item of again.reverse()) {
        throwIfCancelled(signal);
        if (!(await remove(item))) left.push({ item: item.name, reason: changed });
    }
    throwIfCancelled(signal);
    if (failures.length > 0) throw failures[0];
    return { removed, left };
}

const changed = "it was changed since it was copied";
const unmarked = "it does not carry the marker of this replica";

/** Why an item stays; undefined where it goes. */
type Standing = (item: Item) => string | undefined;

function nameStanding({ element, copied, owner }: RemoveRequest): Standing {
    const entries = Object.entries(copied as Record<string, ItemRecord>);
    const records = new Map(entries.map(([name, record]) => [element.key(name), record]));
    return (item) => {
        const record = records.get(element.key(item.name));
        if (record === undefined) return "not ours";
        if (item.owner !== owner) return unmarked;
        return item.version === record.target ? undefined : changed;
    };
}

function groupStanding({ element, copied, owner }: RemoveRequest): Standing {
    const entries = Object.entries(copied as Record<string, GroupRecord>);
    const groups = new Map(
        entries.map(([name, record]) => [
            name,
            {
                coverage: new Coverage(record),
                exceptions: new Set((record.exceptions ?? []).map((exception) => element.key(exception))),
            },
        ]),
    );
    return (item) => {
        const group = groups.get(item.group ?? "");
        if (group === undefined || item.owner !== owner || group.exceptions.has(element.key(item.name))) {
            return "not ours";
        }
        return group.coverage.has(item) ? undefined : changed;
    };
}
