import type { ServicePrincipal } from "../emulator/identities.js";
import { wellKnown } from "../emulator/identities.js";

const { production, staging } = wellKnown.tenants;

/** Reads production and can't write there: the replicas' source side. */
export const reader = wellKnown.principals.production.reader;
/** Owns the staging subscription: azure-native, and the replicas' target side. */
export const stagingDeployer = wellKnown.principals.staging.deployer;
/** Who filled production, long before this story begins. */
export const productionDeployer = wellKnown.principals.production.deployer;

const group = `/subscriptions/${production.subscription.id}/resourceGroups/contoso-production`;

/** ARM resource IDs in production, and the subscription that everything goes to. */
export const ids = {
    group,
    vault: `${group}/providers/Microsoft.KeyVault/vaults/contoso-prod-app`,
    account: `${group}/providers/Microsoft.Storage/storageAccounts/contosoprodmedia`,
    stagingSubscription: `/subscriptions/${staging.subscription.id}`,
} as const;

/** The hosts of production's vault and storage account. */
export const productionHosts = /^(contoso-prod-app|contosoprodmedia)\./;

/** The client secret of a principal of the local Azure. */
export function clientSecret(principal: ServicePrincipal): string {
    const [secret] = principal.secrets;
    if (secret === undefined) throw new Error(`${principal.displayName} has no client secret`);
    return secret.value;
}

/**
 * The environment that a user sets: one identity per tenant for the replicas, and azure-native's own variables for the
 * control plane.
 */
export function credentialEnvironment(): Record<string, string> {
    return {
        ...profile("AZURE_SOURCE", reader),
        ...profile("AZURE_TARGET", stagingDeployer),
        ...profile("ARM", stagingDeployer),
        ARM_SUBSCRIPTION_ID: staging.subscription.id,
    };
}

function profile(prefix: string, principal: ServicePrincipal): Record<string, string> {
    return {
        [`${prefix}_TENANT_ID`]: principal.tenantId,
        [`${prefix}_CLIENT_ID`]: principal.clientId,
        [`${prefix}_CLIENT_SECRET`]: clientSecret(principal),
    };
}
