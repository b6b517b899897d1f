import { DataplaneError } from "../core/errors.js";
import { asServiceError, statusOf } from "../core/rest-error.js";

/**
 * The service's error code, such as `BlobNotFound`. From the header, as answers to HEAD have no body:
 * https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2
 */
export function serviceCodeOf(error: unknown): string | undefined {
    const failure = asServiceError(error);
    return failure?.response?.headers.get("x-ms-error-code") ?? failure?.code;
}

/** The code that the source of a copy answered the service with. */
export function copySourceCodeOf(error: unknown): string | undefined {
    return asServiceError(error)?.response?.headers.get("x-ms-copy-source-error-code");
}

/** Runs a read, and answers undefined where the service itself says with one of these codes that nothing is there. */
export async function unlessAbsent<T>(read: Promise<T>, ...codes: readonly string[]): Promise<T | undefined> {
    try {
        return await read;
    } catch (error) {
        if (statusOf(error) === 404 && codes.includes(serviceCodeOf(error) ?? "")) return undefined;
        throw error;
    }
}

/** A conditional write found something else than what was listed. */
export function isConditionFailure(error: unknown): boolean {
    const code = serviceCodeOf(error);
    return (
        (statusOf(error) === 412 && (code === "ConditionNotMet" || code === "TargetConditionNotMet")) ||
        (statusOf(error) === 409 && (code === "BlobAlreadyExists" || code === "ContainerAlreadyExists"))
    );
}

export function changedDuringRun(what: string, name: string): DataplaneError {
    return new DataplaneError("Conflict", `the ${what} "${name}" changed at the target during the run`, {
        item: name,
        side: "target",
        remedy: "Run again: the change will be looked at.",
    });
}
