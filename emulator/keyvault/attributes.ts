import type { ArmRecord } from "../contract.js";
import type { ObjectVersion } from "./objects.js";
import { hasPurgeProtection, retentionDays } from "./vault.js";

/** The attributes that all objects have. Times are whole seconds since the epoch. */
export interface Attributes {
    enabled: boolean;
    nbf?: number;
    exp?: number;
    created: number;
    updated: number;
    recoveryLevel: string;
    recoverableDays: number;
}

/** What is added where an object is deleted. Times are whole seconds since the epoch. */
export interface DeletedFields {
    recoveryId: string;
    deletedDate: number;
    scheduledPurgeDate: number;
}

/** The attributes of a version, as every answer has them. */
export function attributesOf(vault: ArmRecord, version: ObjectVersion): Attributes {
    return {
        enabled: version.enabled,
        ...(version.nbf === undefined ? {} : { nbf: version.nbf }),
        ...(version.exp === undefined ? {} : { exp: version.exp }),
        created: version.created,
        updated: version.updated,
        recoveryLevel: recoveryLevel(vault),
        recoverableDays: retentionDays(vault),
    };
}

/** The fields of a deleted object. `collection`: `secrets`, `keys`, `certificates`. */
export function deletedFields(
    vault: ArmRecord,
    host: string,
    collection: string,
    object: { readonly name: string; readonly deletedAt?: number },
): DeletedFields {
    const deletedDate = Math.floor((object.deletedAt ?? 0) / 1000);
    return {
        recoveryId: `https://${host}/deleted${collection}/${object.name}`,
        deletedDate,
        scheduledPurgeDate: deletedDate + retentionDays(vault) * 86_400,
    };
}

/** Source: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret#deletionrecoverylevel */
function recoveryLevel(vault: ArmRecord): string {
    const level = retentionDays(vault) < 90 ? "CustomizedRecoverable" : "Recoverable";
    return hasPurgeProtection(vault) ? level : `${level}+Purgeable`;
}
