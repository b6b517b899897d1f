import { DataplaneError } from "../../core/errors.js";
import { changedDuringRun } from "../errors.js";

/** The condition of a write did not hold, or what was to be replaced is gone. */
const conditionCodes: ReadonlySet<string> = new Set([
    "EntityAlreadyExists",
    "UpdateConditionNotSatisfied",
    "ConditionNotMet",
    "EntityNotFound",
    "ResourceNotFound",
]);

/**
 * What the service does not take, by its code.
 * https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes
 */
const invalidCodes: Readonly<Record<string, string>> = {
    EntityTooLarge: "it is larger than the 1 MiB that a table takes",
    KeyValueTooLarge: "its PartitionKey or RowKey is larger than 1 KiB",
    OutOfRangeInput: "a key has a character that keys can't have, or a value is out of its type's range",
    PropertyNameInvalid: "the name of one of its properties is none that a table takes",
    PropertyNameTooLong: "one of its properties has more than 255 characters in its name",
    PropertyValueTooLarge: "one of its properties is larger than 64 KiB",
    RequestBodyTooLarge: "it is larger than a request may be",
    TooManyProperties: "it has more than the 252 properties that a table takes",
};

/**
 * What a refused write of an entity means; undefined where the service's own error says it.
 * https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes
 */
export function writeRefusal(name: string, status: number, code: string): DataplaneError | undefined {
    if (conditionCodes.has(code) && [404, 409, 412].includes(status)) return changedDuringRun("entity", name);
    const detail = { item: name, side: "target", status, serviceCode: code } as const;
    if (code === "TableNotFound") {
        return new DataplaneError("InvalidItem", `the table of "${name}" is not there at the target`, {
            ...detail,
            remedy: "Declare Tables for it and depend on that, or create the table.",
        });
    }
    const reason = invalidCodes[code];
    if (reason === undefined) return undefined;
    return new DataplaneError("InvalidItem", `the target does not take "${name}": ${reason} (${code})`, {
        ...detail,
        remedy: "Change it at the source, or leave it out with exclude.",
    });
}

/** The same of an operation in a transaction, of which there is no error of the service by itself. */
export function operationRefusal(name: string, status: number, code: string): DataplaneError {
    const known = writeRefusal(name, status, code);
    if (known !== undefined) return known;
    return new DataplaneError(
        status === 403 || status === 401 ? "AccessDenied" : "InvalidItem",
        `the service refuses to write "${name}" (${String(status)} ${code})`,
        { item: name, side: "target", status, serviceCode: code },
    );
}
