/**
 * What went wrong, as a program tests it. Absence is never an error here (it is `undefined`), and
 * `AccessDenied`, `Throttled` or `Unreachable` are never taken for absence.
 */
export type ErrorCode =
    | "AccessDenied" // 401 or 403: a role, an access policy
    | "Firewall" // 403 because of the network the call came from
    | "NotFound" // the resource itself is gone: only ARM's 404 says so
    | "Throttled" // 429 after all retries
    | "Unreachable" // no connection, a name that doesn't resolve, 5xx after all retries
    | "InvalidArgument" // an argument of the user's
    | "InvalidItem" // a name or a content the target can't hold
    | "Conflict" // the target differs and was not written by us, or changed under our hands
    | "CredentialUnavailable" // no credential of that sort here: the next of the chain is tried
    | "CredentialInvalid" // a credential is there and wrong: the chain stops
    | "SourceWrite" // a write was about to leave for the source: a defect, never sent
    | "Corrupt" // what arrived is not what was sent
    | "Cancelled"
    | "Plugin" // a malformed plugin or a duplicate kind
    | "Unexpected";

/** Where an error happened and what to do about it. */
export interface ErrorDetail {
    /** The Azure resource: an ARM resource ID or a data-plane URL, without a query. */
    resource?: string;
    /** The item's name. */
    item?: string;
    /** The user's argument that is at fault. */
    argument?: string;
    side?: "source" | "target";
    /** HTTP status of the answer. */
    status?: number;
    /** The service's own error code, such as `ForbiddenByRbac`. */
    serviceCode?: string;
    requestId?: string;
    /** One sentence that says what to do. */
    remedy?: string;
    cause?: unknown;
}

/** The only error type that leaves this package. Its message is one sentence and holds no content. */
export class DataplaneError extends Error {
    readonly code: ErrorCode;
    readonly detail: Readonly<ErrorDetail>;

    constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
        const { cause, ...rest } = detail;
        super(message, cause === undefined ? undefined : { cause });
        this.name = "DataplaneError";
        this.code = code;
        this.detail = rest;
    }
}

/** Tells a `DataplaneError` by its name, so that two copies of this package understand each other. */
export function isDataplaneError(error: unknown, code?: ErrorCode): error is DataplaneError {
    return (
        error instanceof Error &&
        error.name === "DataplaneError" &&
        (code === undefined || ("code" in error && error.code === code))
    );
}
