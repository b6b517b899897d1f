import type { ServiceResponse } from "../contract.js";
import type { RoleDefinition } from "../roles/built-in.js";
import type { Permissions } from "../roles/matching.js";
import { isWithin } from "../roles/matching.js";
import { isObject, type ArmContext } from "./context.js";
import { ArmError, armErrors } from "./errors.js";
import { page, parameter } from "./paging.js";
import { isResource } from "./path.js";

const TYPE = "Microsoft.Authorization/roleDefinitions";

export const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A definition's resource ID as ARM writes it, in a subscription. */
export function roleDefinitionId(guid: string, subscriptionId: string): string {
    return `/subscriptions/${subscriptionId}/providers/${TYPE}/${guid}`;
}

/**
 * Role definitions: the built-in ones, and custom ones.
 * Source: https://learn.microsoft.com/rest/api/authorization/role-definitions
 */
export async function handleRoleDefinitions(context: ArmContext): Promise<ServiceResponse> {
    const { method, path, state } = context;
    if (!isResource(path)) {
        if (method !== "GET") throw armErrors.methodNotAllowed(method);
        return list(context);
    }
    const guid = path.names[0] ?? "";
    const definition = GUID.test(guid) ? state.roles.definition(guid) : undefined;
    switch (method) {
        case "GET":
            context.authorize(`${TYPE}/read`, path.path);
            if (definition === undefined) throw notFound(guid);
            return { status: 200, body: show(context, definition) };
        case "PUT":
            return put(context, guid, definition);
        case "DELETE":
            context.authorize(`${TYPE}/delete`, path.path);
            if (definition === undefined) return { status: 204 };
            checkCustom(definition);
            state.roles.removeDefinition(guid);
            return { status: 200, body: show(context, definition) };
        default:
            throw armErrors.methodNotAllowed(method);
    }
}

function list(context: ArmContext): ServiceResponse {
    const { path, state } = context;
    context.authorize(`${TYPE}/read`, path.scope);
    const filter = parameter(context.url, "$filter") ?? "";
    const name = /roleName\s+eq\s+'((?:[^']|'')+)'/i.exec(filter)?.[1]?.replaceAll("''", "'").toLowerCase();
    const type = /\btype\s+eq\s+'([^']+)'/i.exec(filter)?.[1]?.toLowerCase();
    const entries = state.roles
        .definitions()
        .filter((one) => name === undefined || one.name.toLowerCase() === name)
        .filter((one) => type === undefined || one.type.toLowerCase() === type)
        .filter((one) =>
            one.assignableScopes.some((scope) => isWithin(path.scope, scope) || isWithin(scope, path.scope)),
        )
        .map((one) => ({ id: one.id, body: show(context, one) }));
    return { status: 200, body: page(entries, context.url, state.pageSize) };
}

async function put(
    context: ArmContext,
    guid: string,
    existing: RoleDefinition | undefined,
): Promise<ServiceResponse> {
    const { path, state } = context;
    context.authorize(`${TYPE}/write`, path.path);
    if (!GUID.test(guid)) {
        throw new ArmError(
            400,
            "RoleDefinitionIdNotValid",
            `The role definition ID '${guid}' is not a GUID.`,
        );
    }
    if (existing !== undefined) checkCustom(existing);
    const { properties } = await context.body();
    if (!isObject(properties) || typeof properties.roleName !== "string") {
        throw armErrors.invalidContent("Required property 'roleName' not found in JSON.");
    }
    const scopes = texts(properties.assignableScopes);
    if (scopes.length === 0) {
        throw new ArmError(400, "MissingAssignableScopes", "The role definition has no assignable scopes.");
    }
    const taken = state.roles.definitions().find(({ name }) => name === properties.roleName);
    if (taken !== undefined && taken.id !== guid.toLowerCase()) {
        throw new ArmError(
            409,
            "RoleDefinitionWithSameNameExists",
            `A custom role with the same name already exists in this directory. Use a different name.`,
        );
    }
    const permissions = Array.isArray(properties.permissions) ? properties.permissions.filter(isObject) : [];
    state.roles.define({
        id: guid,
        name: properties.roleName,
        description: typeof properties.description === "string" ? properties.description : "",
        assignableScopes: scopes,
        permissions: permissions.map(toPermissions),
    });
    const defined = state.roles.definition(guid);
    if (defined === undefined) throw notFound(guid);
    return { status: 201, body: show(context, defined) };
}

function toPermissions(value: Record<string, unknown>): Permissions {
    return {
        actions: texts(value.actions),
        notActions: texts(value.notActions),
        dataActions: texts(value.dataActions),
        notDataActions: texts(value.notDataActions),
    };
}

function texts(value: unknown): string[] {
    return Array.isArray(value) ? value.map(String) : [];
}

function show({ tenant }: ArmContext, definition: RoleDefinition): object {
    const time = "2015-02-02T21:55:09.8806423Z";
    return {
        id: roleDefinitionId(definition.id, tenant.subscription.id),
        name: definition.id,
        type: TYPE,
        properties: {
            roleName: definition.name,
            type: definition.type,
            description: definition.description,
            assignableScopes: definition.assignableScopes,
            permissions: definition.permissions,
            createdOn: time,
            updatedOn: time,
            createdBy: null,
            updatedBy: null,
        },
    };
}

function checkCustom(definition: RoleDefinition): void {
    if (definition.type === "CustomRole") return;
    throw new ArmError(
        403,
        "RoleDefinitionUpdateNotPermitted",
        `The role definition '${definition.name}' is built in and can't be changed.`,
    );
}

function notFound(guid: string): ArmError {
    return new ArmError(
        404,
        "RoleDefinitionDoesNotExist",
        `The specified role definition with ID '${guid}' does not exist.`,
    );
}
