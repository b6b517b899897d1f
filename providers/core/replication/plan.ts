import type { ElementType, Item, Mode, Outlook } from "../contract.js";
import { decide, type Equality } from "./decide.js";
import { digestsEqual, propertiesEqual } from "./equality.js";
import { estimate, type Estimate } from "../estimate/estimate.js";
import type { Prices } from "../estimate/prices.js";
import type { Places } from "../estimate/routes.js";
import { formatMoney } from "../estimate/thresholds.js";
import { formatBytes, formatDuration } from "./format.js";
import { join } from "./join.js";
import { Selector } from "./selection.js";
import type { Path, Selection } from "./types.js";
import { VolumeCounter } from "./volume.js";

export interface PlanRequest {
    readonly element: ElementType;
    readonly mode: Mode;
    readonly selection: Selection;
    /** The source's listing. */
    readonly source: AsyncIterable<Item>;
    /** The target's listing; undefined where there is no target yet: then all would be created. */
    readonly target?: AsyncIterable<Item>;
    /** What the target makes of an item of the source. Default: it takes each as it is. */
    readonly foresee?: (item: Item, target: Pick<Outlook, "name" | "existing">) => Promise<Item>;
    /** Whether the service moves the data itself. Default: as the element type's features say. */
    readonly serverSide?: boolean;
    /** Whether an item's content goes through this process whatever the service can do: it is given or rewritten. */
    readonly isStreamed?: (item: Item) => boolean;
    /** What it costs, and where both sides are. Default: no money is estimated. */
    readonly prices?: Prices;
    readonly places?: Places;
}

/** What a run would do, as far as listings tell: no content is read and no record consulted. */
export interface PlanSummary {
    readonly create: number;
    readonly update: number;
    readonly leave: number;
    /** Items that can't be carried. */
    readonly lose: number;
    /** Bytes of content that would be copied. */
    readonly bytes: number;
    /** The service would move the data itself. */
    readonly serverSide: boolean;
    /** Items that would be created or updated, by the way that their data would go. */
    readonly paths: Readonly<Partial<Record<Path, number>>>;
    readonly estimate: Estimate;
}

/**
 * Compares two listings for a preview. An item would be updated where the digests differ or, without digests, where
 * the source changed later than the target; and where the properties differ. Needs the right to list on both sides.
 * Throws what a listing throws.
 */
export async function planPreview(request: PlanRequest): Promise<PlanSummary> {
    const {
        element,
        mode,
        foresee = (item: Item) => Promise.resolve(item),
        isStreamed = () => false,
        prices,
        places,
    } = request;
    const counts = { create: 0, update: 0, leave: 0, lose: 0 };
    const serverSide = mode === "replication" && (request.serverSide ?? element.features.serverSideCopy);
    const volume = new VolumeCounter(element.limits);
    const pairs = join({
        element,
        source: request.source,
        target: request.target ?? nothing(),
        selector: new Selector(request.selection, element),
        unique: false,
    });
    for await (const { name, source, target, selected } of pairs) {
        volume.listed((source === undefined ? 0 : 1) + (target === undefined ? 0 : 1));
        if (source === undefined || !selected) continue;
        const foreseen = await foresee(source, { name, existing: target });
        const { step, copies } = planItem(mode, foreseen, target);
        counts[step] += 1;
        if (step !== "create" && step !== "update") continue;
        const moved = serverSide && foreseen.streamed !== true && !isStreamed(source);
        volume.copies(pathOf(mode, copies, moved), source);
    }
    const { bytes } = volume.counted();
    return {
        ...counts,
        bytes,
        serverSide,
        paths: volume.paths(),
        estimate: estimate({
            element,
            mode,
            ...volume.counted(),
            ...(prices === undefined ? {} : { prices }),
            ...(places === undefined ? {} : { places }),
        }),
    };
}

function pathOf(mode: Mode, copies: boolean, moved: boolean): Path {
    if (mode === "template") return "none";
    if (!copies) return "properties";
    return moved ? "server-side" : "streamed";
}

/** One line for people: `would create 12, update 3, leave 85 (4.2 GiB, 30 requests, about 2 min, 0.34 USD, server-side)`. */
export function planLine(summary: PlanSummary, expected: Estimate = summary.estimate): string {
    const { create, update, leave, lose, bytes } = summary;
    const { money } = expected;
    const steps = `would create ${String(create)}, update ${String(update)}, leave ${String(leave)}`;
    const lost = lose === 0 ? "" : `, lose ${String(lose)}`;
    if (create + update === 0) return `${steps}${lost}`;
    const facts = [
        ...(bytes === 0 ? [] : [formatBytes(bytes)]),
        `${String(expected.requests)} requests`,
        `about ${formatDuration(expected.seconds)}`,
        ...(money === undefined ? [] : [formatMoney(money.amount, money.currency)]),
        ...(summary.serverSide ? ["server-side"] : []),
    ];
    return `${steps}${lost} (${facts.join(", ")})`;
}

function planItem(
    mode: Mode,
    source: Item,
    target: Item | undefined,
): { step: "create" | "update" | "leave" | "lose"; copies: boolean } {
    const equal = target === undefined ? "unknown" : contentsLookEqual(source, target);
    // As if all at the target were ours: whether it is, only the records of the run can tell.
    const { action } = decide({
        source,
        target,
        standing: { ours: true, sourceUnchanged: false },
        complete: false,
        mode,
        onConflict: "fail",
        prune: false,
        overridden: false,
        equal,
        propertiesEqual: target !== undefined && propertiesEqual(source, target),
    });
    const copies = mode === "replication" && (equal !== "proven" || target?.placeholder === true);
    if (action === "create") return { step: "create", copies };
    if (action === "update") return { step: "update", copies };
    return { step: action === "lose" ? "lose" : "leave", copies: false };
}

function contentsLookEqual(source: Item, target: Item): Equality {
    const byDigest = digestsEqual(source, target);
    if (byDigest !== "unknown") return byDigest;
    const [ours, theirs] = [source.modified?.getTime(), target.modified?.getTime()];
    return ours !== undefined && theirs !== undefined && ours > theirs ? "different" : "proven";
}

async function* nothing(): AsyncGenerator<Item> {
    await Promise.resolve();
    yield* [];
}
