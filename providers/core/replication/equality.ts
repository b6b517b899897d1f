import type { ElementType, Item, Side } from "../contract.js";
import { sameJson } from "../json.js";
import { atSource } from "./at-source.js";
import type { Equality } from "./decide.js";
import type { Run } from "./run.js";
import type { GroupRecord, ItemsByGroup } from "./types.js";

/** Whether the services' digests agree; `unknown` where one side has none. Sizes are compared where both are known. */
export function digestsEqual(source: Item, target: Item): Equality {
    if (source.digest === undefined || target.digest === undefined) return "unknown";
    return source.digest === target.digest && bytesAgree(source, target) ? "proven" : "different";
}

export function bytesAgree(a: Item, b: Item): boolean {
    return a.bytes === undefined || b.bytes === undefined || a.bytes === b.bytes;
}

export function propertiesEqual(a: Item, b: Item): boolean {
    return sameJson(a.properties, b.properties);
}

/**
 * On which side the properties changed of an item that the watermarks of its group take for unchanged, as some do so
 * without a trace in the service's clock. Which one it was, only the group can tell: it is the target where nothing of
 * the group is new at the source.
 */
export function silentChange(run: Run, source: Item, target: Item): Side | undefined {
    const { detail, items, copied } = run.request;
    if (detail !== "groups" || run.target.differsSilently?.(source, target) !== true) return undefined;
    const group = source.group ?? "";
    const before = (copied as Record<string, Partial<GroupRecord>>)[group]?.digest;
    return (items as ItemsByGroup)[group]?.digest === before ? "target" : "source";
}

/** How two contents can be read, where the element type compares values. */
export interface Contents {
    source(): Promise<unknown>;
    target(): Promise<unknown>;
    equal(a: unknown, b: unknown): boolean;
}

/**
 * Whether two contents are the same, by the cheapest proof there is: the digests that the services have, else the
 * values where they are small. Contents that are neither are `unknown`; `streamsEqual` reads them.
 */
export async function contentsEqual(
    element: ElementType,
    items: { source: Item; target: Item; foreign: boolean },
    contents: Contents | undefined,
): Promise<Equality> {
    // The source's digest says nothing about a content that the user gave or has changed.
    const byDigest = items.foreign ? "unknown" : digestsEqual(items.source, items.target);
    if (byDigest !== "unknown") return byDigest;
    if (!element.features.comparesValues || contents === undefined) return "unknown";
    const [source, target] = [await contents.source(), await contents.target()];
    return contents.equal(source, target) ? "proven" : "different";
}

/**
 * Whether two contents that are streams are the same: the bytes are read on both sides and counted. `unknown` where the
 * store can't compare streams, or the content is to become another one on its way. Nothing is read where the lengths
 * tell.
 */
export async function streamsEqual(run: Run, source: Item, target: Item): Promise<Equality> {
    const compare = run.target.equalStreams?.bind(run.target);
    if (compare === undefined || run.rewriting !== undefined) return "unknown";
    if (!bytesAgree(source, target)) return "different";
    const ours = await atSource(() => run.source.get(source));
    const theirs = await run.access.run(() => run.target.get(target));
    const { equal, bytes } = await compare(ours, theirs);
    run.tally.compared(bytes);
    return equal ? "proven" : "different";
}
