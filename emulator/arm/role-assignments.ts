import type { ServiceResponse } from "../contract.js";
import type { RoleAssignment } from "../roles/assignments.js";
import { isWithin } from "../roles/matching.js";
import { isObject, type ArmContext } from "./context.js";
import { ArmError, armErrors } from "./errors.js";
import { page, parameter } from "./paging.js";
import { isResource } from "./path.js";
import { GUID, roleDefinitionId } from "./role-definitions.js";

const TYPE = "Microsoft.Authorization/roleAssignments";

/**
 * Role assignments at any scope.
 * Source: https://learn.microsoft.com/rest/api/authorization/role-assignments
 */
export async function handleRoleAssignments(context: ArmContext): Promise<ServiceResponse> {
    const { method, path } = context;
    if (!isResource(path)) {
        if (method !== "GET") throw armErrors.methodNotAllowed(method);
        return list(context);
    }
    switch (method) {
        case "GET": {
            context.authorize(`${TYPE}/read`, path.path);
            const assignment = find(context);
            if (assignment === undefined) throw notFound(path.names[0] ?? "");
            return { status: 200, body: show(context, assignment) };
        }
        case "PUT":
            return put(context);
        case "DELETE": {
            context.authorize(`${TYPE}/delete`, path.path);
            const assignment = find(context);
            if (assignment === undefined) return { status: 204 };
            context.state.roles.remove(assignment);
            return { status: 200, body: show(context, assignment) };
        }
        default:
            throw armErrors.methodNotAllowed(method);
    }
}

function find({ path, state }: ArmContext): RoleAssignment | undefined {
    const name = path.names[0]?.toLowerCase();
    return state.roles
        .assignments()
        .find(
            (one) => one.name === name && isWithin(one.scope, path.scope) && isWithin(path.scope, one.scope),
        );
}

async function put(context: ArmContext): Promise<ServiceResponse> {
    const { path, state } = context;
    context.authorize(`${TYPE}/write`, path.path);
    const name = path.names[0] ?? "";
    if (!GUID.test(name)) {
        throw new ArmError(
            400,
            "InvalidRoleAssignmentId",
            `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
        );
    }
    const body = await context.body();
    // Before 2018 there was no other form; later ones flatten nothing either.
    const properties = isObject(body.properties) ? body.properties : body;
    const { principalId, roleDefinitionId: role, principalType, description, condition } = properties;
    if (typeof principalId !== "string" || typeof role !== "string") {
        throw armErrors.invalidContent(
            "Required properties 'principalId' and 'roleDefinitionId' not found in JSON.",
        );
    }
    const definition = GUID.test(role.split("/").at(-1) ?? "") ? state.roles.definition(role) : undefined;
    if (definition === undefined) {
        throw new ArmError(
            400,
            "RoleDefinitionDoesNotExist",
            `The specified role definition with ID '${role}' does not exist.`,
        );
    }
    const tenant = context.tenant;
    const known = state.entra.principals.some(
        (one) => one.tenantId === tenant.id && one.objectId === principalId.toLowerCase(),
    );
    // A principal that was just made is not yet known everywhere: with its type given, ARM does not look.
    // Source: https://learn.microsoft.com/azure/role-based-access-control/role-assignments-rest#new-service-principal
    if (!known && principalType === undefined) {
        throw new ArmError(
            400,
            "PrincipalNotFound",
            `Principal ${principalId.replaceAll("-", "")} does not exist in the directory ${tenant.id}. Check that you ` +
                "have the correct principal ID. If you are creating this principal and then immediately assigning a " +
                "role, this error might be related to a replication delay. In this case, set the role assignment " +
                "principalType property to a value, such as ServicePrincipal, User, or Group. See " +
                "https://aka.ms/docs-principaltype",
        );
    }
    checkFree(context, name, definition.id, principalId);
    const existing = find(context);
    if (existing !== undefined) return { status: 201, body: show(context, existing) };
    const assignment = state.roles.assign({
        name,
        scope: path.scope,
        role: definition.id,
        principalId,
        createdBy: context.principal.objectId,
        ...(typeof principalType === "string" ? { principalType } : {}),
        ...(typeof description === "string" ? { description } : {}),
        ...(typeof condition === "string" ? { condition } : {}),
    });
    return { status: 201, body: show(context, assignment) };
}

/** The same role for the same principal at the same scope exists once; an assignment's name stands for one only. */
function checkFree({ path, state }: ArmContext, name: string, roleId: string, principalId: string): void {
    const atScope = state.roles
        .assignments()
        .filter((one) => isWithin(one.scope, path.scope) && isWithin(path.scope, one.scope));
    const same = atScope.find(
        (one) => one.roleId === roleId && one.principalId === principalId.toLowerCase(),
    );
    if (same !== undefined && same.name !== name.toLowerCase()) {
        throw new ArmError(
            409,
            "RoleAssignmentExists",
            `The role assignment already exists. The ID of the existing role assignment is ${same.name.replaceAll("-", "")}.`,
        );
    }
    const named = state.roles.assignments().find((one) => one.name === name.toLowerCase());
    if (named !== undefined && named !== same) {
        throw new ArmError(
            409,
            "RoleAssignmentUpdateNotPermitted",
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        );
    }
}

/**
 * Without a filter: what was given at the scope, above it and inside it. `atScope()` leaves out what is inside.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
 */
function list(context: ArmContext): ServiceResponse {
    const { path, state } = context;
    context.authorize(`${TYPE}/read`, path.scope);
    const filter = parameter(context.url, "$filter") ?? "";
    const principal = /(?:assignedTo\('([^']+)'\)|principalId\s+eq\s+'([^']+)')/i.exec(filter);
    const principalId = (principal?.[1] ?? principal?.[2])?.toLowerCase();
    const onlyAtScope = /atScope\(\)/i.test(filter);
    const rest = filter
        .replace(/atScope\(\)|assignedTo\('[^']+'\)|principalId\s+eq\s+'[^']+'/gi, "")
        .replace(/\band\b/gi, "")
        .trim();
    if (rest !== "") throw new ArmError(400, "UnsupportedQuery", `The filter '${filter}' is not supported.`);
    const entries = state.roles
        .assignments()
        .filter(({ scope }) => isWithin(path.scope, scope) || (!onlyAtScope && isWithin(scope, path.scope)))
        .filter((one) => principalId === undefined || one.principalId === principalId)
        .map((one) => ({ id: one.name, body: show(context, one) }));
    return { status: 200, body: page(entries, context.url, state.pageSize) };
}

function show({ tenant }: ArmContext, assignment: RoleAssignment): object {
    const scope = assignment.scope === "/" ? "" : assignment.scope;
    const created = new Date(assignment.createdOn).toISOString();
    return {
        id: `${scope}/providers/${TYPE}/${assignment.name}`,
        name: assignment.name,
        type: TYPE,
        properties: {
            roleDefinitionId: roleDefinitionId(assignment.roleId, tenant.subscription.id),
            principalId: assignment.principalId,
            principalType: assignment.principalType,
            scope: assignment.scope,
            condition: assignment.condition ?? null,
            conditionVersion: assignment.condition === undefined ? null : "2.0",
            createdOn: created,
            updatedOn: created,
            createdBy: assignment.createdBy,
            updatedBy: assignment.createdBy,
            delegatedManagedIdentityResourceId: null,
            description: assignment.description ?? null,
        },
    };
}

function notFound(name: string): ArmError {
    return new ArmError(404, "RoleAssignmentNotFound", `The role assignment '${name}' is not found.`);
}
