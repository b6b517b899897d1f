import type { Item } from "../contract.js";
import { isDataplaneError, type ErrorCode } from "../errors.js";
import type { CredentialSettings } from "../credentials/settings.js";
import type { OpenedStore } from "../open.js";
import { pricesFor } from "../estimate/prices.js";
import type { Places } from "../estimate/routes.js";
import type { ElementEntry } from "../registry.js";
import { planPreview, type PlanSummary } from "../replication/plan.js";
import { Selector, checkTargetNames, type Unmatched } from "../replication/selection.js";
import { summariseGroups } from "../replication/groups.js";
import type { ItemsByGroup, ItemsByName } from "../replication/types.js";
import type { ReplicaArguments } from "./arguments.js";
import { describe } from "./messages.js";
import { selectionOf } from "./lifecycle.js";
import { openSide } from "./session.js";

/** What the program learns of a replica before anything is copied. */
export interface Previewed {
    /** The input `items`. */
    items: ItemsByName | ItemsByGroup;
    byGroup: boolean;
    /** Names at the target (folded), or groups: what this replica claims. */
    names: ReadonlySet<string>;
    /** What would be done, and what that takes: in a preview. */
    plan?: PlanSummary;
    /** Where both sides are; the target's is undefined while it is not known or can't be seen. */
    places: Places;
    warnings: string[];
    /** Why the plan does not look at the target. */
    unseenTarget?: unknown;
    /** Patterns of `include` that match nothing, and the name of the resource in which they don't. */
    unmatched: { patterns: readonly string[]; where: string };
}

export interface PreviewRequest {
    entry: ElementEntry;
    parsed: ReplicaArguments;
    /** Undefined while the target is not known. */
    target: string | undefined;
    settings: CredentialSettings;
    /** Whether to list the target too and make the line: in a preview. */
    plan: boolean;
}

/** In template mode names alone count: a rotation at the source is no change. */
const nameOnly = "name only";

/**
 * Lists the source, and in a preview the target beside it, metadata only. By name the names are held in memory, by
 * group only the summaries. Needs the right to list; throws what listing the source throws.
 */
export async function previewReplica(request: PreviewRequest): Promise<Previewed> {
    const { entry, parsed } = request;
    const { element } = entry;
    const signal = new AbortController().signal;
    if (!element.features.modes.includes(parsed.mode)) {
        const mode = element.features.modes.map((name) => `mode: "${name}"`).join(" or ");
        const warning = `${element.name} have no structure of their own, so ${parsed.mode} mode copies none: use ${mode}`;
        const unmatched = { patterns: [], where: "" };
        return { items: {}, byGroup: false, names: new Set(), places: {}, warnings: [warning], unmatched };
    }
    const source = await openSide(entry, "source", parsed, request.settings, signal);
    const selector = new Selector(selectionOf(parsed), element);
    const byGroup = (parsed.detail ?? element.features.detail) === "groups";
    const collected = new Collector(byGroup, request);
    const listing = collected.tap(source.store.list(), selector);
    let planned: Planned = { places: { source: source.resource.location } };
    if (request.plan) planned = await plan(request, source, listing, signal);
    else for await (const _ of listing);
    return {
        items: collected.items(),
        byGroup,
        names: collected.names(),
        ...planned,
        warnings: [...noticeOf(request), ...renameWarnings(selector.unmatched(), source)],
        unmatched: { patterns: selector.unmatched().include, where: source.resource.name },
    };
}

type Planned = Pick<Previewed, "plan" | "places" | "unseenTarget">;

/** Before an update that reads what changes by being read. */
function noticeOf({ entry, parsed, plan: isPreview }: PreviewRequest): string[] {
    const notice = parsed.mode === "replication" && entry.element.disturbingReads?.notice(parsed.options);
    return isPreview && typeof notice === "string" ? [notice] : [];
}

async function plan(
    request: PreviewRequest,
    { store: source, resource }: OpenedStore,
    listing: AsyncIterable<Item>,
    signal: AbortSignal,
): Promise<Planned> {
    const { entry, parsed } = request;
    const { target, unseenTarget } = await openTarget(request, signal);
    const isRewritten = Object.keys(parsed.rewrite ?? {}).length > 0;
    const given = new Set(Object.keys(parsed.overrides ?? {}).map((name) => entry.element.key(name)));
    const isStreamed = (item: Item): boolean => isRewritten || given.has(entry.element.key(item.name));
    const places = { source: resource.location, target: target?.resource.location };
    const planned = {
        element: entry.element,
        mode: parsed.mode,
        selection: selectionOf(parsed),
        source: listing,
        isStreamed,
        prices: pricesFor(entry.plugin, request.settings),
        places,
    };
    if (target === undefined) {
        // Whether the service moves the data may hang on the target, which is not there to be asked.
        const serverSide = source.movesDataFrom === undefined ? {} : { serverSide: false };
        const plan = await planPreview({ ...planned, ...serverSide });
        return { plan, places, ...(unseenTarget === undefined ? {} : { unseenTarget }) };
    }
    const { store } = target;
    const foresee = store.foresee?.bind(store);
    const plan = await planPreview({
        ...planned,
        target: store.list(),
        ...(foresee === undefined
            ? {}
            : {
                  foresee: (item, there) =>
                      foreseen(() => foresee(item, source, { ...there, streamed: isStreamed(item) }), item),
              }),
        ...(store.movesDataFrom === undefined ? {} : { serverSide: await store.movesDataFrom(source) }),
    });
    return { plan, places };
}

/** An item that the target refuses until the user changes something counts as lost here; the update names it. */
async function foreseen(foresee: () => Promise<Item>, item: Item): Promise<Item> {
    try {
        return await foresee();
    } catch (error) {
        if (!isDataplaneError(error, "InvalidItem")) throw error;
        return { ...item, lost: { item: item.name, what: "item", reason: describe(error) } };
    }
}

/** The target of a preview: none where it is not there yet, nor where it can't be reached, with the reason. */
async function openTarget(
    request: PreviewRequest,
    signal: AbortSignal,
): Promise<{ target?: OpenedStore; unseenTarget?: unknown }> {
    if (request.target === undefined) return {};
    try {
        const target = await openSide(request.entry, "target", request.parsed, request.settings, signal);
        // The first page tells whether it may be listed; a refusal must not spoil the listing of the source.
        for await (const _ of target.store.list()) break;
        return { target };
    } catch (error) {
        if (isDataplaneError(error, "NotFound")) return {};
        if (!mayPassInPreview(error)) throw error;
        return { unseenTarget: error };
    }
}

/** What may be different in the update: access and the network. A wrong argument or credential may not. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
    "AccessDenied",
    "Firewall",
    "Unreachable",
    "Throttled",
]);

/** Whether a preview goes on after an error, with a warning. */
export function mayPassInPreview(error: unknown): boolean {
    return isDataplaneError(error) && passing.has(error.code);
}

function renameWarnings({ rename }: Unmatched, source: OpenedStore): string[] {
    return rename.map((name) => `rename: there is no "${name}" in ${source.resource.name}`);
}

/** Gathers what a listing shows while it streams by. */
class Collector {
    /** Not an object: an item may be called `__proto__`. */
    readonly #byName = new Map<string, string>();
    readonly #groups: ReturnType<typeof summariseGroups>;

    constructor(
        private readonly byGroup: boolean,
        private readonly request: PreviewRequest,
    ) {
        this.#groups = summariseGroups();
    }

    /** Passes the listing on and keeps what the selection takes. */
    async *tap(listing: AsyncIterable<Item>, selector: Selector): AsyncGenerator<Item> {
        for await (const item of listing) {
            if (selector.selects(item.name)) this.#take(item);
            selector.targetName(item.name);
            yield item;
        }
    }

    #take(item: Item): void {
        if (this.byGroup) this.#groups.add(item);
        else this.#byName.set(item.name, this.request.parsed.mode === "template" ? nameOnly : item.version);
    }

    items(): ItemsByName | ItemsByGroup {
        return this.byGroup ? this.#groups.summaries() : Object.fromEntries(this.#byName);
    }

    /** Throws where two items would end up under one name at the target. */
    names(): ReadonlySet<string> {
        if (this.byGroup) return new Set(Object.keys(this.#groups.summaries()));
        const { element } = this.request.entry;
        const selection = selectionOf(this.request.parsed);
        const names = [...this.#byName.keys()];
        checkTargetNames(names, selection, element);
        const selector = new Selector(selection, element);
        return new Set(names.map((name) => element.key(selector.targetName(name))));
    }
}
