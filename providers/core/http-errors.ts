import { classifySignIn } from "./credentials/sign-in-errors.js";
import { DataplaneError, isDataplaneError, type ErrorCode, type ErrorDetail } from "./errors.js";
import { isNetworkError, unknownHost } from "./http/network-errors.js";
import { readServiceError, type ServiceError } from "./http/service-error.js";
import { redact, withoutQuery } from "./redact.js";

/**
 * Makes the one error type of this package of whatever an SDK, the network or a sign-in threw. The message is one
 * line, redacted, with resource, item, status, the service's code and request id.
 *
 * A 404 is no absence here: stores take theirs before, and only ARM's says that a resource is gone. What is left over
 * is `Unexpected`. The original is kept as `cause` without request, answer or body.
 */
export function toDataplaneError(error: unknown, detail: ErrorDetail = {}): DataplaneError {
    if (isDataplaneError(error)) return complete(error, detail);
    if (isAbort(error)) return make("Cancelled", "the operation was cancelled", error, detail);
    const signIn = classifySignIn(error);
    if (signIn !== undefined) {
        return make(signIn.code, signIn.sentence, error, {
            ...(signIn.remedy === undefined ? {} : { remedy: signIn.remedy }),
            ...detail,
        });
    }
    if (isNetworkError(error)) {
        const what = unknownHost(error) ? "the host's name does not resolve" : "the connection failed";
        return make("Unreachable", `${what} (${codeText(error)})`, error, detail);
    }
    const service = readServiceError(error);
    if (service !== undefined) return fromService(service, error, detail);
    return make("Unexpected", plainText(error), error, detail);
}

/** Adds what the caller knows to an error that did not know it. */
function complete(error: DataplaneError, detail: ErrorDetail): DataplaneError {
    const missing = Object.entries(detail).some(
        ([key, value]) => value !== undefined && error.detail[key as keyof typeof error.detail] === undefined,
    );
    if (!missing) return error;
    const completed = new DataplaneError(error.code, redact(error.message), {
        ...detail,
        ...error.detail,
        cause: error.cause,
    });
    if (error.stack !== undefined) completed.stack = error.stack;
    return completed;
}

function fromService(service: ServiceError, error: unknown, detail: ErrorDetail): DataplaneError {
    const { code, phrase } = classify(service, detail);
    const answer = [String(service.status), service.code, service.innerCode].filter(
        (part) => part !== undefined,
    );
    const said = service.message === undefined ? "" : `: ${oneLine(service.message)}`;
    const remedy = detail.remedy ?? (code === "Firewall" ? firewallRemedy : undefined);
    return make(code, `${phrase} (${answer.join(" ")})${said}`, error, {
        ...detail,
        ...optional("remedy", remedy),
        status: service.status,
        ...optional("serviceCode", service.innerCode ?? service.code),
        ...optional("requestId", service.requestId),
    });
}

const firewallRemedy =
    "A role does not help here: let this network in at the resource's networking settings, or run where it is let in (a " +
    "private endpoint, a trusted network).";

interface Classified {
    readonly code: ErrorCode;
    readonly phrase: string;
}

function classify(service: ServiceError, detail: ErrorDetail): Classified {
    const { status } = service;
    if (status === 401 && isForeignTenant(service)) {
        return {
            code: "CredentialInvalid",
            phrase: "the resource trusts another tenant than the one signed in to",
        };
    }
    if (status === 401 || status === 403) {
        return isFirewall(service)
            ? { code: "Firewall", phrase: "the resource's firewall refuses this network" }
            : { code: "AccessDenied", phrase: "access denied" };
    }
    if (status === 429) return { code: "Throttled", phrase: "throttled after all retries" };
    if (status === 409 || status === 412)
        return { code: "Conflict", phrase: "the service reports a conflict" };
    if (status === 408 || status >= 500)
        return { code: "Unreachable", phrase: "the service failed after all retries" };
    if ((status === 400 || status === 413) && detail.item !== undefined && detail.side === "target") {
        return { code: "InvalidItem", phrase: "the service refuses this item" };
    }
    return { code: "Unexpected", phrase: "the service gave an unexpected answer" };
}

/**
 * Key Vault says AKV10032 (invalid issuer), ARM InvalidAuthenticationTokenTenant.
 * https://learn.microsoft.com/azure/key-vault/general/common-error-codes
 */
function isForeignTenant({ code, message }: ServiceError): boolean {
    return code === "InvalidAuthenticationTokenTenant" || /AKV10032|wrong issuer/i.test(message ?? "");
}

/** Service codes that only a network rule gives. */
const firewallCodes: ReadonlySet<string> = new Set([
    // https://learn.microsoft.com/azure/key-vault/general/rest-error-codes
    "ForbiddenByFirewall",
    "ForbiddenByConnection",
    // https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
    "AuthorizationSourceIPMismatch",
    "IpAuthorizationError",
    "NetworkRuleDenied",
    "PublicAccessNotPermittedOnNetwork",
]);

/**
 * Storage says `AuthorizationFailure` for its firewall and `AuthorizationPermissionMismatch` for a missing role.
 * https://learn.microsoft.com/troubleshoot/azure/azure-storage/blobs/authentication/storage-troubleshoot-403-errors
 */
function isFirewall({ code, innerCode, message }: ServiceError): boolean {
    if (code === "AuthorizationFailure") return true;
    if ([code, innerCode].some((each) => each !== undefined && firewallCodes.has(each))) return true;
    return /not authorized and caller is not a trusted service|not authorized .*by network|blocked by (?:the )?firewall/i.test(
        message ?? "",
    );
}

function isAbort(error: unknown): boolean {
    return error instanceof Error && error.name === "AbortError";
}

/** Puts the message together: which item of which resource, on which side, and what happened. */
function make(code: ErrorCode, what: string, error: unknown, detail: ErrorDetail): DataplaneError {
    const resource = detail.resource === undefined ? undefined : withoutQuery(detail.resource);
    const item = detail.item === undefined ? undefined : `"${detail.item}"`;
    const where = [item, resource].filter((part) => part !== undefined).join(" in ");
    const side = detail.side === undefined || where === "" ? "" : ` (${detail.side})`;
    const request = detail.requestId === undefined ? "" : `; request ${detail.requestId}`;
    const message = `${where}${side}${where === "" ? "" : ": "}${what}${request}`;
    return new DataplaneError(code, oneLine(redact(message), 1000), {
        ...detail,
        ...optional("resource", resource),
        cause: causeOf(error),
    });
}

/** The original's name and place, without its properties: they hold requests, headers and bodies. */
function causeOf(error: unknown): Error | undefined {
    if (!(error instanceof Error)) return undefined;
    const text = plainText(error);
    const cause = new Error(text);
    cause.name = error.name;
    const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
    cause.stack = [`${error.name}: ${text}`, ...frames].join("\n");
    return cause;
}

/**
 * What may be shown of an error that no service gave. The messages of parsers quote what they parsed, which may be an
 * item's content: of those only the name is shown.
 */
function plainText(error: unknown): string {
    if (!(error instanceof Error)) return "something that is not an error was thrown";
    const service = readServiceError(error);
    if (service !== undefined) return `status ${service.status} ${service.code ?? ""}`.trimEnd();
    const code = codeText(error);
    if (error instanceof SyntaxError || code === "PARSE_ERROR")
        return `${error.name}: an answer can't be parsed`;
    return oneLine(redact(error.message)) || error.name;
}

function codeText(error: unknown): string {
    const code = (error as { code?: unknown } | null)?.code;
    return typeof code === "string" ? code : "no code";
}

function oneLine(text: string, longest = 300): string {
    const line = text.replace(/\s+/g, " ").trim();
    return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

function optional<Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> {
    return value === undefined ? {} : ({ [key]: value } as Record<Key, string>);
}
