import { DataplaneError } from "../../core/errors.js";
import { statusOf } from "../../core/rest-error.js";
import { copySourceCodeOf, serviceCodeOf } from "../errors.js";

/** The file is no longer the one that was looked at. */
export function changedFileAtSource(name: string): DataplaneError {
    return new DataplaneError("Conflict", `the file "${name}" changed at the source while it was copied`, {
        item: name,
        side: "source",
        remedy: "Run again when its writer has ended.",
    });
}

/** A file where the source has a directory, or the other way round. */
export function otherType(name: string, there: string, wanted: string): DataplaneError {
    return new DataplaneError(
        "Conflict",
        `"${name}" is a ${there} at the target and a ${wanted} at the source`,
        {
            item: name,
            side: "target",
            remedy: "Remove it at the target, and run again.",
        },
    );
}

/** What keeps a file from being written, by the service's own code, and what helps. */
const obstacles: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
    LeaseIdMissing: [
        "has a lease at the target, which only its holder may write through",
        "Release the lease or break it (`az storage file lease break`), and run again.",
    ],
    SharingViolation: [
        "is open at the target",
        "Close it there, or close its handles (`az storage file close-handle`), and run again.",
    ],
    FileLockConflict: ["is locked in part at the target", "Close it there, and run again."],
    DeletePending: [
        "is being deleted at the target",
        "Close the handles that are open on it, and run again.",
    ],
    CannotDeleteFileOrDirectory: ["is in use at the target", "Close it there, and run again."],
    ReadOnlyAttribute: [
        "may only be read at the target",
        "Take its attribute ReadOnly away at the target, and run again.",
    ],
    ResourceTypeMismatch: [
        "is a file where the target has a directory, or the other way round",
        "Remove it at the target, and run again.",
    ],
    DirectoryNotEmpty: [
        "has something in it at the target, so it is not removed",
        "Remove what is in it first, or keep it.",
    ],
    ShareSizeLimitReached: [
        "does not fit into its share at the target, whose quota is reached",
        "Raise the quota of the share at the target, and run again.",
    ],
};

/**
 * Runs a change of a file or directory. Where the service refuses it for the state that the target is in, the error says
 * how, and what to do. Codes: https://learn.microsoft.com/rest/api/storageservices/file-service-error-codes
 *
 * @throws DataplaneError `Conflict` of the side `target` then, `InvalidItem` where there is no room for it; else the
 * service's own error.
 */
export async function unlessInTheWay<T>(name: string, change: () => Promise<T>): Promise<T> {
    try {
        return await change();
    } catch (error) {
        const code = copySourceCodeOf(error) === undefined ? (serviceCodeOf(error) ?? "") : "";
        const obstacle = obstacles[code];
        if (obstacle === undefined) throw error;
        const [reason, remedy] = obstacle;
        // Another try would find the share as full, and what this one left is not the file.
        const kind = code === "ShareSizeLimitReached" ? "InvalidItem" : "Conflict";
        throw new DataplaneError(kind, `"${name}" ${reason}`, {
            item: name,
            side: "target",
            status: statusOf(error) ?? 409,
            serviceCode: code,
            remedy,
        });
    }
}

/**
 * What a failed listing of shares means. An account may leave its shares to Resource Manager where the caller has a token:
 * https://learn.microsoft.com/azure/storage/files/authorize-oauth-rest#limitations
 */
export function explainShareListing(error: unknown): unknown {
    const serviceCode = serviceCodeOf(error);
    if (serviceCode !== "FileOAuthManagementApiRestrictedToSrp") return error;
    return new DataplaneError("Unexpected", "the file service lists no shares to a caller with a token", {
        status: statusOf(error) ?? 409,
        serviceCode,
        remedy: "Copy the shares of this account with AzCopy, and leave Shares and Files out.",
    });
}
