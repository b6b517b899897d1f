import type { ServiceResponse } from "../contract.js";
import { everybody, type DenyAssignment } from "../roles/deny-assignments.js";
import { isWithin } from "../roles/matching.js";
import type { ArmContext } from "./context.js";
import { ArmError, armErrors } from "./errors.js";
import { page, parameter } from "./paging.js";
import { isResource } from "./path.js";

const TYPE = "Microsoft.Authorization/denyAssignments";

/**
 * Deny assignments at any scope: read only, as people can't make them.
 * Source: https://learn.microsoft.com/rest/api/authorization/deny-assignments
 */
export function handleDenyAssignments(context: ArmContext): ServiceResponse {
    const { method, path, state, url } = context;
    if (method !== "GET" || isResource(path)) throw armErrors.methodNotAllowed(method);
    context.authorize(`${TYPE}/read`, path.scope);
    const filter = parameter(url, "$filter") ?? "";
    if (filter !== "" && !/^\s*atScope\(\)\s*$/i.test(filter)) {
        throw new ArmError(400, "UnsupportedQuery", `The filter '${filter}' is not supported.`);
    }
    const entries = state.roles.denials
        .all()
        .filter(({ scope }) => isWithin(path.scope, scope) || (filter === "" && isWithin(scope, path.scope)))
        .map((one) => ({ id: one.name, body: show(one) }));
    return { status: 200, body: page(entries, url, state.pageSize) };
}

function show(one: DenyAssignment): object {
    return {
        id: `${one.scope}/providers/${TYPE}/${one.name}`,
        name: one.name,
        type: TYPE,
        properties: {
            denyAssignmentName: one.displayName,
            description: null,
            permissions: [one.permissions],
            scope: one.scope,
            doNotApplyToChildScopes: one.doNotApplyToChildScopes,
            principals: one.principals.map(principal),
            excludePrincipals: one.excludePrincipals.map(principal),
            isSystemProtected: true,
        },
    };
}

function principal(id: string): object {
    return { id, type: id === everybody ? "SystemDefined" : "ServicePrincipal" };
}
