import { DataplaneError } from "../core/errors.js";

/** What the service says of a deleted object. */
export interface DeletedObject {
    readonly recoveryLevel?: string;
    readonly scheduledPurgeDate?: Date;
}

/**
 * The error where another object, which is deleted at the target, still has the name: recovering it would bring the
 * other one back, so it has to be purged. A vault with purge protection lets nobody do that before the date:
 * https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection
 *
 * @param command what `az keyvault` calls such objects: `key`, `secret`, `certificate`.
 */
export function nameIsTaken(item: string, command: string, deleted: DeletedObject): DataplaneError {
    const { recoveryLevel = "", scheduledPurgeDate } = deleted;
    const date = scheduledPurgeDate?.toISOString();
    const purgeable = recoveryLevel === "" || recoveryLevel.includes("Purgeable");
    const remedy = purgeable
        ? `Purge it, if nobody needs it (az keyvault ${command} purge --name ${item} --vault-name <target>), and run again.`
        : `The target has purge protection, so the name is free again on ${date ?? "the date of its purge"}; until ` +
          `then leave "${item}" out, or replicate to another vault.`;
    return new DataplaneError(
        "InvalidItem",
        `another ${command} that was deleted at the target still has the name "${item}"`,
        { item, side: "target", serviceCode: "ObjectIsDeletedButRecoverable", remedy },
    );
}
