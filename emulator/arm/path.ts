/** A Resource Manager path, taken apart. Segments are decoded, in the caller's case. */
export interface ArmPath {
    /** The whole path, without a slash at the end. */
    readonly path: string;
    readonly segments: readonly string[];
    readonly subscriptionId?: string;
    readonly resourceGroup?: string;
    /** What stands before the last `/providers/`: `/subscriptions/…/resourceGroups/…`, or an extended resource's ID. */
    readonly scope: string;
    /** Undefined where there is no `/providers/` in it. */
    readonly namespace?: string;
    /** `["sites", "config"]`. */
    readonly types: readonly string[];
    /** As many as types for a resource, one fewer for a collection or an action. */
    readonly names: readonly string[];
}

/**
 * Takes a path apart.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource#resourceid
 */
export function parseArmPath(pathname: string): ArmPath {
    const segments = pathname.split("/").filter(Boolean).map(decodeURIComponent);
    const lower = segments.map((segment) => segment.toLowerCase());
    const path = `/${segments.join("/")}`;
    const subscriptionId = lower[0] === "subscriptions" ? lower[1] : undefined;
    const resourceGroup =
        subscriptionId !== undefined && lower[2] === "resourcegroups" ? segments[3] : undefined;
    const common = {
        path,
        segments,
        ...(subscriptionId === undefined ? {} : { subscriptionId }),
        ...(resourceGroup === undefined ? {} : { resourceGroup }),
    };
    const providers = lower.lastIndexOf("providers");
    const namespace = providers < 0 ? undefined : segments[providers + 1];
    if (namespace === undefined) return { ...common, scope: path, types: [], names: [] };
    const rest = segments.slice(providers + 2);
    return {
        ...common,
        scope: `/${segments.slice(0, providers).join("/")}`,
        namespace,
        types: rest.filter((_, index) => index % 2 === 0),
        names: rest.filter((_, index) => index % 2 === 1),
    };
}

/** `Microsoft.KeyVault/vaults`, as the caller wrote it. */
export function typeOf(path: ArmPath): string {
    return [path.namespace, ...path.types].join("/");
}

/** Whether the path names one resource. */
export function isResource(path: ArmPath): boolean {
    return path.namespace !== undefined && path.types.length > 0 && path.names.length === path.types.length;
}

/** The ID of the resource that a path's child collection or action belongs to; its scope where it has none above. */
export function parentOf(path: ArmPath): string {
    const count = path.names.length === path.types.length ? path.names.length - 1 : path.names.length;
    return resourceIdOf(path, count);
}

/** The ID made of the first so many pairs of type and name. */
export function resourceIdOf(path: ArmPath, count: number): string {
    const scope = path.scope === "/" ? "" : path.scope;
    if (count === 0 || path.namespace === undefined) return path.scope;
    const pairs = path.types.slice(0, count).flatMap((type, index) => [type, path.names[index] ?? ""]);
    return `${scope}/providers/${path.namespace}/${pairs.join("/")}`;
}
