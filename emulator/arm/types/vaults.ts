import { isObject } from "../context.js";
import { ArmError } from "../errors.js";
import type { ArmState } from "../context.js";
import type { PrepareContext, ResourceType } from "../resource-type.js";
import type { StoredResource } from "../store.js";

const TYPE = "Microsoft.KeyVault/vaults";
const DAY = 24 * 60 * 60 * 1000;
/** Source: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#objects-identifiers-and-versioning */
const NAME = /^(?=.{3,24}$)[a-z](?:[a-z0-9]|-(?!-))*[a-z0-9]$/i;

/**
 * Key vaults.
 * Source: https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/create-or-update
 */
export const vaults: ResourceType = {
    type: TYPE,
    longRunning: "body",
    createdStatus: 200,
    prepare(draft, context) {
        const { record } = draft;
        if (!NAME.test(record.name)) throw nameNotValid(record.name);
        if (context.existing === undefined) recoverOrClaim(draft, context);
        const before = context.existing?.record.properties ?? {};
        const given = record.properties;
        if (typeof given.tenantId !== "string" || !isObject(given.sku)) {
            throw new ArmError(
                400,
                "BadRequest",
                "The parameters 'tenantId' and 'sku' are required in 'properties'.",
            );
        }
        // RBAC became the default with this version.
        // Source: https://learn.microsoft.com/azure/key-vault/general/access-control-default
        const rbac =
            given.enableRbacAuthorization ??
            before.enableRbacAuthorization ??
            context.apiVersion >= "2026-02-01";
        if (rbac !== true && given.accessPolicies === undefined && before.accessPolicies === undefined) {
            throw new ArmError(400, "BadRequest", "The parameter accessPolicies is not specified.");
        }
        if (before.enablePurgeProtection === true && given.enablePurgeProtection === false) {
            throw new ArmError(
                400,
                "BadRequest",
                'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault ' +
                    "is an irreversible action.",
            );
        }
        record.properties = {
            accessPolicies: [],
            enabledForDeployment: false,
            enableSoftDelete: true,
            softDeleteRetentionInDays: 90,
            publicNetworkAccess: "Enabled",
            ...before,
            ...given,
            enableRbacAuthorization: rbac,
            vaultUri: `https://${record.name.toLowerCase()}.vault.azure.net/`,
            provisioningState: "Succeeded",
        };
        delete record.properties.createMode;
    },
    removed(resource, state) {
        const { softDeleteRetentionInDays } = resource.record.properties;
        const retention = typeof softDeleteRetentionInDays === "number" ? softDeleteRetentionInDays : 90;
        const deletedAt = state.clock.now();
        state.store.deletedVaults.set(resource.record.name.toLowerCase(), {
            resource,
            deletedAt,
            purgeAt: deletedAt + retention * DAY,
        });
    },
};

/** A new vault: its name must be free, or it is a deleted one that is to come back. */
function recoverOrClaim(draft: StoredResource, context: PrepareContext): void {
    const { record } = draft;
    if (isTaken(context.state, record.name)) throw alreadyExists(record.name);
    const deleted = context.state.store.deletedVaults.get(record.name.toLowerCase());
    const mode = record.properties.createMode;
    if (deleted === undefined) {
        if (mode === "recover") {
            throw new ArmError(
                404,
                "DeletedVaultNotFound",
                `The deleted vault '${record.name}' could not be found.`,
            );
        }
        return;
    }
    if (deleted.resource.record.tenantId !== record.tenantId) throw alreadyExists(record.name);
    if (mode !== "recover") {
        throw new ArmError(
            409,
            "ConflictError",
            `A vault with the same name already exists in deleted state. You need to either recover or purge existing ` +
                "key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on " +
                "soft delete.",
        );
    }
    record.properties = { ...deleted.resource.record.properties, ...record.properties };
    context.state.store.deletedVaults.delete(record.name.toLowerCase());
}

/** Whether a vault of that name is in use anywhere: names are global. */
export function isTaken(state: ArmState, name: string): boolean {
    return (
        state.store.list(
            ({ type, name: other }) => type === TYPE && other.toLowerCase() === name.toLowerCase(),
        ).length > 0
    );
}

function alreadyExists(name: string): ArmError {
    return new ArmError(
        409,
        "VaultAlreadyExists",
        `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is ` +
            "already taken. If you are sure that the vault name was not taken then it is possible that a vault with the " +
            "same name was recently deleted but not purged after being placed in a recoverable state. If the vault is in " +
            "a recoverable state then the vault will need to be purged before reusing the name. For more information " +
            "about VaultAlreadyExists, soft delete and purging a vault follow this link " +
            "https://go.microsoft.com/fwlink/?linkid=2147740.",
    );
}

function nameNotValid(name: string): ArmError {
    return new ArmError(
        400,
        "VaultNameNotValid",
        `The vault name '${name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must ` +
            "begin with a letter, end with a letter or digit, and not contain consecutive hyphens. Follow this link for " +
            "more information: https://go.microsoft.com/fwlink/?linkid=2147742",
    );
}
