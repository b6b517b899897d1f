import { DataplaneError, isDataplaneError, type ErrorCode, type ErrorDetail } from "../errors.js";

/** Codes of Node, undici and the Azure SDKs for a connection or a body that ended early, or a name that didn't resolve. */
const networkCodes: ReadonlySet<unknown> = new Set([
    "ECONNRESET",
    "ECONNREFUSED",
    "ECONNABORTED",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ERR_STREAM_PREMATURE_CLOSE",
    "UND_ERR_SOCKET",
    "UND_ERR_CONNECT_TIMEOUT",
    "UND_ERR_HEADERS_TIMEOUT",
    "UND_ERR_BODY_TIMEOUT",
    // RestError.REQUEST_SEND_ERROR and PARSE_ERROR of @azure/core-rest-pipeline.
    "REQUEST_SEND_ERROR",
    "PARSE_ERROR",
]);

/** Whether the same call may succeed a moment later. */
export function isTransient(error: unknown): boolean {
    if (!isDataplaneError(error)) return isNetworkError(error);
    if (error.code === "Throttled" || error.code === "Unreachable" || error.code === "Corrupt") return true;
    return error.code === "Unexpected" && ((error.detail.status ?? 0) >= 500 || isNetworkError(error.cause));
}

/** Codes that say for sure that a write was not applied. A `Conflict` doesn't: its first sending may have been. */
const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
    "AccessDenied",
    "Firewall",
    "NotFound",
    "InvalidArgument",
    "InvalidItem",
    "SourceWrite",
    "Plugin",
]);

/** Whether a failed write certainly left the target as it was. */
export function isRefusal(error: unknown): boolean {
    return isDataplaneError(error) && refusals.has(error.code);
}

function isNetworkError(error: unknown): boolean {
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
        if ("code" in at && networkCodes.has(at.code)) return true;
    }
    return false;
}

/**
 * Any error as a `DataplaneError`. Of an error that is not ours only name and code are told: its message may quote
 * what it was handed, such as `Unexpected token … is not valid JSON`.
 */
export function asDataplaneError(error: unknown, doing: string, detail: ErrorDetail = {}): DataplaneError {
    if (isDataplaneError(error)) return error;
    const name = error instanceof Error ? error.name : typeof error;
    if (name === "AbortError") return new DataplaneError("Cancelled", `${doing}: cancelled`, detail);
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    return new DataplaneError(
        isNetworkError(error) ? "Unreachable" : "Unexpected",
        `${doing}: ${name}${code}`,
        detail,
    );
}
