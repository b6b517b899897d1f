import type { Detail, ElementType, Item, Mode } from "../contract.js";
import { takeName, Selector, type Unmatched } from "./selection.js";
import { SetDigest } from "./set-digest.js";
import type { GroupSummary, ItemsByGroup, ItemsByName, Selection } from "./types.js";

export interface ListItemsRequest {
    readonly element: ElementType;
    /** The source's listing. */
    readonly items: AsyncIterable<Item>;
    readonly mode: Mode;
    readonly detail: Detail;
    readonly selection: Selection;
}

export interface ListedItems {
    /** The input `items`. */
    readonly items: ItemsByName | ItemsByGroup;
    readonly count: number;
    readonly bytes: number;
    readonly unmatched: Unmatched;
}

/** In template mode names alone count: a rotation at the source is no change. */
const templateVersion = "template";

/**
 * Makes the input `items` of a listing of the source: what a preview shows, and the ceiling of the run after it.
 * Throws `InvalidArgument` where two items would take one name at the target.
 */
export async function listItems(request: ListItemsRequest): Promise<ListedItems> {
    const { element, mode, detail, selection } = request;
    const selector = new Selector(selection, element);
    const taken = new Map<string, string>();
    const names: [string, string][] = [];
    const groups = new Map<string, { bytes: number; digest: SetDigest }>();
    let [count, bytes] = [0, 0];
    for await (const item of request.items) {
        const target = selector.targetName(item.name);
        if (!selector.selects(item.name)) continue;
        const version = mode === "template" ? templateVersion : item.version;
        count += 1;
        bytes += item.bytes ?? 0;
        if (detail === "items") {
            takeName(taken, element, item.name, target);
            names.push([item.name, version]);
            continue;
        }
        const group = groups.get(item.group ?? "") ?? { bytes: 0, digest: new SetDigest() };
        group.digest.add(item.name, version);
        group.bytes += item.bytes ?? 0;
        groups.set(item.group ?? "", group);
    }
    const items = detail === "items" ? Object.fromEntries(names.sort(byName)) : summaries(groups);
    return { items, count, bytes, unmatched: selector.unmatched() };
}

function summaries(groups: ReadonlyMap<string, { bytes: number; digest: SetDigest }>): ItemsByGroup {
    const entries = [...groups].map(([name, { bytes, digest }]): [string, GroupSummary] => [
        name,
        { count: digest.count, bytes, digest: digest.toString() },
    ]);
    return Object.fromEntries(entries.sort(byName));
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
    return a < b ? -1 : 1;
}
