import type { Mode } from "../providers/core/contract.js";
import type { Inventory, InventoryResource } from "../providers/core/inventory/inventory.js";
import { sortBySupport, type SupportedResource } from "../providers/core/inventory/inventory.js";
import {
    pairResources,
    type PairingRule,
    type ResourcePair,
    type Unpaired,
} from "../providers/core/inventory/pairing.js";
import { elementNames } from "../providers/core/registry.js";
import { DataplaneError } from "../providers/core/errors.js";
import { Selector } from "../providers/core/replication/selection.js";
import { wholeResource, type WholeResource } from "./replica-types.js";

/** What of a tenant is to be replicated, and how. */
export interface TenantWish {
    readonly mode: Mode;
    readonly pairing?: PairingRule | undefined;
    /** Glob patterns on names of resources at the source. */
    readonly include?: readonly string[] | undefined;
    readonly exclude?: readonly string[] | undefined;
    /** Names of element types. */
    readonly contents?: readonly string[] | undefined;
}

/** One replica of a pair of resources. */
export interface PlannedReplica extends ResourcePair<SupportedResource>, WholeResource {
    /** Its Pulumi name: the same in every run, whatever else there is. */
    readonly name: string;
}

/** What the replication of a tenant consists of. */
export interface TenantPlan {
    readonly replicas: readonly PlannedReplica[];
    /** Resources of supported types without a counterpart. */
    readonly unpaired: readonly Unpaired[];
    /** How many resources there are of types that are not supported, by type. */
    readonly unsupported: Readonly<Record<string, number>>;
    /** Patterns of `include` that match no resource. */
    readonly unmatched: readonly string[];
}

/** Names of resources have no case, and anything may be a pattern. */
const naming = {
    key: (name: string) => name.toLowerCase(),
    invalidName: () => undefined,
    singular: "resource",
};

/**
 * Says which replicas a tenant takes, from what there is on both sides. No I/O.
 *
 * @throws DataplaneError `InvalidArgument`: a pattern that is none, an element type that is not known, a mapping of
 * what is not there.
 */
export function planTenant(source: Inventory, target: Inventory, wish: TenantWish): TenantPlan {
    checkContents(wish.contents);
    const { chosen, unmatched } = chooseResources(source.resources, wish);
    const { supported, unsupported } = sortBySupport(chosen);
    const wanted = supported.flatMap((resource) => {
        const whole = wholeResource(resource.plugin.kind, wish);
        return whole === undefined ? [] : [{ ...resource, whole }];
    });
    const pairing = {
        ...wish.pairing,
        mapping: relevant(wish.pairing?.mapping ?? {}, source.resources, wanted),
    };
    const { pairs, unpaired } = pairResources(wanted, target.resources, pairing);
    const replicas = pairs.map(({ source: { whole, ...resource }, ...pair }) => ({
        ...pair,
        ...whole,
        source: resource,
        name: replicaName(resource),
    }));
    return { replicas, unpaired, unsupported, unmatched };
}

/** The resources that the patterns take. */
export function chooseResources(
    resources: readonly InventoryResource[],
    { include, exclude }: Pick<TenantWish, "include" | "exclude">,
): { chosen: InventoryResource[]; unmatched: readonly string[] } {
    const selector = new Selector(
        { ...(include === undefined ? {} : { include }), ...(exclude === undefined ? {} : { exclude }) },
        naming,
    );
    const chosen = resources.filter(({ name }) => selector.selects(name));
    return { chosen, unmatched: selector.unmatched().include };
}

/** Without what maps resources that are left out this time: a mapping may be for all of them. */
function relevant(
    mapping: Readonly<Record<string, string>>,
    all: readonly InventoryResource[],
    wanted: readonly InventoryResource[],
): Record<string, string> {
    const isAmong = (text: string, resources: readonly InventoryResource[]) =>
        resources.some(({ id, name }) => [id, name].some((each) => naming.key(each) === naming.key(text)));
    const kept = Object.entries(mapping).filter(([from]) => isAmong(from, wanted) || !isAmong(from, all));
    return Object.fromEntries(kept);
}

/** Made of what never changes about the source: a replica under another name would be a new one. */
function replicaName({ plugin, name, resourceGroup }: SupportedResource): string {
    return [plugin.kind, ...(plugin.uniqueNames === false ? [resourceGroup] : []), name]
        .join("-")
        .toLowerCase();
}

/** @throws DataplaneError `InvalidArgument` for an element type that no plugin has. */
export function checkContents(contents: readonly string[] | undefined): void {
    const known = elementNames();
    const unknown = contents?.find((name) => !known.includes(name));
    if (unknown === undefined) return;
    throw new DataplaneError("InvalidArgument", `There is no element type "${unknown}"`, {
        argument: "contents",
        remedy: `Known are ${known.join(", ")}.`,
    });
}
