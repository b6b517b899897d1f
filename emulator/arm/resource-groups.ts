import type { ServiceResponse } from "../contract.js";
import { isObject, type ArmContext, type ArmState } from "./context.js";
import { ArmError, armErrors } from "./errors.js";
import { isLocation, locations, normalizeLocation } from "./locations.js";
import { page, parameter } from "./paging.js";
import { removeResource } from "./resources.js";
import type { ResourceGroup } from "./store.js";

const TYPE = "Microsoft.Resources/subscriptions/resourceGroups";
/** Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources */
const NAME = /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u;

/**
 * Resource groups.
 * Source: https://learn.microsoft.com/rest/api/resources/resource-groups
 */
export async function handleResourceGroup(context: ArmContext, name: string): Promise<ServiceResponse> {
    const { method, state } = context;
    const id = groupId(context.tenant.subscription.id, name);
    const existing = state.store.groups.get(id.toLowerCase());
    switch (method) {
        case "GET":
        case "HEAD":
            context.authorize(`${TYPE}/read`, context.path.path);
            if (existing === undefined) throw armErrors.resourceGroupNotFound(name);
            return method === "HEAD" ? { status: 204 } : { status: 200, body: show(existing) };
        case "PUT":
        case "PATCH": {
            context.authorize(`${TYPE}/write`, context.path.path);
            if (method === "PATCH" && existing === undefined) throw armErrors.resourceGroupNotFound(name);
            const group = putGroup(state, id, await context.body());
            return { status: existing === undefined ? 201 : 200, body: show(group) };
        }
        case "DELETE": {
            context.authorize(`${TYPE}/delete`, context.path.path);
            if (existing === undefined) throw armErrors.resourceGroupNotFound(name);
            removeGroup(state, existing);
            const path = `/subscriptions/${context.tenant.subscription.id}/operationresults`;
            const finish = (): ServiceResponse => ({ status: 200 });
            return {
                status: 202,
                headers: state.operations.begin(
                    "location",
                    path,
                    context.apiVersion,
                    state.clock.now(),
                    finish,
                ),
            };
        }
        default:
            throw armErrors.methodNotAllowed(method);
    }
}

/** The groups that the caller may see. */
export function listResourceGroups(context: ArmContext): ServiceResponse {
    const { state } = context;
    const prefix = groupId(context.tenant.subscription.id, "").toLowerCase();
    const tag = /tagName\s+eq\s+'([^']+)'(?:\s+and\s+tagValue\s+eq\s+'([^']+)')?/i.exec(
        parameter(context.url, "$filter") ?? "",
    );
    const entries = [...state.store.groups.values()]
        .filter(({ id }) => id.toLowerCase().startsWith(prefix))
        .filter(({ id }) => context.isAllowed(`${TYPE}/read`, id))
        .filter(({ tags }) => {
            const value = tag === null ? undefined : tags?.[tag[1] ?? ""];
            return tag === null || (value !== undefined && (tag[2] === undefined || tag[2] === value));
        })
        .map((group) => ({ id: group.id, body: show(group) }));
    return { status: 200, body: page(entries, context.url, state.pageSize) };
}

/** Makes or changes a group. Throws `ArmError`. */
export function putGroup(state: ArmState, id: string, body: Record<string, unknown>): ResourceGroup {
    const existing = state.store.groups.get(id.toLowerCase());
    const name = existing?.name ?? id.split("/").at(-1) ?? "";
    if (!NAME.test(name)) {
        throw new ArmError(
            400,
            "InvalidResourceGroup",
            `The provided resource group name '${name}' has these invalid characters: its name may have up to 90 letters, ` +
                "digits, underscores, parentheses, hyphens and periods, and may not end with a period.",
        );
    }
    const location =
        typeof body.location === "string" ? normalizeLocation(body.location) : existing?.location;
    if (location === undefined) throw armErrors.locationRequired();
    if (!isLocation(location)) {
        throw armErrors.locationNotAvailable(
            location,
            TYPE,
            locations.map((one) => one.name),
        );
    }
    if (existing !== undefined && existing.location !== location) {
        throw new ArmError(
            409,
            "InvalidResourceGroupLocation",
            `Invalid resource group location '${location}'. The Resource group already exists in location ` +
                `'${existing.location}'.`,
        );
    }
    const tags = isObject(body.tags)
        ? Object.fromEntries(Object.entries(body.tags).map(([key, value]) => [key, String(value)]))
        : existing?.tags;
    const group: ResourceGroup = {
        id: existing?.id ?? id,
        name,
        location,
        ...(tags === undefined ? {} : { tags }),
    };
    state.store.groups.set(id.toLowerCase(), group);
    return group;
}

/** Removes a group with all that is in it. */
export function removeGroup(state: ArmState, group: ResourceGroup): void {
    const prefix = `${group.id}/`.toLowerCase();
    // Top-level resources take their children along.
    for (const resource of state.store.list(({ id }) => id.toLowerCase().startsWith(prefix))) {
        if (state.store.get(resource.record.id) !== undefined) removeResource(state, resource);
    }
    state.store.groups.delete(group.id.toLowerCase());
    state.roles.removeWithin(group.id);
}

export function groupId(subscriptionId: string, name: string): string {
    return `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
}

function show({ id, name, location, tags }: ResourceGroup): object {
    return {
        id,
        name,
        type: "Microsoft.Resources/resourceGroups",
        location,
        ...(tags === undefined ? {} : { tags }),
        properties: { provisioningState: "Succeeded" },
    };
}
