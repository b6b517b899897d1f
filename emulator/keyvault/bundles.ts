import type { ArmRecord } from "../contract.js";
import { hasPurgeProtection, retentionDays, type Secret, type SecretVersion } from "./vault.js";

/** The attributes of a version. Source: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret#secretattributes */
export interface SecretAttributes {
    enabled: boolean;
    nbf?: number;
    exp?: number;
    created: number;
    updated: number;
    recoveryLevel: string;
    recoverableDays: number;
}

/** A secret in a listing: no value, and no version in the id except in a listing of versions. */
export interface SecretItem {
    contentType?: string;
    id: string;
    managed?: boolean;
    attributes: SecretAttributes;
    tags?: Record<string, string>;
}

/** A secret as operations on one version answer it. */
export interface SecretBundle extends SecretItem {
    value?: string;
}

/** What is added where the secret is deleted. Times are seconds since the epoch. */
export interface DeletedFields {
    recoveryId: string;
    deletedDate: number;
    scheduledPurgeDate: number;
}

/** An entry of a listing; `version` undefined: of secrets. */
export function item(
    vault: ArmRecord,
    host: string,
    secret: Secret,
    shown: SecretVersion,
    version?: string,
): SecretItem {
    return {
        ...(shown.contentType === undefined ? {} : { contentType: shown.contentType }),
        id: `https://${host}/secrets/${secret.name}${version === undefined ? "" : `/${version}`}`,
        ...(secret.managed === true ? { managed: true } : {}),
        attributes: {
            enabled: shown.enabled,
            ...(shown.nbf === undefined ? {} : { nbf: shown.nbf }),
            ...(shown.exp === undefined ? {} : { exp: shown.exp }),
            created: shown.created,
            updated: shown.updated,
            recoveryLevel: recoveryLevel(vault),
            recoverableDays: retentionDays(vault),
        },
        ...(shown.tags === undefined ? {} : { tags: shown.tags }),
    };
}

/** The whole of a version, with the value where the operation answers with it. */
export function bundle(
    vault: ArmRecord,
    host: string,
    secret: Secret,
    shown: SecretVersion,
    options: { value: boolean },
): SecretBundle {
    return {
        ...(options.value ? { value: shown.value } : {}),
        ...item(vault, host, secret, shown, shown.version),
    };
}

/** The fields of a deleted secret. */
export function deletedFields(vault: ArmRecord, host: string, secret: Secret): DeletedFields {
    const deletedDate = Math.floor((secret.deletedAt ?? 0) / 1000);
    return {
        recoveryId: `https://${host}/deletedsecrets/${secret.name}`,
        deletedDate,
        scheduledPurgeDate: deletedDate + retentionDays(vault) * 86_400,
    };
}

/** Source: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret#deletionrecoverylevel */
function recoveryLevel(vault: ArmRecord): string {
    const level = retentionDays(vault) < 90 ? "CustomizedRecoverable" : "Recoverable";
    return hasPurgeProtection(vault) ? level : `${level}+Purgeable`;
}
