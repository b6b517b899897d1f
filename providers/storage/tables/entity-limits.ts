import type { Loss } from "../../core/contract.js";
import type { EntityFacts, PropertyFacts } from "./entity-text.js";
import { invalidEntityName } from "./names.js";

/** https://learn.microsoft.com/azure/storage/tables/scalability-targets */
const propertiesAtMost = 252;
const bytesAtMost = 1024 * 1024;
/** https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#property-types */
const propertyBytesAtMost = 64 * 1024;
const propertyNameAtMost = 255;

/** Bytes of values whose size is their type's. */
const fixedBytes: Readonly<Record<string, number>> = {
    "Edm.Int64": 8,
    "Edm.DateTime": 8,
    "Edm.Guid": 16,
    "Edm.Double": 8,
};

/**
 * The size of an entity as the service counts it, in bytes.
 * https://learn.microsoft.com/archive/blogs/windowsazurestorage/understanding-windows-azure-storage-billing-bandwidth-transactions-and-capacity
 */
export function sizeOf({ partitionKey, rowKey, properties }: EntityFacts): number {
    let bytes = 4 + 2 * (partitionKey.length + rowKey.length);
    for (const [name, property] of properties) bytes += 8 + 2 * name.length + valueBytes(property);
    return bytes;
}

function valueBytes({ type, text }: PropertyFacts): number {
    const fixed = type === undefined ? undefined : fixedBytes[type];
    if (fixed !== undefined) return fixed;
    if (!text.startsWith('"')) return text === "true" || text === "false" ? 1 : 4;
    const value = JSON.parse(text) as string;
    return 4 + (type === "Edm.Binary" ? Buffer.byteLength(value, "base64") : 2 * value.length);
}

/** Why no storage account takes this entity: it comes from a service of larger limits. Undefined where one does. */
export function tooLarge(name: string, facts: EntityFacts): Loss | undefined {
    const reason = invalidEntityName(name) ?? reasonOf(facts);
    if (reason === undefined) return undefined;
    return { item: name, what: "item", reason, remedy: "change it at the source, or exclude it" };
}

function reasonOf(facts: EntityFacts): string | undefined {
    const { properties } = facts;
    if (properties.size > propertiesAtMost) {
        return `it has ${String(properties.size)} properties, and a table takes ${String(propertiesAtMost)}`;
    }
    for (const [name, property] of properties) {
        // The ECMA specification of identifiers in C#, without their escapes.
        if (!/^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*$/u.test(name))
            return `the name of its property "${name}" is none that a table takes`;
        if (name.length > propertyNameAtMost)
            return `its property "${name}" has more than 255 characters in its name`;
        if (valueBytes(property) > propertyBytesAtMost + 4)
            return `its property "${name}" is larger than 64 KiB`;
    }
    const bytes = sizeOf(facts);
    return bytes > bytesAtMost ? `it has ${String(bytes)} bytes, and a table takes 1 MiB` : undefined;
}
