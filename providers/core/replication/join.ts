import type { ElementType, Item, Side } from "../contract.js";
import { DataplaneError } from "../errors.js";
import { Paged, pagesOf } from "../paged.js";
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
export function join(request: JoinRequest): AsyncIterable<Pair> {
    const merges = request.element.features.order === "key" && !request.selector.renames;
    return merges ? new Paged(() => mergeJoin(request)) : tableJoin(request);
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

async function* mergeJoin(request: JoinRequest): AsyncGenerator<readonly Pair[], void> {
    const { element, selector, takes = (item: Item) => selector.selects(item.name) } = request;
    const sources = new Cursor(inOrder(element, "source", request.source));
    const targets = new Cursor(inOrder(element, "target", request.target));
    try {
        // The source first: a source that fails must not wait for a target that can't be reached yet.
        while ((await sources.fill()) || (await targets.fill())) {
            await targets.fill();
            const pairs: Pair[] = [];
            // As long as it is known what comes next on both sides.
            while (sources.isKnown && targets.isKnown && !(sources.isDone && targets.isDone)) {
                pairs.push(nextPair(element, sources, targets, takes));
            }
            yield pairs;
        }
    } finally {
        await Promise.allSettled([sources.close(), targets.close()]);
    }
}

function nextPair(
    element: ElementType,
    sources: Cursor,
    targets: Cursor,
    takes: (item: Item) => boolean,
): Pair {
    const [source, target] = [sources.current, targets.current];
    const order =
        source === undefined ? 1 : target === undefined ? -1 : element.compare(source.name, target.name);
    if (order <= 0) sources.advance();
    if (order >= 0) targets.advance();
    if (order > 0 || source === undefined) {
        if (target === undefined) throw new DataplaneError("Plugin", "a pair of nothing");
        return { name: target.name, target, selected: false };
    }
    const selected = takes(source);
    return order === 0 && target !== undefined
        ? { name: source.name, source, target, selected }
        : { name: source.name, source, selected };
}

/** A place in a listing. */
class Cursor {
    isDone = false;
    #page: readonly Item[] = [];
    #at = 0;

    constructor(private readonly pages: AsyncGenerator<readonly Item[], void>) {}

    /** The item at this place; undefined at the end, and where it must be read first. */
    get current(): Item | undefined {
        return this.#page[this.#at];
    }

    get isKnown(): boolean {
        return this.isDone || this.#at < this.#page.length;
    }

    advance(): void {
        this.#at += 1;
    }

    /** Reads on where that is needed. Answers whether there is an item. */
    async fill(): Promise<boolean> {
        while (!this.isKnown) {
            const next = await this.pages.next();
            this.isDone = next.done === true;
            this.#page = next.value ?? [];
            this.#at = 0;
        }
        return !this.isDone;
    }

    close(): Promise<unknown> {
        return this.pages.return();
    }
}

/** Passes a listing through and makes sure of its order, without which a merge would take items for absent. */
async function* inOrder(
    element: ElementType,
    side: Side,
    listing: AsyncIterable<Item>,
): AsyncGenerator<readonly Item[], void> {
    let previous: string | undefined;
    for await (const page of pagesOf(listing)) {
        for (const { name } of page) {
            if (previous !== undefined && element.compare(previous, name) >= 0) {
                throw new DataplaneError(
                    "Plugin",
                    `the ${side} lists "${name}" after "${previous}", against the order that ${element.name} declares`,
                    { side, item: name },
                );
            }
            previous = name;
        }
        yield page;
    }
}
