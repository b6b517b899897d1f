import { planTenant, type TenantPlan } from "../components/tenant-plan.js";
import type { CredentialSettings } from "../providers/core/credentials/settings.js";
import { takeInventory, type Inventory } from "../providers/core/inventory/inventory.js";
import { describeScope } from "../providers/core/inventory/scope.js";
import { loadPlugins } from "../providers/core/registry.js";
import { CommandFailure } from "./exit.js";
import type { Settings, SideName } from "./options.js";
import type { RunEvent } from "./run-events.js";

/** Takes events as they happen. */
export type Sink = (event: RunEvent) => void;

/** Profiles come from flags and the environment: there is no stack configuration before there is a stack. */
export const noSettings: CredentialSettings = { get: () => undefined };

/** Lists one side. */
export async function inventoryOf(
    side: SideName,
    settings: Settings,
    sink: Sink,
    signal: AbortSignal,
): Promise<Inventory> {
    const inventory = await takeInventory({
        scope: settings.scopes[side],
        side,
        profileName: side,
        settings: noSettings,
        signal,
    });
    const scope = describeScope(inventory.scope);
    sink({ type: "inventory", side, scope, resources: inventory.resources.length });
    return inventory;
}

/**
 * Lists both sides and pairs them.
 *
 * @throws CommandFailure where there is nothing to replicate.
 */
export async function planOf(settings: Settings, sink: Sink, signal: AbortSignal): Promise<TenantPlan> {
    const source = await inventoryOf("source", settings, sink, signal);
    const target = await inventoryOf("target", settings, sink, signal);
    const plan = planTenant(source, target, settings);
    for (const replica of plan.replicas) {
        sink({
            type: "pair",
            source: replica.source.id,
            target: replica.target.id,
            by: replica.by,
            replica: replica.name,
        });
    }
    for (const { source: resource, reason } of plan.unpaired) {
        sink({ type: "unpaired", source: resource.id, reason });
    }
    tellUnsupported(plan.unsupported, sink);
    for (const pattern of plan.unmatched) {
        const message = `--include ${pattern} matches no resource of the source`;
        sink({ type: "message", severity: "warning", message });
    }
    if (plan.replicas.length === 0) throw nothingToReplicate(plan, source);
    return plan;
}

export function tellUnsupported(unsupported: Readonly<Record<string, number>>, sink: Sink): void {
    for (const [resourceType, count] of Object.entries(unsupported)) {
        sink({ type: "unsupported", resourceType, count });
    }
}

function nothingToReplicate(plan: TenantPlan, source: Inventory): CommandFailure {
    if (plan.unpaired.length > 0) {
        return new CommandFailure(
            `None of the ${String(plan.unpaired.length)} resources of the source has a counterpart at the target: ` +
                "make the target's resources first, or pair them with --map, --pair-tag or --rename",
        );
    }
    return nothingIn(source);
}

/** The sentence for a scope without a single resource whose contents can be replicated. */
export function nothingIn({ scope, resources }: Inventory): CommandFailure {
    const types = [...loadPlugins().values()].flatMap(({ resourceTypes }) => resourceTypes);
    return new CommandFailure(
        `There is nothing to replicate in ${describeScope(scope)}: of its ${String(resources.length)} resources none ` +
            `is chosen and of a supported type (${types.join(", ")})`,
    );
}
