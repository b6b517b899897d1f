import { refusalOf } from "./refusals.js";

/** What a service said when it refused a request, from the error of any SDK. */
export interface ServiceError {
    readonly status: number;
    /** The service's code: `Forbidden`. */
    readonly code?: string;
    /** The more exact one of Key Vault: `ForbiddenByRbac`. */
    readonly innerCode?: string;
    /** What it said, where that can't quote what was sent. */
    readonly message?: string;
    readonly requestId?: string;
}

type Bag = Readonly<Record<string, unknown>>;

/** Statuses by which a service complains about what it was sent: its message may quote that. */
const aboutTheBody: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/**
 * Reads a `RestError` (told by its name: several copies of the class are about) or anything else that carries a status.
 * Undefined where the error is no answer of a service.
 */
export function readServiceError(error: unknown): ServiceError | undefined {
    const bag = asBag(error);
    const status = bag?.["statusCode"] ?? bag?.["status"];
    if (bag === undefined || typeof status !== "number" || status < 300) return undefined;
    const response = asBag(bag["response"]);
    const body = bodyOf(bag, response);
    const inner = asBag(body?.["innererror"]) ?? asBag(body?.["innerError"]);
    const code =
        header(response, "x-ms-error-code") ??
        text(body?.["code"]) ??
        text(body?.["errorCode"]) ??
        text(bag["code"]);
    const message = mayBeShown(status, bag, code) ? messageOf(bag, body) : undefined;
    return {
        status,
        ...(code === undefined || code === "PARSE_ERROR" ? {} : { code }),
        ...defined("innerCode", text(inner?.["code"])),
        ...defined("message", message),
        ...defined(
            "requestId",
            header(response, "x-ms-request-id") ?? header(response, "x-ms-correlation-request-id"),
        ),
    };
}

function mayBeShown(status: number, bag: Bag, code: string | undefined): boolean {
    // The SDK's own message for a body it can't parse quotes the body whole.
    if (code === "PARSE_ERROR") return false;
    const request = asBag(bag["request"]);
    return (
        !aboutTheBody.has(status) || (request !== undefined && (request["body"] ?? undefined) === undefined)
    );
}

/** What the service said; the SDK's own words where they don't carry that. */
function messageOf(error: Bag, body: Bag | undefined): string | undefined {
    const message = text(error["message"]);
    const said = text(body?.["message"]);
    return said !== undefined && message?.startsWith("Pagination failed") === true ? said : message;
}

/** The error object of the answer: `{ error: {…} }`, `{ code, message }`, from `details` or the text of the body. */
function bodyOf(error: Bag, response: Bag | undefined): Bag | undefined {
    const details =
        asBag(error["details"]) ??
        asBag(response?.["parsedBody"]) ??
        parsed(response?.["bodyAsText"]) ??
        parsed(refusalOf(error["request"]));
    return asBag(details?.["error"]) ?? details;
}

function parsed(body: unknown): Bag | undefined {
    if (typeof body !== "string" || !body.trimStart().startsWith("{")) return undefined;
    try {
        return asBag(JSON.parse(body));
    } catch {
        return undefined;
    }
}

function header(response: Bag | undefined, name: string): string | undefined {
    const headers = response?.["headers"];
    return isHeaders(headers) ? text(headers.get(name)) : undefined;
}

function isHeaders(value: unknown): value is { get(name: string): unknown } {
    return typeof asBag(value)?.["get"] === "function";
}

function asBag(value: unknown): Bag | undefined {
    return typeof value === "object" && value !== null ? (value as Bag) : undefined;
}

function text(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}

function defined<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
    return value === undefined ? {} : ({ [key]: value } as Record<Key, string>);
}
