import type { Copied, ItemsByGroup, ItemsByName, ReplicationResult } from "../replication/types.js";
import type { Json } from "../json.js";
import type { ResourceRef } from "../contract.js";
import { pickArguments } from "./arguments.js";
import { sanitizeOutputs } from "./sanitize.js";
import { isUnknown } from "./unknowns.js";

/** The shape of the outputs below; raised when it changes, so that later versions can read earlier states. */
export const stateSchema = 1;

/** Keys of the outputs that are not inputs. A resource class declares each. */
export const outputNames = ["copied", "summary", "losses", "rewritten", "resolved", "schema"] as const;

/** Where the last run found the two sides. */
interface Resolved {
    source: { id?: string; endpoints: Record<string, string> };
    target: { id?: string; endpoints: Record<string, string> };
}

/** The outputs of a resource: its inputs as they are, and what the run wrote down. Never content. */
export function outputsOf(
    inputs: Readonly<Record<string, unknown>>,
    result: ReplicationResult,
    source: ResourceRef,
    target: ResourceRef,
): Record<string, Json> {
    return sanitizeOutputs({
        ...inputsOf(inputs),
        copied: result.copied,
        summary: result.summary,
        losses: result.losses,
        rewritten: result.rewritten,
        resolved: { source: found(source), target: found(target) } satisfies Resolved,
        schema: stateSchema,
    });
}

/** The inputs among any properties: arguments, items and bookkeeping. */
export function inputsOf(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const bookkeeping = Object.fromEntries(
        Object.entries(properties).filter(([key]) => key.startsWith("__")),
    );
    return {
        ...pickArguments(properties),
        ...(properties["items"] === undefined ? {} : { items: properties["items"] }),
        ...bookkeeping,
    };
}

/** The records of the last run, from outputs that may be those of a failed first run. */
export function copiedOf(properties: Readonly<Record<string, unknown>>): Copied {
    return (properties["copied"] ?? {}) as Copied;
}

/** The items of inputs or outputs. */
export function itemsOf(properties: Readonly<Record<string, unknown>>): ItemsByName | ItemsByGroup {
    return (properties["items"] ?? {}) as ItemsByName | ItemsByGroup;
}

function found(resource: ResourceRef): { id?: string; endpoints: Record<string, string> } {
    return {
        ...(resource.id === undefined ? {} : { id: resource.id }),
        endpoints: { ...resource.endpoints },
    };
}

/** The resource's URN: an input, since the dynamic provider protocol does not tell it. */
export function urnOf(properties: Readonly<Record<string, unknown>>): string {
    const urn = properties["__urn"];
    return typeof urn === "string" ? urn : "";
}

/** Why the program could not list the source; undefined where it could. */
export function unlistedOf(properties: Readonly<Record<string, unknown>>): string | undefined {
    const reason = properties["__unlisted"];
    return typeof reason === "string" && !isUnknown(reason) ? reason : undefined;
}
