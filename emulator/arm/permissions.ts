import type { ServiceResponse } from "../contract.js";
import type { ArmContext } from "./context.js";
import { armErrors } from "./errors.js";

/**
 * What the caller may do at a scope. Everybody may ask this about themselves.
 * Source: https://learn.microsoft.com/rest/api/authorization/permissions
 */
export function handlePermissions({ method, path, principal, state }: ArmContext): ServiceResponse {
    if (method !== "GET") throw armErrors.methodNotAllowed(method);
    return { status: 200, body: { value: state.roles.permissionsAt(principal.objectId, path.scope) } };
}
