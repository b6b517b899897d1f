import type { ElementType, Item, Mode, Store } from "../contract.js";
import { contentsEqual, bytesAgree, propertiesEqual } from "./equality.js";
import { join } from "./join.js";
import { forEachBounded } from "./pool.js";
import { Selector } from "./selection.js";
import type { Selection } from "./types.js";

export interface CompareRequest {
    readonly element: ElementType;
    readonly mode: Mode;
    readonly selection: Selection;
    readonly source: Store;
    readonly target: Store;
    readonly signal: AbortSignal;
}

/** How two stores compare, in items. */
export interface Comparison {
    /** Alike: proven by a digest or by the values; in template mode by being there. */
    equal: number;
    different: number;
    /** Not at the target. */
    missing: number;
    /** There and alike in all that listings show, which proves nothing about their contents. */
    unproven: number;
    /** Can't be carried. */
    lost: number;
    /** Only at the target. */
    extra: number;
}

/**
 * Compares what is there now on both sides. Reads values where they are small and no digest tells; writes nothing on
 * either side. Needs the right to list on both sides and, for values, to read them. Throws what a listing throws.
 */
export async function compareStores(request: CompareRequest): Promise<Comparison> {
    const { element, source, target, signal } = request;
    const result: Comparison = { equal: 0, different: 0, missing: 0, unproven: 0, lost: 0, extra: 0 };
    const pairs = join({
        element,
        source: source.list(),
        target: target.list(),
        selector: new Selector(request.selection, element),
        unique: false,
    });
    await forEachBounded(pairs, { concurrency: element.limits.concurrency, signal }, async (pair) => {
        if (pair.source === undefined) result.extra += 1;
        else if (pair.selected) result[await compareItems(request, pair.source, pair.name, pair.target)] += 1;
    });
    signal.throwIfAborted();
    return result;
}

async function compareItems(
    request: CompareRequest,
    source: Item,
    name: string,
    target: Item | undefined,
): Promise<keyof Comparison> {
    const { mode, element } = request;
    const outlook = { name, existing: target, streamed: false };
    const item = (await request.target.foresee?.(source, request.source, outlook)) ?? source;
    const isLost = item.lost !== undefined && (mode === "replication" || item.lost.what !== "value");
    if (target === undefined) return isLost ? "lost" : "missing";
    if (mode === "template") return "equal";
    if (isLost) return "lost";
    if (target.placeholder === true || !propertiesEqual(item, target) || !bytesAgree(item, target)) {
        return "different";
    }
    const equality = await contentsEqual(
        element,
        { source: item, target, foreign: false },
        {
            source: () => request.source.get(source),
            target: () => request.target.get(target),
            equal: (a, b) => request.target.equal?.(a, b) === true,
        },
    );
    return { proven: "equal", different: "different", unknown: "unproven" }[equality] as keyof Comparison;
}
