import type { EngineEvent } from "@pulumi/pulumi/automation";

/** One item that a preview says would change. */
export interface PlannedChange {
    /** The resource's name in the program. */
    resource: string;
    item: string;
    change: "add" | "update" | "delete";
}

/**
 * The items that a preview would change, from the engine's own detailed diff (what `pulumi preview --json` prints as
 * `detailedDiff`), sorted by resource and item.
 *
 * Throws where anything else than an item would change: a property, a resource.
 */
export function plannedChanges(events: readonly EngineEvent[]): PlannedChange[] {
    return events
        .flatMap(({ resourcePreEvent }) =>
            resourcePreEvent === undefined ? [] : [resourcePreEvent.metadata],
        )
        .filter(({ op }) => op !== "same")
        .flatMap(({ urn, op, detailedDiff }) => {
            const resource = resourceName(urn);
            if (op !== "update")
                throw new Error(`The preview would ${op} ${resource}, which nobody asked for`);
            return Object.entries(detailedDiff ?? {}).map(([path, { diffKind }]) => ({
                resource,
                item: itemOf(path, resource),
                change: changeOf(diffKind),
            }));
        })
        .sort((a, b) => text(a).localeCompare(text(b)));
}

/** `update app/api-key`. */
export function text({ resource, item, change }: PlannedChange): string {
    return `${change} ${resource}/${item}`;
}

/** The last part of a URN is the resource's name. */
export function resourceName(urn: string): string {
    return urn.split("::").at(-1) ?? urn;
}

function changeOf(diffKind: string): PlannedChange["change"] {
    const change = diffKind.replace("-replace", "");
    if (change === "add" || change === "update" || change === "delete") return change;
    throw new Error(`The engine knows a change that this demo does not: ${diffKind}`);
}

/** `items.api-key` and `items["documents/a.html"]` are both paths of Pulumi's. */
function itemOf(path: string, resource: string): string {
    const match = /^items(?:\.(?<plain>[^.[\]]+)|\[(?<quoted>".*")\])$/su.exec(path);
    const { plain, quoted } = match?.groups ?? {};
    if (plain !== undefined) return plain;
    if (quoted !== undefined) return JSON.parse(quoted) as string;
    throw new Error(`The preview would change "${path}" of ${resource}, which is no item`);
}
