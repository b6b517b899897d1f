import * as pulumi from "@pulumi/pulumi";
import { takeInventory } from "../providers/core/inventory/inventory.js";
import type { PairingRule } from "../providers/core/inventory/pairing.js";
import type { ScopeParts } from "../providers/core/inventory/scope.js";
import { describe } from "../providers/core/pulumi/messages.js";
import { programSettings } from "../providers/core/pulumi/program-settings.js";
import type { ReplicaArgs } from "../providers/core/pulumi/resource.js";
import { defined } from "./defined.js";
import { declareReplica } from "./replica-types.js";
import { planTenant, type PlannedReplica, type TenantPlan } from "./tenant-plan.js";

/** A subscription, or resource groups in it. */
export interface TenantScope {
    /** The subscription's ID. Default: that of the profile, or of the resource groups' resource IDs. */
    subscription?: pulumi.Input<string>;
    /** A resource group: its ARM resource ID, or its name. Default: all of the subscription. */
    resourceGroup?: pulumi.Input<string>;
    /** Several resource groups of one subscription. */
    resourceGroups?: pulumi.Input<string>[];
}

/** What `TenantReplica` takes. */
export interface TenantReplicaArgs extends Pick<
    ReplicaArgs,
    "sourceProfile" | "targetProfile" | "mode" | "onConflict" | "onItemError" | "onDelete" | "accessTimeout"
> {
    /** Where the contents are. */
    source: TenantScope;
    /** Where they go: the resources must be there, made by azure-native or otherwise. */
    target: TenantScope;
    /** How resources find their counterparts. Default: by the same name. */
    pairing?: PairingRule;
    /** Glob patterns on names of resources at the source. Default all. */
    include?: string[];
    /** Glob patterns on names of resources at the source, to leave out. */
    exclude?: string[];
    /** Names of element types, such as `secrets` or `blobs`. Default: all that a reading role at the source is enough for. */
    contents?: string[];
}

/**
 * The contents of all resources of a subscription or of resource groups: lists both sides, pairs each resource of the
 * source with one of the target, and makes one replica for each pair, such as a `KeyVaultReplica`. A resource without a
 * counterpart is a warning; types that are not supported are told.
 *
 * What one replica fails at doesn't stop the others with `pulumi up --continue-on-error`. Needs `Reader` on both
 * scopes, beside what each replica needs. While a scope is not known, in a preview before its resource group is there,
 * nothing is paired.
 */
export class TenantReplica extends pulumi.ComponentResource {
    /** The target's resource ID by the source's. */
    readonly pairs: pulumi.Output<Record<string, string>>;
    /** Why a resource of the source has no counterpart, by its resource ID. */
    readonly unpaired: pulumi.Output<Record<string, string>>;
    /** How many resources of the source are of types that are not supported, by type. */
    readonly unsupported: pulumi.Output<Record<string, number>>;

    constructor(name: string, args: TenantReplicaArgs, options?: pulumi.ComponentResourceOptions) {
        const component: { self?: pulumi.ComponentResource } = {};
        // The component's own registration waits for this input, and the program for that: so the replicas are declared
        // in time, though the listing takes a while.
        const found = pulumi
            .output({ source: plain(args.source), target: plain(args.target) })
            .apply(async ({ source, target }) => {
                const plan = await planOf(args, source, target);
                for (const replica of plan.replicas) declare(args, replica, component.self);
                tell(plan, component.self);
                return resultOf(plan);
            });
        super("azure-dataplane:index:TenantReplica", name, { pairs: found.pairs }, options);
        component.self = this;
        this.pairs = found.pairs;
        this.unpaired = found.unpaired;
        this.unsupported = found.unsupported;
        this.registerOutputs({
            pairs: found.pairs,
            unpaired: found.unpaired,
            unsupported: found.unsupported,
        });
    }
}

interface PlainScope {
    subscription?: pulumi.Input<string> | undefined;
    resourceGroups?: pulumi.Input<string>[] | undefined;
}

function plain({ subscription, resourceGroup, resourceGroups = [] }: TenantScope): PlainScope {
    const groups = [...(resourceGroup === undefined ? [] : [resourceGroup]), ...resourceGroups];
    return {
        ...(subscription === undefined ? {} : { subscription }),
        ...(groups.length === 0 ? {} : { resourceGroups: groups }),
    };
}

async function planOf(args: TenantReplicaArgs, source: ScopeParts, target: ScopeParts): Promise<TenantPlan> {
    const settings = programSettings();
    try {
        const [from, to] = await Promise.all([
            takeInventory({
                scope: source,
                side: "source",
                profileName: args.sourceProfile ?? "source",
                settings,
            }),
            takeInventory({
                scope: target,
                side: "target",
                profileName: args.targetProfile ?? "target",
                settings,
            }),
        ]);
        return planTenant(from, to, { mode: "template", ...args });
    } catch (error) {
        // A RunError is printed without a stack.
        throw new pulumi.RunError(describe(error));
    }
}

function declare(
    args: TenantReplicaArgs,
    replica: PlannedReplica,
    parent: pulumi.ComponentResource | undefined,
): void {
    const { mode, sourceProfile, targetProfile, onConflict, onItemError, onDelete, accessTimeout } = args;
    const common = { mode, sourceProfile, targetProfile, onConflict, onItemError, onDelete, accessTimeout };
    declareReplica(
        replica.type,
        replica.name,
        { ...replica.settings, ...defined(common), source: replica.source.id, target: replica.target.id },
        parent === undefined ? {} : { parent },
    );
}

/** Never awaited: the SDK sends a line once the component's URN is there, and that waits for this listing. */
function tell(plan: TenantPlan, component: pulumi.ComponentResource | undefined): void {
    for (const { source, reason } of plan.unpaired) {
        void pulumi.log.warn(`${source.id} is not replicated: ${reason}`, component);
    }
    for (const pattern of plan.unmatched) {
        void pulumi.log.warn(`include: "${pattern}" matches no resource of the source`, component);
    }
    const unsupported = Object.entries(plan.unsupported).map(([type, count]) => `${String(count)} ${type}`);
    if (unsupported.length > 0) {
        void pulumi.log.info(`of types that are not supported yet: ${unsupported.join(", ")}`, component);
    }
}

function resultOf(plan: TenantPlan) {
    return {
        pairs: Object.fromEntries(plan.replicas.map(({ source, target }) => [source.id, target.id])),
        unpaired: Object.fromEntries(plan.unpaired.map(({ source, reason }) => [source.id, reason])),
        unsupported: { ...plan.unsupported },
    };
}
