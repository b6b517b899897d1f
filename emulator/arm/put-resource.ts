import type { ArmRecord } from "../contract.js";
import { isObject, type ArmState } from "./context.js";
import { ArmError, armErrors } from "./errors.js";
import { isLocation, locations, normalizeLocation } from "./locations.js";
import { newResource } from "./new-resource.js";
import { resourceIdOf, typeOf, type ArmPath } from "./path.js";
import { registeredType } from "./providers.js";
import { particularType } from "./types/index.js";
import type { StoredResource } from "./store.js";

/** What a PUT or PATCH of any resource needs. */
export interface PutOptions {
    state: ArmState;
    path: ArmPath;
    body: Record<string, unknown>;
    /** PATCH changes what it names; PUT replaces. */
    patch: boolean;
    apiVersion: string;
    tenantId: string;
}

const ownMembers = new Set([
    "id",
    "name",
    "type",
    "location",
    "tags",
    "kind",
    "sku",
    "properties",
    "etag",
    "systemData",
]);

/** Checks, completes and stores a resource. Throws `ArmError` with the service's own refusal. */
export function putResource(options: PutOptions): StoredResource {
    const { state, path, body, patch } = options;
    const type = registeredType(typeOf(path))?.type ?? typeOf(path);
    const existing = state.store.get(path.path);
    const base = patch ? existing?.record : undefined;
    const record: ArmRecord = {
        id: existing?.record.id ?? path.path,
        name: existing?.record.name ?? path.names.at(-1) ?? "",
        type,
        location: locationOf(options, type, existing),
        properties: merged(base?.properties, body.properties),
        tenantId: options.tenantId,
    };
    const tags = textRecord(body.tags) ?? base?.tags;
    if (tags !== undefined) record.tags = tags;
    const kind = typeof body.kind === "string" ? body.kind : base?.kind;
    if (kind !== undefined) record.kind = kind;
    const sku =
        isObject(body.sku) && typeof body.sku.name === "string"
            ? { ...body.sku, name: body.sku.name }
            : base?.sku;
    if (sku !== undefined) record.sku = sku;
    const draft = newResource(record, state.clock.now());
    if (existing !== undefined) draft.createdAt = existing.createdAt;
    draft.other = {
        ...(patch ? existing?.other : {}),
        ...Object.fromEntries(Object.entries(body).filter(([name]) => !ownMembers.has(name))),
    };
    const particular = particularType(type);
    if (particular?.prepare !== undefined) {
        particular.prepare(draft, {
            state,
            ...(existing === undefined ? {} : { existing }),
            subscriptionId: path.subscriptionId ?? "",
            apiVersion: options.apiVersion,
        });
    } else if (registeredType(type)?.tracked === true) {
        record.properties.provisioningState = "Succeeded";
    }
    state.store.set(draft);
    return draft;
}

/** Throws where the resource group that the path names is not there. */
export function checkGroup(state: ArmState, path: ArmPath): void {
    if (path.resourceGroup === undefined) return;
    const group = `/subscriptions/${path.subscriptionId ?? ""}/resourceGroups/${path.resourceGroup}`;
    if (!state.store.groups.has(group.toLowerCase()))
        throw armErrors.resourceGroupNotFound(path.resourceGroup);
}

/** Throws where what the resource would stand in is not there. */
export function checkParents(state: ArmState, path: ArmPath): void {
    checkGroup(state, path);
    const root = resourceIdOf(path, 1);
    if (path.types.length > 1 && state.store.get(root) === undefined) {
        throw armErrors.parentNotFound(typeOf(path), root);
    }
}

function locationOf({ body, path }: PutOptions, type: string, existing: StoredResource | undefined): string {
    const given = typeof body.location === "string" ? normalizeLocation(body.location) : undefined;
    const before = existing?.record.location;
    if (given === undefined) {
        if (before !== undefined) return before;
        if (registeredType(type)?.tracked === true) throw armErrors.locationRequired();
        return "";
    }
    if (!isLocation(given)) {
        throw armErrors.locationNotAvailable(
            given,
            type,
            locations.map(({ name }) => name),
        );
    }
    if (before !== undefined && before !== "" && before !== given) {
        throw armErrors.locationChanged(path.names.at(-1) ?? "", path.resourceGroup ?? "", before, given);
    }
    return given;
}

/** JSON merge patch (RFC 7396) over a copy; without a base, a copy. */
function merged(base: Record<string, unknown> | undefined, change: unknown): Record<string, unknown> {
    if (change === undefined || change === null) return structuredClone(base ?? {});
    if (!isObject(change))
        throw new ArmError(400, "InvalidRequestContent", "The member 'properties' is no object.");
    const result = structuredClone(base ?? {});
    for (const [name, value] of Object.entries(change)) {
        const before = result[name];
        if (base !== undefined && value === null) Reflect.deleteProperty(result, name);
        else if (base !== undefined && isObject(value) && isObject(before))
            result[name] = merged(before, value);
        else result[name] = structuredClone(value);
    }
    return result;
}

function textRecord(value: unknown): Record<string, string> | undefined {
    if (!isObject(value)) return undefined;
    return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}
