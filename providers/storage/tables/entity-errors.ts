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
 * What a refused write of an entity means; undefined where the service's own error says it.
 * https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes
 */
export function writeRefusal(name: string, status: number, code: string): DataplaneError | undefined {
    if (conditionCodes.has(code) && [404, 409, 412].includes(status)) return changedDuringRun("entity", name);
    if (code === "TableNotFound") {
        return new DataplaneError("InvalidItem", `the table of "${name}" is not there at the target`, {
            item: name,
            side: "target",
            status,
            serviceCode: code,
            remedy: "Declare Tables for it and depend on that, or create the table.",
        });
    }
    return undefined;
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
