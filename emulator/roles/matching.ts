/** What a role grants: strings such as `Microsoft.KeyVault/vaults/read`, with `*` for anything, slashes included. */
export interface Permissions {
    readonly actions: readonly string[];
    readonly notActions: readonly string[];
    readonly dataActions: readonly string[];
    readonly notDataActions: readonly string[];
}

/** Operations of the control plane, or of a service's own content. */
export type ActionKind = "action" | "dataAction";

const patterns = new Map<string, RegExp>();

/**
 * Whether an action string of a role covers an operation. Case does not matter.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format
 */
export function matchesAction(pattern: string, action: string): boolean {
    let expression = patterns.get(pattern);
    if (expression === undefined) {
        const literal = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
        expression = new RegExp(`^${literal.join(".*")}$`, "is");
        patterns.set(pattern, expression);
    }
    return expression.test(action);
}

/**
 * Whether one entry of a role's permissions grants the operation: it is in the actions and not in the notActions.
 * Another role may still grant what this one leaves out: notActions deny nothing.
 */
export function grants(permissions: Permissions, action: string, kind: ActionKind): boolean {
    const [granted, excepted] =
        kind === "action"
            ? [permissions.actions, permissions.notActions]
            : [permissions.dataActions, permissions.notDataActions];
    return (
        granted.some((pattern) => matchesAction(pattern, action)) &&
        !excepted.some((pattern) => matchesAction(pattern, action))
    );
}

/** A scope in the form in which scopes are compared: lower case, no slash at the end. The root is "". */
export function normalizeScope(scope: string): string {
    const trimmed = scope.trim().replace(/\/+$/, "").toLowerCase();
    return trimmed === "" || trimmed.startsWith("/") ? trimmed : `/${trimmed}`;
}

/** Whether a scope is the other one or lies in it. Whole segments count: `/a/bc` is not in `/a/b`. */
export function isWithin(scope: string, parent: string): boolean {
    const [inner, outer] = [normalizeScope(scope), normalizeScope(parent)];
    return inner === outer || inner.startsWith(`${outer}/`);
}
