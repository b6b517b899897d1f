import { DataplaneError, isDataplaneError } from "../core/errors.js";
import { statusOf } from "../core/rest-error.js";
import { serviceCodeOf } from "./errors.js";

/** How one object goes from vault to vault by its backup. `T`: what the target answers with. */
export interface BackupPassage<T> {
    /** The object's name, which a restore keeps. */
    readonly item: string;
    /** What it is: `key`, `secret`, `certificate`. */
    readonly singular: string;
    readonly signal: AbortSignal;
    /** Asks the source. The backup is encrypted by the service and stays in memory. */
    readonly backup: () => Promise<Uint8Array | undefined>;
    /** Gives it to the target. */
    readonly restore: (backup: Uint8Array) => Promise<T>;
    /** What the restore would have answered, where the target turns out to hold the object. */
    readonly landed: () => Promise<T | undefined>;
    /** Deals with an object of that name that is deleted at the target: brings it back where it is the very one, or throws. */
    readonly whenDeleted: () => Promise<T>;
    /** Whether a missing right to make backups sends the object another way, or is the error that it is. */
    readonly whenDenied: "refuse" | "throw";
}

/**
 * Backs an object up at the source and restores it at the target, with all its versions and their ids:
 * https://learn.microsoft.com/rest/api/keyvault/keys/restore-key/restore-key
 *
 * Restoring twice is a conflict, so after an answer that was lost, or that says that the name is taken, the target is
 * looked at. Throws the refusal of `refuseCopy`, with nothing written, where the service gives no backup (more than 500
 * versions) or can't open it (another subscription or geography); `Conflict` where the name is taken by something else.
 */
export async function restoreBackup<T>(passage: BackupPassage<T>): Promise<T> {
    const backup = await backUp(passage);
    try {
        return await passage.restore(backup);
    } catch (error) {
        if (statusOf(error) === 400)
            throw refuseCopy(passage.item, reasonOf(error, "restores no backup"), error);
        if (statusOf(error) === 409) return afterConflict(passage, error);
        if (!isUncertain(error, passage.signal)) throw error;
        // The first error says more than that a look after it failed too.
        const landed = await passage.landed().catch(() => undefined);
        if (landed === undefined) throw error;
        return landed;
    }
}

/**
 * The refusal to move an object by its backup: nothing was written, and it may go another way.
 *
 * @param alone whether that is about this object alone, and others may move.
 */
export function refuseCopy(item: string, reason: string, cause?: unknown, alone = false): DataplaneError {
    return new DataplaneError("InvalidItem", `"${item}" can't be moved by backup and restore: ${reason}`, {
        item,
        serviceCode: alone ? "ServerSideCopyRefusedForItem" : "ServerSideCopyRefused",
        ...(cause === undefined ? {} : { cause }),
    });
}

/** Whether a write may have been done although it failed: without an answer, or with one of a broken server. */
export function isUncertain(error: unknown, signal: AbortSignal): boolean {
    if (signal.aborted) return false;
    return isDataplaneError(error) ? error.code === "Unreachable" : (statusOf(error) ?? 500) >= 500;
}

async function backUp<T>({ item, singular, backup, whenDenied }: BackupPassage<T>): Promise<Uint8Array> {
    let bytes: Uint8Array | undefined;
    try {
        bytes = await backup();
    } catch (error) {
        const status = statusOf(error);
        if (status === 400 || (status === 403 && whenDenied === "refuse")) {
            // A missing right is missing for all; anything else is about this object, such as too many versions.
            throw refuseCopy(item, reasonOf(error, "gives no backup"), error, status === 400);
        }
        throw error;
    }
    if (bytes !== undefined) return bytes;
    throw new DataplaneError("Corrupt", `Key Vault answered without the backup of a ${singular}`, {
        item,
        side: "source",
    });
}

/** Inner codes: https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#soft-delete-behavior */
async function afterConflict<T>(passage: BackupPassage<T>, error: unknown): Promise<T> {
    const { item, singular } = passage;
    const serviceCode = serviceCodeOf(error);
    if (serviceCode === "ObjectIsDeletedButRecoverable") return passage.whenDeleted();
    const isMoving = serviceCode === "ObjectIsBeingDeleted" || serviceCode === "ObjectIsBeingRecovered";
    const landed = isMoving ? undefined : await passage.landed();
    if (landed !== undefined) return landed;
    throw new DataplaneError(
        "Conflict",
        isMoving
            ? `a ${singular} named "${item}" is just being deleted or recovered at the target`
            : `a ${singular} named "${item}" came to be at the target during the run`,
        {
            item,
            side: "target",
            status: 409,
            ...(serviceCode === undefined ? {} : { serviceCode }),
            remedy: isMoving ? "Run again in a minute." : "Run again: the change will be looked at.",
            cause: error,
        },
    );
}

/** What the service says, in its first line; a backup is never repeated by it. */
function reasonOf(error: unknown, what: string): string {
    const said = error instanceof Error ? error.message.split(/[\r\n]/, 1)[0] : undefined;
    return `the service ${what}${said === undefined || said === "" ? "" : ` (${said})`}`;
}
