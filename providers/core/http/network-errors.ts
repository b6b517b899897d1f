/**
 * The connection was never made, so the service can't have acted: the name did not resolve, or nobody listened.
 * https://nodejs.org/api/errors.html#common-system-errors
 */
const beforeConnecting: ReadonlySet<string> = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED"]);

/** The connection was lost, perhaps on the way: whether the service acted is not known. */
const onTheWay: ReadonlySet<string> = new Set([
    "ECONNRESET",
    "ECONNABORTED",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "EHOSTDOWN",
    "ENETDOWN",
    "EADDRNOTAVAIL",
    "EPROTO",
    "ERR_STREAM_PREMATURE_CLOSE",
    // What @azure/core-rest-pipeline says where Node gives no code.
    "REQUEST_SEND_ERROR",
]);

/** What @azure/core-rest-pipeline says, with code `PARSE_ERROR`, where an answer's body breaks off. */
const brokenBody = "Error reading response as text";

/** Whether the request failed on the network, not by an answer of the service. */
export function isNetworkError(error: unknown): boolean {
    const code = codeOf(error);
    if (code === "PARSE_ERROR") return error instanceof Error && error.message.startsWith(brokenBody);
    return code !== undefined && (beforeConnecting.has(code) || onTheWay.has(code));
}

/** Whether no connection was made at all: nothing has reached the service. */
export function neverConnected(error: unknown): boolean {
    const code = codeOf(error);
    return code !== undefined && beforeConnecting.has(code);
}

/** Whether the host's name does not resolve. */
export function unknownHost(error: unknown): boolean {
    return codeOf(error) === "ENOTFOUND";
}

function codeOf(error: unknown): string | undefined {
    if (typeof error !== "object" || error === null) return undefined;
    if ("code" in error && typeof error.code === "string") return error.code;
    return "cause" in error ? codeOf(error.cause) : undefined;
}
