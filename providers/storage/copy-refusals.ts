import { DataplaneError } from "../core/errors.js";
import { statusOf } from "../core/rest-error.js";
import { copySourceCodeOf, serviceCodeOf } from "./errors.js";

/**
 * Codes with which the service says that it won't or can't read from that source, where this process may. Whatever is
 * wrong with the target shows again when the content goes through this process.
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
 */
const storeRefusals: ReadonlySet<string> = new Set([
    "AuthenticationFailed",
    "AuthorizationFailure",
    "AuthorizationPermissionMismatch",
    "CannotVerifyCopySource",
    "CopyAcrossAccountsNotSupported",
    "FeatureNotSupportedForAccount",
    "InvalidAuthenticationInfo",
    "InvalidHeaderValue",
    "NoAuthenticationInformation",
    "NotImplemented",
    "PublicAccessNotPermitted",
    "UnsupportedHeader",
]);

/** Codes that are about one blob: the others are still left to the service. */
const itemRefusals: ReadonlySet<string> = new Set([
    "InvalidSourceBlobType",
    "InvalidSourceBlobUrl",
    "Md5Mismatch",
]);

/**
 * Codes with which the service refuses a right to read the source that another sort of right may stand in for. When it
 * takes no bearer token is not documented beyond the version that brought it (2020-10-02).
 */
const accessRefusals: ReadonlySet<string> = new Set([
    "AuthenticationFailed",
    "CannotVerifyCopySource",
    "InvalidAuthenticationInfo",
    "InvalidHeaderValue",
    "NoAuthenticationInformation",
    "UnsupportedHeader",
]);

/** Whether the service refused a copy for the right to read that came with it. */
export function isAccessRefusal(error: unknown): boolean {
    const status = statusOf(error);
    if (status !== 400 && status !== 401 && status !== 403) return false;
    return accessRefusals.has(copySourceCodeOf(error) ?? serviceCodeOf(error) ?? "");
}

/**
 * What a failed copy means: that the source changed, that the service won't copy this blob or any of this source, or
 * the error itself.
 */
export function explainCopyFailure(error: unknown, name: string): unknown {
    const status = statusOf(error);
    if (status === undefined) return error;
    const sourceCode = copySourceCodeOf(error);
    const code = sourceCode ?? serviceCodeOf(error) ?? "";
    const hasChanged =
        code === "SourceConditionNotMet" || (sourceCode !== undefined && (status === 412 || status === 404));
    if (hasChanged) return changedAtSource(name);
    if (itemRefusals.has(code)) return itemRefused(name, `the service answered ${code}`);
    const isRefusal = status === 501 || sourceCode !== undefined || storeRefusals.has(code);
    return isRefusal ? refused(name, `the service answered ${code === "" ? String(status) : code}`) : error;
}

/**
 * The service copies nothing of that source: the items go through this process. The cause is left out: its request
 * carries the right to read the source.
 */
export function refused(name: string, why: string): DataplaneError {
    return refusal(name, why, "ServerSideCopyRefused");
}

/** The service does not copy this one blob: it goes through this process, and the others as before. */
export function itemRefused(name: string, why: string): DataplaneError {
    return refusal(name, why, "ServerSideCopyRefusedForItem");
}

function refusal(name: string, why: string, serviceCode: string): DataplaneError {
    return new DataplaneError("Unexpected", `the service does not copy "${name}" itself: ${why}`, {
        item: name,
        side: "target",
        serviceCode,
    });
}

/** The blob is no longer the one that was looked at. */
export function changedAtSource(name: string): DataplaneError {
    return new DataplaneError("Conflict", `the blob "${name}" changed at the source while it was copied`, {
        item: name,
        side: "source",
        remedy: "Run again when its writer has ended.",
    });
}
