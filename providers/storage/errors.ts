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
        (statusOf(error) === 409 &&
            (code === "BlobAlreadyExists" ||
                code === "ContainerAlreadyExists" ||
                code === "QueueAlreadyExists"))
    );
}

/** The account has a hierarchical namespace, and can't do that. */
export function isUnsupportedByTrees(error: unknown): boolean {
    return serviceCodeOf(error) === "FeatureNotYetSupportedForHierarchicalNamespaceAccounts";
}

export function changedDuringRun(what: string, name: string): DataplaneError {
    return new DataplaneError("Conflict", `the ${what} "${name}" changed at the target during the run`, {
        item: name,
        side: "target",
        remedy: "Run again: the change will be looked at.",
    });
}

/** Why the service keeps a blob from being changed or removed, by its own code, and what helps. */
const protections: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
    LeaseIdMissing: [
        "has a lease at the target, which only its holder may write through",
        "Release the lease or break it (`az storage blob lease break`), and run again.",
    ],
    BlobImmutableDueToPolicy: [
        "is protected at the target by an immutability policy or a legal hold",
        "Take the hold away or wait for the end of the policy, or leave the blob out.",
    ],
    BlobArchived: [
        "is archived at the target, and can only be written after it is rehydrated or removed",
        "Set its tier at the target to Hot, Cool or Cold, or remove it, and run again.",
    ],
    InvalidBlobType: [
        "is of another type at the target, which a write doesn't change",
        "Remove it at the target, and run again.",
    ],
    SnapshotsPresent: [
        "has snapshots at the target, so it is not removed",
        "Remove it with its snapshots yourself, or keep it.",
    ],
};

/**
 * Runs a change of a blob. Where the service refuses it because the blob is protected, the error says how, and what to
 * do. Codes: https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
 *
 * @throws DataplaneError `Conflict` of the side `target` then; else the service's own error.
 */
export async function unlessProtected<T>(name: string, change: () => Promise<T>): Promise<T> {
    try {
        return await change();
    } catch (error) {
        const status = statusOf(error);
        const code = copySourceCodeOf(error) === undefined ? (serviceCodeOf(error) ?? "") : "";
        const protection = status === 409 || status === 412 ? protections[code] : undefined;
        if (protection === undefined) throw error;
        const [reason, remedy] = protection;
        throw new DataplaneError("Conflict", `the blob "${name}" ${reason}`, {
            item: name,
            side: "target",
            status: status ?? 409,
            serviceCode: code,
            remedy,
        });
    }
}
