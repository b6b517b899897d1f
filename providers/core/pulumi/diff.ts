import type { Plugin } from "../contract.js";
import { canonicalJson, type Json } from "../json.js";
import { identity } from "../references.js";
import { argumentNames } from "./arguments.js";
import { unlistedOf } from "./state.js";
import { isUnknown } from "./unknowns.js";

/** What the dynamic provider protocol takes; `changes: undefined` lets the engine make the detailed diff. */
export interface DiffAnswer {
    changes: boolean | undefined;
    replaces?: string[];
}

type Properties = Readonly<Record<string, unknown>>;

/** Two spellings of one resource are no change: these are compared by identity. */
const references: ReadonlySet<string> = new Set(["source", "target"]);

/**
 * What changed between the state's outputs and new inputs. No I/O: the engine calls it one resource after another.
 *
 * - Only the bookkeeping moved, or the spelling of a reference: no change.
 * - `items` unknown (no access in a preview) and nothing else changed: no change.
 * - The target is another resource: a replacement.
 * - The source could not be listed: a change, so that the update is tried and fails with the reason.
 * - Items failed in the last run and the run was let pass (`onItemError: "warn"`): a change, so that they are tried
 *   again.
 */
export function diffReplica(plugin: Plugin, olds: Properties, news: Properties): DiffAnswer {
    if (differs("target", plugin, olds, news)) {
        // An engine-made diff would not replace: say so, and that something changed.
        return { changes: true, replaces: ["target"] };
    }
    if (unlistedOf(news) !== undefined) return { changes: true };
    const changed = argumentNames.some((name) => differs(name, plugin, olds, news));
    if (changed || itemsDiffer(olds["items"], news["items"])) return { changes: undefined };
    return { changes: failedBefore(olds["summary"]) };
}

function differs(name: string, plugin: Plugin, olds: Properties, news: Properties): boolean {
    const [before, after] = [olds[name], news[name]];
    if (references.has(name) && typeof before === "string" && typeof after === "string") {
        return isUnknown(after) || sameIdentity(plugin, before) !== sameIdentity(plugin, after);
    }
    return text(before) !== text(after);
}

function sameIdentity(plugin: Plugin, reference: string): string {
    try {
        return identity(reference, plugin);
    } catch {
        // `check` refuses a malformed one; state of an earlier version may still hold it.
        return reference;
    }
}

function itemsDiffer(before: unknown, after: unknown): boolean {
    return !isUnknown(after) && text(before) !== text(after);
}

function text(value: unknown): string {
    return canonicalJson((value ?? null) as Json);
}

function failedBefore(summary: unknown): boolean {
    return (
        typeof summary === "object" && summary !== null && "failed" in summary && Number(summary.failed) > 0
    );
}
