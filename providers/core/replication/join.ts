import type { ElementType, Item, Side } from "../contract.js";
import { DataplaneError } from "../errors.js";
import { readAhead } from "./read-ahead.js";
import { takeName, type Selector } from "./selection.js";

/** One item of both listings, matched by its name at the target. */
export interface Pair {
    /** The name at the target. */
    readonly name: string;
    /** Under its name at the source. */
    readonly source?: Item;
    readonly target?: Item;
    /** Whether this run takes the source's item; false as well where there is none. */
    readonly selected: boolean;
}

export interface JoinRequest {
    readonly element: ElementType;
    readonly source: AsyncIterable<Item>;
    readonly target: AsyncIterable<Item>;
    /** What items are called at the target. */
    readonly selector: Selector;
    /** Whether the run takes an item of the source. Default: what the selector says. */
    readonly takes?: (item: Item) => boolean;
    /** Check that no two selected items take one name at the target; costs memory per item where a table is used. */
    readonly unique: boolean;
}

/**
 * Joins the two listings to a stream of pairs. Listings in key order are merged and nothing is held in memory; else
 * the target's listing is held in a table and the source's, of which a bounded part is read meanwhile, is streamed
 * against it. Items that the selection leaves out are paired as well: they are at the source, so their copies at the
 * target are not left over.
 *
 * A failing listing makes the stream throw, after the pairs that came before.
 */
export function join(request: JoinRequest): AsyncGenerator<Pair> {
    const merges = request.element.features.order === "key" && !request.selector.renames;
    return merges ? mergeJoin(request) : tableJoin(request);
}

/** Items of the source that wait for the target's listing: some megabytes, beside the target's table. */
const aheadAtMost = 10_000;

async function* tableJoin(request: JoinRequest): AsyncGenerator<Pair> {
    const { element, selector, takes = (item: Item) => selector.selects(item.name) } = request;
    const table = new Map<string, Item>();
    const taken = new Map<string, string>();
    const sources = readAhead(request.source, aheadAtMost);
    try {
        for await (const item of request.target) table.set(element.key(item.name), item);
        for await (const source of sources) {
            const name = selector.targetName(source.name);
            const selected = takes(source);
            if (selected && request.unique) takeName(taken, element, source.name, name);
            // An item that is left out must not take the target from one that is renamed onto it.
            const mine = selected || name !== source.name || !selector.isNewName(name);
            const key = element.key(name);
            const target = mine ? table.get(key) : undefined;
            if (mine) table.delete(key);
            yield { name, source, selected, ...(target === undefined ? {} : { target }) };
        }
    } finally {
        sources.stop();
    }
    for (const target of table.values()) yield { name: target.name, target, selected: false };
}

async function* mergeJoin(request: JoinRequest): AsyncGenerator<Pair> {
    const { element, selector, takes = (item: Item) => selector.selects(item.name) } = request;
    const sources = inOrder(element, "source", request.source);
    const targets = inOrder(element, "target", request.target);
    try {
        // The source first: a source that fails must not wait for a target that can't be reached yet.
        let source = await sources.next();
        let target = await targets.next();
        while (source.done !== true || target.done !== true) {
            const order =
                source.done === true
                    ? 1
                    : target.done === true
                      ? -1
                      : element.compare(source.value.name, target.value.name);
            if (order <= 0 && source.done !== true) {
                const { name } = source.value;
                yield {
                    name,
                    source: source.value,
                    selected: takes(source.value),
                    ...(order === 0 && target.done !== true ? { target: target.value } : {}),
                };
            } else if (target.done !== true) {
                yield { name: target.value.name, target: target.value, selected: false };
            }
            if (order <= 0) source = await sources.next();
            if (order >= 0) target = await targets.next();
        }
    } finally {
        await Promise.allSettled([sources.return(undefined), targets.return(undefined)]);
    }
}

/** Passes a listing through and makes sure of its order, without which a merge would take items for absent. */
async function* inOrder(
    element: ElementType,
    side: Side,
    listing: AsyncIterable<Item>,
): AsyncGenerator<Item, undefined> {
    let previous: string | undefined;
    for await (const item of listing) {
        if (previous !== undefined && element.compare(previous, item.name) >= 0) {
            throw new DataplaneError(
                "Plugin",
                `the ${side} lists "${item.name}" after "${previous}", against the order that ${element.name} declares`,
                { side, item: item.name },
            );
        }
        previous = item.name;
        yield item;
    }
    return undefined;
}
