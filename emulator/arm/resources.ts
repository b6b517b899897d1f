import type { ServiceResponse } from "../contract.js";
import type { ArmContext, ArmState } from "./context.js";
import { armErrors } from "./errors.js";
import { newResource } from "./new-resource.js";
import { RETRY_AFTER } from "./operations.js";
import { page } from "./paging.js";
import { isResource, parentOf, resourceIdOf, typeOf, type ArmPath } from "./path.js";
import { registeredType } from "./providers.js";
import { checkGroup, checkParents, putResource } from "./put-resource.js";
import { show } from "./show.js";
import { particularType } from "./types/index.js";
import type { StoredResource } from "./store.js";

/** GET, HEAD, PUT, PATCH and DELETE of any resource, lists of any type, POST of the actions that types define. */
export async function handleResources(context: ArmContext): Promise<ServiceResponse> {
    const { method, path } = context;
    if (isResource(path)) {
        switch (method) {
            case "GET":
            case "HEAD":
                return read(context);
            case "PUT":
            case "PATCH":
                return write(context, method === "PATCH");
            case "DELETE":
                return remove(context);
            default:
                throw armErrors.methodNotAllowed(method);
        }
    }
    if (method === "POST") return act(context);
    if (method === "GET") return list(context);
    throw armErrors.methodNotAllowed(method);
}

/** Types in the case that Azure writes them in. */
function canonicalType(path: ArmPath): string {
    const type = typeOf(path);
    return registeredType(type)?.type ?? type;
}

function read(context: ArmContext): ServiceResponse {
    context.authorize(`${canonicalType(context.path)}/read`, context.path.path);
    const particular = particularType(canonicalType(context.path));
    if (particular?.hidden?.(context.path.names.at(-1) ?? "") === true) {
        throw armErrors.methodNotAllowed(context.method);
    }
    const resource = find(context.state, context.path);
    if (context.method === "HEAD") return { status: 204, headers: { etag: resource.etag } };
    const condition = context.request.headers["if-none-match"];
    if (condition !== undefined && condition === resource.etag)
        return { status: 304, headers: { etag: resource.etag } };
    const pending = resource.pendingReads > 0;
    return {
        status: 200,
        headers: { etag: resource.etag, ...(pending ? { "retry-after": RETRY_AFTER } : {}) },
        body: present(resource),
    };
}

/** The resource, or one that is there by itself. Throws 404, which tells a missing group from a missing resource. */
function find(state: ArmState, path: ArmPath): StoredResource {
    checkGroup(state, path);
    const resource = state.store.get(path.path) ?? findImplicit(state, path);
    if (resource !== undefined) return resource;
    const [, typeAndName = ""] = resourceIdOf(path, path.types.length).split(
        /\/providers\/(?!.*\/providers\/)/i,
    );
    throw armErrors.resourceNotFound(typeAndName, path.resourceGroup);
}

function findImplicit(state: ArmState, path: ArmPath): StoredResource | undefined {
    const type = canonicalType(path);
    const name = path.names.at(-1) ?? "";
    const implicit = particularType(type)?.implicit?.(path.path, name);
    const parent = state.store.get(parentOf(path));
    if (implicit === undefined || parent === undefined) return undefined;
    const { tenantId } = parent.record;
    return newResource({ id: path.path, name, type, location: "", tenantId, ...implicit }, state.clock.now());
}

/** As GET shows it: a resource that is still being made says so, a few times. */
function present(resource: StoredResource): object {
    const shown = particularType(resource.record.type)?.present?.(resource) ?? show(resource);
    if (resource.pendingReads === 0) return shown;
    resource.pendingReads -= 1;
    return { ...shown, properties: { ...resource.record.properties, provisioningState: "RegisteringDns" } };
}

async function write(context: ArmContext, patch: boolean): Promise<ServiceResponse> {
    const { path, state } = context;
    const type = canonicalType(context.path);
    context.authorize(`${type}/write`, path.path);
    if (type === "Microsoft.Storage/storageAccounts/blobServices/containers") {
        throw armErrors.notModelled("containers through Resource Manager; use the blob service");
    }
    checkParents(state, path);
    const existing = state.store.get(path.path);
    context.checkConditions(existing?.etag);
    if (patch) find(state, path);
    const body = await context.body();
    const { tenant, apiVersion } = context;
    const resource = putResource({ state, path, body, patch, apiVersion, tenantId: tenant.id });
    const particular = particularType(type);
    const headers = { etag: resource.etag };
    if (existing !== undefined) return { status: 200, headers, body: show(resource) };
    const created = particular?.createdStatus ?? 201;
    const finish = (): ServiceResponse => ({
        status: 200,
        headers: { etag: resource.etag },
        body: show(resource),
    });
    switch (particular?.longRunning) {
        case "location":
            return {
                status: 202,
                headers: beginOperation(context, "location", resource.record.location, finish),
            };
        case "azure-async-operation": {
            const body = {
                ...show(resource),
                properties: { ...resource.record.properties, provisioningState: "Creating" },
            };
            const follow = beginOperation(context, "azure-async-operation", resource.record.location, finish);
            return { status: created, headers: { ...headers, ...follow }, body };
        }
        case "body":
            resource.pendingReads = state.operations.polls;
            return {
                status: created,
                headers: { ...headers, "retry-after": RETRY_AFTER },
                body: {
                    ...show(resource),
                    properties: { ...resource.record.properties, provisioningState: "RegisteringDns" },
                },
            };
        case undefined:
            return { status: created, headers, body: show(resource) };
    }
}

function beginOperation(
    context: ArmContext,
    style: "location" | "azure-async-operation",
    location: string,
    finish: () => ServiceResponse,
): Record<string, string> {
    const { path, state } = context;
    const segment = style === "location" ? "asyncoperations" : "operationStatuses";
    const base = `/subscriptions/${path.subscriptionId ?? ""}/providers/${path.namespace ?? ""}/locations/${location}`;
    return state.operations.begin(style, `${base}/${segment}`, context.apiVersion, state.clock.now(), finish);
}

function remove(context: ArmContext): ServiceResponse {
    const { path, state } = context;
    const type = canonicalType(context.path);
    context.authorize(`${type}/delete`, path.path);
    checkGroup(state, path);
    const resource = state.store.get(path.path);
    context.checkConditions(resource?.etag);
    // Removing what is not there is success, with a status of its own.
    if (resource === undefined) return { status: 204 };
    removeResource(state, resource);
    return { status: 200 };
}

/** Takes a resource away, with its children and the roles given at it. */
export function removeResource(state: ArmState, resource: StoredResource): void {
    state.store.delete(resource.record.id);
    state.roles.removeWithin(resource.record.id);
    particularType(resource.record.type)?.removed?.(resource, state);
}

function list(context: ArmContext): ServiceResponse {
    const { path, state } = context;
    const type = canonicalType(context.path);
    const parent = parentOf(path);
    context.authorize(`${type}/read`, parent);
    checkGroup(state, path);
    const prefix = `${parent}/`.toLowerCase();
    const entries = state.store
        .list((record) => record.type === type && record.id.toLowerCase().startsWith(prefix))
        .filter(({ record }) => particularType(type)?.hidden?.(record.name) !== true)
        .map((resource) => ({ id: resource.record.id, body: present(resource) }));
    return { status: 200, body: page(entries, context.url, state.pageSize) };
}

async function act(context: ArmContext): Promise<ServiceResponse> {
    const { path } = context;
    const action = path.types.at(-1) ?? "";
    const owner: ArmPath = { ...path, types: path.types.slice(0, -1), path: parentOf(path) };
    const type = canonicalType(owner);
    context.authorize(`${type}/${action}/action`, owner.path);
    const particular = particularType(type);
    const perform = particular?.actions?.[action.toLowerCase()];
    if (perform === undefined) throw armErrors.notModelled(`the action '${action}' of '${type}'`);
    return perform(context, find(context.state, owner));
}
