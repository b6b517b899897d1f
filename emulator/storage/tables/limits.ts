import { StorageError } from "../errors.js";

/**
 * What an entity may be, where Azurite takes more.
 * Sources: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 * https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes
 */
const MEBIBYTE = 1024 * 1024;

/** Throws what the service answers to an entity that it does not take. */
export function checkEntity(body: string): void {
    let entity: unknown;
    try {
        entity = JSON.parse(body);
    } catch {
        throw tableError(400, "InvalidInput", "One of the request inputs is not valid.");
    }
    if (typeof entity !== "object" || entity === null || Array.isArray(entity))
        throw tableError(400, "InvalidInput", "One of the request inputs is not valid.");
    const own = Object.entries(entity).filter(([name]) => !name.includes(".") && !name.includes("@"));
    for (const [name, value] of own) {
        if (name === "PartitionKey" || name === "RowKey") checkKey(value);
        else checkProperty(name, (entity as Record<string, unknown>)[`${name}@odata.type`], value);
    }
    const custom = own.filter(([name]) => !["PartitionKey", "RowKey", "Timestamp"].includes(name));
    if (custom.length > 252) {
        throw tableError(400, "TooManyProperties", "The entity contains more properties than allowed.");
    }
    if (sizeOf(own) > MEBIBYTE)
        throw tableError(400, "EntityTooLarge", "The entity is larger than the maximum size permitted.");
}

function checkKey(value: unknown): void {
    if (typeof value !== "string") throw tableError(400, "InvalidInput", "A key must be a string.");
    if (value.length > 512)
        throw tableError(400, "KeyValueTooLarge", "The key value is larger than the maximum size permitted.");
    // eslint-disable-next-line no-control-regex -- the service names these very characters
    if (/[/\\#?\u0000-\u001f\u007f-\u009f]/.test(value))
        throw tableError(400, "OutOfRangeInput", "One of the request inputs is out of range.");
}

function checkProperty(name: string, type: unknown, value: unknown): void {
    if (name.length > 255)
        throw tableError(400, "PropertyNameTooLong", "The property name exceeds the maximum allowed length.");
    if (!/^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]*$/u.test(name))
        throw tableError(400, "PropertyNameInvalid", "The property name is invalid.");
    if (type === "Edm.DateTime" && typeof value === "string" && value < "1601-01-01T00:00:00")
        throw tableError(400, "OutOfRangeInput", "The value of a date is out of range.");
}

/** As the service's documentation counts: https://learn.microsoft.com/archive/blogs/avkashchauhan/how-the-size-of-an-entity-is-caclulated-in-windows-azure-table-storage */
function sizeOf(properties: readonly (readonly [string, unknown])[]): number {
    return properties.reduce((sum, [name, value]) => {
        const bytes = typeof value === "string" ? value.length * 2 + 4 : 8;
        return sum + 8 + name.length * 2 + bytes;
    }, 4);
}

export function tableError(status: number, code: string, message: string): StorageError {
    return new StorageError(status, code, message);
}
