import { checkContents, chooseResources } from "../../components/tenant-plan.js";
import { wholeResource } from "../../components/replica-types.js";
import { discover as discoverItems } from "../../providers/core/discover.js";
import { sortBySupport, type SupportedResource } from "../../providers/core/inventory/inventory.js";
import { describe } from "../../providers/core/pulumi/messages.js";
import { forEachBounded } from "../../providers/core/replication/pool.js";
import { exitCodes } from "../exit.js";
import type { Settings } from "../options.js";
import type { ResourceContents } from "../run-events.js";
import type { Invocation } from "../invocation.js";
import { inventoryOf, noSettings, nothingIn, tellUnsupported } from "../tenant.js";

/** Resources that are listed at once. */
const concurrency = 8;

/** Says what the source holds, with counts: nothing but metadata is read. Answers with the exit code. */
export async function discover(settings: Settings, { sink, interrupt }: Invocation): Promise<number> {
    checkContents(settings.contents);
    const inventory = await inventoryOf("source", settings, sink, interrupt.own);
    const { supported, unsupported } = sortBySupport(chooseResources(inventory.resources, settings).chosen);
    tellUnsupported(unsupported, sink);
    if (supported.length === 0) throw nothingIn(inventory);
    const failed = { elements: 0, all: 0 };
    await forEachBounded(supported, { concurrency, signal: interrupt.own }, async (resource) => {
        const contents = await contentsOf(resource, settings, interrupt.own);
        failed.all += contents.elements.length;
        failed.elements += contents.elements.filter(({ error }) => error !== undefined).length;
        sink({ type: "found", resource: contents });
    });
    if (failed.elements === 0) return exitCodes.done;
    return failed.elements === failed.all ? exitCodes.failed : exitCodes.partial;
}

async function contentsOf(
    resource: SupportedResource,
    settings: Settings,
    signal: AbortSignal,
): Promise<ResourceContents> {
    const whole = wholeResource(resource.plugin.kind, settings);
    const elements: ResourceContents["elements"][number][] = [];
    for (const name of whole?.elements ?? []) {
        const element = resource.plugin.elements[name];
        if (element?.features.modes.includes(settings.mode) !== true) continue;
        try {
            elements.push({ element: name, ...(await countItems(resource, name, settings, signal)) });
        } catch (error) {
            elements.push({ element: name, error: describe(error) });
        }
    }
    return { id: resource.id, kind: resource.plugin.kind, elements };
}

async function countItems(
    { id, plugin }: SupportedResource,
    name: string,
    { mode }: Settings,
    signal: AbortSignal,
): Promise<{ items: number; bytes: number }> {
    const element = plugin.elements[name];
    let [items, bytes] = [0, 0];
    if (element === undefined) return { items, bytes };
    const request = {
        plugin,
        element,
        reference: id,
        mode,
        profileName: "source",
        settings: noSettings,
        signal,
    };
    for await (const item of discoverItems(request)) {
        items += 1;
        bytes += item.bytes ?? 0;
    }
    return { items, bytes };
}
