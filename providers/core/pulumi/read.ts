import type { Item } from "../contract.js";
import { isDataplaneError } from "../errors.js";
import type { OpenedStore } from "../open.js";
import type { ElementEntry } from "../registry.js";
import { drift } from "../replication/drift.js";
import { removeOwned } from "../replication/remove.js";
import { argumentsOf } from "./arguments.js";
import { createEngineLog } from "./engine-log.js";
import { openSide, processSignal } from "./session.js";
import { providerSettings } from "./settings.js";
import { copiedOf, inputsOf, itemsOf, urnOf } from "./state.js";

type Properties = Record<string, unknown>;

/**
 * Lists the target and rewrites `items`, so that `pulumi refresh` shows what moved there since we wrote it. Gone means
 * that ARM says 404 to the target's resource ID; any other failure is an error.
 *
 * Needs the right to list the target.
 */
export async function readReplica(
    entry: ElementEntry,
    id: string,
    properties: Properties,
): Promise<{ id?: string; props?: Properties; inputs?: Properties }> {
    const target = await openIfThere(entry, properties);
    if (target === undefined) return {};
    const parsed = argumentsOf(properties);
    const listing: AsyncIterable<Item> = target.store.list(
        parsed.detail === "groups" ? { groups: Object.keys(itemsOf(properties)) } : {},
    );
    const items = await drift({
        element: entry.element,
        detail: parsed.detail ?? entry.element.features.detail,
        items: itemsOf(properties),
        copied: copiedOf(properties),
        rename: parsed.rename ?? {},
        mode: parsed.mode,
        target: listing,
    });
    const props = { ...properties, items };
    return { id, props, inputs: inputsOf(props) };
}

/**
 * Keeps what was copied, unless `onDelete` is `delete`: then it removes what still carries this replica's marker and
 * the version that it wrote.
 *
 * Needs, only for the latter, the right to delete at the target.
 */
export async function deleteReplica(entry: ElementEntry, id: string, properties: Properties): Promise<void> {
    const parsed = argumentsOf(properties);
    if (parsed.onDelete !== "delete") return;
    const target = await openIfThere(entry, properties);
    if (target === undefined) return;
    const { left } = await removeOwned({
        element: entry.element,
        store: target.store,
        copied: copiedOf(properties),
        detail: parsed.detail ?? entry.element.features.detail,
        owner: id,
        signal: processSignal(),
    });
    const log = createEngineLog(urnOf(properties));
    for (const { item, reason } of left) await log.lasting(`${item}: not deleted: ${reason}`, "warning");
}

async function openIfThere(entry: ElementEntry, properties: Properties): Promise<OpenedStore | undefined> {
    try {
        return await openSide(entry, "target", argumentsOf(properties), providerSettings(), processSignal());
    } catch (error) {
        if (isDataplaneError(error, "NotFound")) return undefined;
        throw error;
    }
}
