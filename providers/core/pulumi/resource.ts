import * as pulumi from "@pulumi/pulumi";
import type { Mode } from "../contract.js";
import type { OnConflict, Summary } from "../replication/types.js";
import { listItems } from "./listing.js";
import { providerReference, resourceType } from "./provider-reference.js";
import { outputNames } from "./state.js";

/** The arguments that every replica takes. */
export interface ReplicaArgs {
    /** Where the contents are: an ARM resource ID, or a data-plane URL where there is no right to read ARM. */
    source: pulumi.Input<string>;
    /** Where they go: an ARM resource ID or a data-plane URL. Another target is a replacement. */
    target: pulumi.Input<string>;
    /** The credential profile of the source. Default `source`. */
    sourceProfile?: string;
    /** The credential profile of the target. Default `target`. */
    targetProfile?: string;
    /**
     * `template` (default): names and structure, no contents; items that exist at the target are never touched.
     * `replication`: with the data.
     */
    mode?: Mode;
    /** Glob patterns on the names at the source; default all. A pattern that matches nothing is a warning. */
    include?: string[];
    /** Glob patterns of names to leave out. */
    exclude?: string[];
    /**
     * What to do with an item at the target that differs and was not written by this replica, or was changed since:
     * `fail` (default), `skip`, `overwrite`.
     */
    onConflict?: OnConflict;
    /** `fail` (default): a failed item fails the resource after the others are done. `warn`: the stack goes on. */
    onItemError?: "fail" | "warn";
    /**
     * `keep` (default): destroying the replica leaves the copies. `delete`: it removes those that carry its marker,
     * which is then written beside each created item.
     */
    onDelete?: "keep" | "delete";
    /** Removes copies whose source is gone. Default false. */
    prune?: boolean;
    /** How long a role that was just assigned is waited for, in seconds. Default 300. */
    accessTimeout?: number;
    /**
     * Whether the permissions of both sides are compared with what is needed. `warn` (default): a preview tells what is
     * missing, with the commands that assign it. `error`: the preview fails, and an update writes nothing until it is
     * there; a role that the same program assigns is then missing in the first preview. `off`: not at all.
     */
    verifyPermissions?: "error" | "warn" | "off";
}

/** Arguments of element types whose items may get another name at the target. */
export interface RenameArgs {
    /** Name at the target by name at the source. */
    rename?: Record<string, string>;
}

/** Arguments of element types whose contents the user may give. */
export interface OverrideArgs {
    /** Content by name at the source, instead of the source's. Kept as Pulumi secrets. */
    overrides?: Record<string, pulumi.Input<string>>;
}

/** Arguments of element types whose contents are texts. */
export interface RewriteArgs {
    /**
     * Replacement by text, for what must not be the same at the target: `{ "prod.database.windows.net":
     * "staging.database.windows.net" }`. Longer texts win over shorter ones, case counts, and what was put in is not
     * looked at again. The output `rewritten` names the items.
     */
    rewrite?: Record<string, string>;
}

/** Arguments of element types with many items. */
export interface DetailArgs {
    /** `groups` (default): the state holds a summary by container; `items`: each item by name. */
    detail?: "items" | "groups";
}

/** What a resource class tells about its element type. */
export interface ReplicaDefinition {
    kind: string;
    /** The element type's name in the plugin's table. */
    element: string;
    /** The class's name: part of the Pulumi type and so of the state format. */
    className: string;
}

/** The arguments of any replica, with those of its element type under `options`. */
export type AnyReplicaArgs = ReplicaArgs &
    RenameArgs &
    OverrideArgs &
    RewriteArgs &
    DetailArgs & { options?: Record<string, pulumi.Input<unknown>> };

/**
 * A replica of one element type of one resource: the base of every resource class.
 *
 * The source is listed (metadata only) in the program, so that `pulumi preview` shows each item; the copies are made
 * by the dynamic provider during the update.
 */
export abstract class ReplicaResource extends pulumi.CustomResource {
    /** Version by name, or a summary by group: what this replica takes from the source. */
    declare readonly items: pulumi.Output<Record<string, unknown>>;
    /** What the last run wrote down of each item or group. Versions only, never content. */
    declare readonly copied: pulumi.Output<Record<string, unknown>>;
    /** Counts, bytes, seconds and fidelity of the last run. */
    declare readonly summary: pulumi.Output<Summary>;
    /** Names at the target of items in which `rewrite` replaced something. */
    declare readonly rewritten: pulumi.Output<string[]>;
    /** What could not be carried over, and why. */
    declare readonly losses: pulumi.Output<unknown[]>;

    protected constructor(
        definition: ReplicaDefinition,
        name: string,
        args: AnyReplicaArgs,
        options?: pulumi.CustomResourceOptions,
    ) {
        const type = resourceType(definition.kind, definition.className);
        const inputs = replicaInputs(args);
        const resource: { self?: pulumi.Resource } = {};
        const key = `${definition.kind}/${definition.element}`;
        const { items, problem, unlisted } = listItems({
            key,
            name,
            inputs,
            resource,
            parent: options?.parent,
        });
        super(
            type,
            name,
            {
                ...Object.fromEntries(outputNames.map((output) => [output, undefined])),
                ...inputs,
                items,
                __problem: problem,
                __unlisted: unlisted,
                __provider: providerReference(key),
                __urn: ownUrn(name, type, options?.parent),
            },
            {
                ...options,
                additionalSecretOutputs: ["overrides", ...(options?.additionalSecretOutputs ?? [])],
            },
        );
        resource.self = this;
    }
}

/**
 * The URN of this resource, as a promise: an output of it would depend on the parent, a dependency on a component is
 * one on all its children, and two replicas of one component would wait for each other.
 */
function ownUrn(name: string, type: string, parent: pulumi.Resource | undefined): Promise<string> {
    return new Promise((resolve) => {
        pulumi.createUrn(name, type, parent).apply(resolve);
    });
}

function replicaInputs(args: AnyReplicaArgs): pulumi.Inputs {
    return {
        ...args,
        mode: args.mode ?? "template",
        ...(args.overrides === undefined ? {} : { overrides: pulumi.secret(args.overrides) }),
    };
}
