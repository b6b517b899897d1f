import type { Item } from "../contract.js";
import { decide, type Case, type Equality, type Standing } from "./decide.js";
import { bytesAgree, contentsEqual, propertiesEqual, type Contents } from "./equality.js";
import type { Pair } from "./join.js";
import { atSource, type Run } from "./run.js";
import type { Decision, Path } from "./types.js";

/** What the attempts at one item know of each other. */
export interface History {
    /** A write was sent; whether it was applied is open. */
    attempted: boolean;
    /** What that write was to do, and how. */
    action?: "created" | "updated";
    path?: Path;
    /** The answer of the last write, even where its content then proved wrong. */
    answer?: Item;
}

/** One attempt at one item of the source. */
export interface Attempt {
    readonly pair: Pair;
    /** As it is now, under its name at the source. */
    readonly source: Item;
    readonly target: Item | undefined;
    readonly standing: Standing;
    readonly history: History;
    /** The content that the user gives. */
    readonly override?: { readonly content: unknown };
}

export interface Decided {
    readonly decision: Decision;
    readonly equal: Equality;
    /** The content to write, where it is known already. */
    readonly content?: { readonly value: unknown };
}

/**
 * Decides about one item of the source, and compares contents only where the decision hangs on it: template mode reads
 * nothing, and neither does an item that the records prove.
 */
export async function decideItem(run: Run, attempt: Attempt): Promise<Decided> {
    const { source, target, standing, override, history } = attempt;
    const { mode, onConflict } = run.request;
    const overridden = override !== undefined;
    const base = { source, target, standing, complete: false, mode, onConflict, prune: false, overridden };
    const decideWith = (known: Pick<Case, "equal" | "propertiesEqual"> & Partial<Case>): Decision =>
        decide({ ...base, ...known });
    const blind = decideWith({ equal: "unknown", propertiesEqual: false });
    const given = override === undefined ? {} : { content: { value: override.content } };
    if (!hangsOnContents(blind, target)) return { decision: blind, equal: "unknown", ...given };
    if (standing.ours && standing.sourceUnchanged && !overridden) {
        return { decision: decideWith({ equal: "proven", propertiesEqual: true }), equal: "proven" };
    }
    const reader = new ContentReader(run, attempt, target);
    const equal = await contentsEqual(run.element, { source, target, overridden }, reader.contents());
    const alike = propertiesEqual(source, target);
    // A write whose answer was lost: nothing can prove it, but the target looks like what was sent.
    const sent = history.attempted && equal === "unknown" && alike && bytesAgree(source, target);
    const decision = decideWith({
        equal,
        propertiesEqual: alike,
        standing: sent ? { ours: true, sourceUnchanged: false } : standing,
    });
    return { decision, equal, ...(reader.read ?? given) };
}

function hangsOnContents(blind: Decision, target: Item | undefined): target is Item {
    if (target === undefined || target.placeholder === true) return false;
    return blind.action === "update" || blind.action === "conflict";
}

/** Reads both contents for a comparison, and keeps the source's for the write that may follow. */
class ContentReader {
    readonly #run: Run;
    readonly #attempt: Attempt;
    readonly #target: Item;
    read: { content: { value: unknown } } | undefined;

    constructor(run: Run, attempt: Attempt, target: Item) {
        this.#run = run;
        this.#attempt = attempt;
        this.#target = target;
    }

    contents(): Contents | undefined {
        const { source, target, access } = this.#run;
        if (target.equal === undefined) return undefined;
        const { override } = this.#attempt;
        return {
            source: async () => {
                const value =
                    override === undefined
                        ? await atSource(() => source.get(this.#attempt.source))
                        : override.content;
                this.read = { content: { value } };
                return value;
            },
            target: () => access.run(() => target.get(this.#target)),
            equal: (a, b) => target.equal?.(a, b) ?? false,
        };
    }
}
