import type { Caller } from "../access.js";
import type { Permission } from "../contract.js";

/**
 * What to do about a permission that is missing, as a block of text: what it is for, the actions, the role, the scope
 * and the command that assigns it.
 *
 * @param scope ARM resource ID, or a data-plane URL where only that is known.
 * @param actions those that are missing. Default: all of the permission's.
 */
export function explainMissing(
    permission: Permission,
    scope: string,
    caller: Caller = {},
    actions: readonly string[] = [...permission.actions, ...permission.dataActions],
): string {
    const { role, purpose } = permission;
    return [
        `To ${purpose}, the role "${role.name}" (${actions.join(", ")}) is needed at ${scope}:`,
        assignCommand(role.name, scope, caller),
    ].join("\n");
}

/**
 * The Azure CLI's command that assigns a role, on one line. With object ID and type it asks nothing of the directory,
 * for which an application seldom has the right:
 * https://learn.microsoft.com/cli/azure/role/assignment#az-role-assignment-create
 */
export function assignCommand(role: string, scope: string, caller: Caller): string {
    return `az role assignment create ${assigneeFlags(caller)} --role "${role}" --scope ${scopeText(scope)}`;
}

function assigneeFlags({ objectId, principalType, clientId }: Caller): string {
    if (objectId === undefined) return `--assignee ${clientId ?? "<object ID of the identity>"}`;
    const type = principalType ?? "<User or ServicePrincipal: the token does not tell>";
    return `--assignee-object-id ${objectId} --assignee-principal-type ${type}`;
}

/** The command takes ARM scopes only. */
function scopeText(scope: string): string {
    return scope.startsWith("/") ? `"${scope}"` : `"<ARM resource ID of ${scope}>"`;
}
