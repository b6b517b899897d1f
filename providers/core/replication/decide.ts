import type { Item, Mode } from "../contract.js";
import type { Decision, OnConflict } from "./types.js";

/** What the records say about an item; without a record both are false. */
export interface Standing {
    /** The target's item is as we left it. */
    readonly ours: boolean;
    /** The source's item is the one whose content we left there. */
    readonly sourceUnchanged: boolean;
}

/** Whether both contents are the same, and whether anything could prove or disprove it. */
export type Equality = "proven" | "different" | "unknown";

/** Everything that a decision is made of. */
export interface Case {
    readonly source: Item | undefined;
    readonly target: Item | undefined;
    readonly standing: Standing;
    /** Both listings ended without an error: only then is an item that they lack really absent. */
    readonly complete: boolean;
    readonly mode: Mode;
    readonly onConflict: OnConflict;
    readonly prune: boolean;
    /** The user gives the content. */
    readonly overridden: boolean;
    readonly equal: Equality;
    readonly propertiesEqual: boolean;
}

/**
 * The decision table of replication: what happens to one item. Pure; `docs/architecture.md` has it as a table.
 *
 * A placeholder at the target is ours to replace. A placeholder at the source has no content to carry.
 */
export function decide(item: Case): Decision {
    const { source, target } = item;
    if (source === undefined) return decideAbsent(item);
    const loss = lossOf(item, source);
    if (loss !== undefined) return decision("lose", source, target, loss);
    if (target === undefined) return decision("create", source, target);
    if (item.mode === "template") {
        return decision("same", source, target, "exists at the target, which template mode never touches");
    }
    if (target.placeholder === true)
        return decision("update", source, target, "the target has a placeholder");
    if (item.equal === "proven" && item.propertiesEqual) return decision("same", source, target);
    if (item.standing.ours) return decision("update", source, target);
    const reason = "the target differs and was not written by this replica, or was changed since";
    return decision(item.onConflict === "overwrite" ? "update" : "conflict", source, target, reason);
}

function decideAbsent(item: Case): Decision {
    const { target } = item;
    // Removing is touching, which template mode never does.
    const mayPrune = item.prune && item.complete && item.mode === "replication";
    const prunes = mayPrune && target !== undefined && item.standing.ours;
    return decision(prunes ? "prune" : "keep", undefined, target);
}

/**
 * Why an item can't be carried, or undefined where it can. A lost *value* matters only where the source's value is
 * carried at all: not in template mode, and not where the user gives another one.
 */
function lossOf(item: Case, source: Item): string | undefined {
    const carriesValue = item.mode === "replication" && !item.overridden;
    if (source.lost !== undefined && (carriesValue || source.lost.what !== "value"))
        return source.lost.reason;
    if (source.placeholder === true && carriesValue) return "the source has a placeholder without content";
    return undefined;
}

function decision(action: Decision["action"], source?: Item, target?: Item, reason?: string): Decision {
    return {
        action,
        ...(source === undefined ? {} : { source }),
        ...(target === undefined ? {} : { target }),
        ...(reason === undefined ? {} : { reason }),
    };
}
