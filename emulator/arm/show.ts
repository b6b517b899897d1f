import type { StoredResource } from "./store.js";

/** A resource as ARM answers with it: never its keys. */
export function show(resource: StoredResource): object {
    const { id, name, type, location, tags, kind, sku, properties } = resource.record;
    return {
        id,
        name,
        type,
        ...(kind === undefined ? {} : { kind }),
        ...(location === "" ? {} : { location }),
        ...(tags === undefined ? {} : { tags }),
        ...(sku === undefined ? {} : { sku }),
        ...resource.other,
        properties,
    };
}

/** The same in the list of all resources, which has no properties. */
export function showBriefly(resource: StoredResource): object {
    const { id, name, type, location, tags, kind, sku } = resource.record;
    return {
        id,
        name,
        type,
        location,
        ...(kind === undefined ? {} : { kind }),
        ...(tags === undefined ? {} : { tags }),
        ...(sku === undefined ? {} : { sku }),
    };
}
