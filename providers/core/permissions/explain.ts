import type { Permission } from "../contract.js";

/**
 * What to do about a permission that is missing, as a block of text: what it is for, the actions, the role, the scope
 * and the command that assigns it.
 *
 * @param scope ARM resource ID, or a data-plane URL where only that is known.
 * @param assignee client or object ID of the caller, where it is known.
 */
export function explainMissing(permission: Permission, scope: string, assignee?: string): string {
    const { role, purpose } = permission;
    const actions = [...permission.actions, ...permission.dataActions].join(", ");
    return [
        `To ${purpose}, the role "${role.name}" (${actions}) is needed at ${scope}:`,
        `az role assignment create --role "${role.name}" ` +
            `--assignee ${assignee ?? "<object ID of the identity>"} --scope ${scopeText(scope)}`,
    ].join("\n");
}

/** The command takes ARM scopes only. */
function scopeText(scope: string): string {
    return scope.startsWith("/") ? `"${scope}"` : `"<ARM resource ID of ${scope}>"`;
}
