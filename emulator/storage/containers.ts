import type { ArmRecord, Platform } from "../contract.js";

/** What ARM says of a container and Azurite does not know. */
export interface ContainerSettings {
    /** Blobs may have policies and holds of their own. */
    readonly immutability: boolean;
    /** What blobs get that are written without a policy of their own. */
    readonly defaultPolicy: { readonly days: number; readonly locked: boolean } | undefined;
    readonly defaultScope: string;
    readonly deniesOtherScopes: boolean;
}

/** The scope of a container that has none of its own. */
export const ACCOUNT_SCOPE = "$account-encryption-key";

/**
 * A container's settings; those of a container that ARM was not told of are the defaults.
 * Sources: https://learn.microsoft.com/rest/api/storagerp/blob-containers/get,
 * https://learn.microsoft.com/azure/storage/blobs/immutable-version-level-worm-policies
 */
export function containerSettings(platform: Platform, account: ArmRecord, name: string): ContainerSettings {
    const id = `${account.id}/blobServices/default/containers/${name}`;
    const { immutableStorageWithVersioning, defaultEncryptionScope, denyEncryptionScopeOverride } =
        platform.findById(id)?.properties ?? {};
    const policy = platform.findById(`${id}/immutabilityPolicies/default`)?.properties;
    const days = policy?.immutabilityPeriodSinceCreationInDays;
    return {
        immutability:
            isEnabled(immutableStorageWithVersioning) ||
            isEnabled(account.properties.immutableStorageWithVersioning),
        defaultPolicy: typeof days === "number" ? { days, locked: policy?.state === "Locked" } : undefined,
        defaultScope: typeof defaultEncryptionScope === "string" ? defaultEncryptionScope : ACCOUNT_SCOPE,
        deniesOtherScopes: denyEncryptionScopeOverride === true,
    };
}

/** Whether the account has that encryption scope, and it is not disabled. */
export function hasScope(platform: Platform, account: ArmRecord, name: string): boolean {
    const scope = platform.findById(`${account.id}/encryptionScopes/${name}`);
    return scope !== undefined && scope.properties.state !== "Disabled";
}

function isEnabled(setting: unknown): boolean {
    return (
        typeof setting === "object" && setting !== null && "enabled" in setting && setting.enabled === true
    );
}
