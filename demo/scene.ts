import type { LocalAzure } from "../emulator/local-azure.js";
import { openClients, type Clients } from "./clients.js";
import { ids, productionDeployer, reader, stagingDeployer } from "./identities.js";

const location = "westeurope";

/** Index tags and stored access policies: no built-in role lets one read them without the right to change them. */
const readTagsAndPolicies = {
    id: "30000000-0000-4000-8000-000000000001",
    name: "Contoso Blob Tag and Policy Reader",
    description: "Reads index tags and stored access policies.",
    assignableScopes: ["/"],
    permissions: [
        {
            actions: ["Microsoft.Storage/storageAccounts/blobServices/containers/getAcl/action"],
            notActions: [],
            dataActions: ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read"],
            notDataActions: [],
        },
    ],
};

/**
 * Builds the production tenant's resources, empty, and gives each identity its roles: those who filled production may
 * write there, the replicas' source side may only read, and staging's deployer owns staging's subscription.
 */
export function setTheScene(azure: LocalAzure): Clients {
    azure.arm.put(ids.group, { location });
    azure.arm.put(ids.vault, {
        location,
        properties: {
            tenantId: reader.tenantId,
            sku: { family: "A", name: "standard" },
            enableRbacAuthorization: true,
        },
    });
    azure.arm.put(ids.account, {
        location,
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
        properties: {},
    });
    azure.roles.define(readTagsAndPolicies);
    const roles = [
        [productionDeployer, "Key Vault Secrets Officer", ids.vault],
        [productionDeployer, "Storage Blob Data Owner", ids.account],
        [reader, "Reader", ids.group],
        [reader, "Key Vault Secrets User", ids.vault],
        [reader, "Storage Blob Data Reader", ids.account],
        [reader, readTagsAndPolicies.name, ids.account],
        [stagingDeployer, "Owner", ids.stagingSubscription],
    ] as const;
    for (const [principal, role, scope] of roles) {
        azure.roles.assign({ principalId: principal.objectId, role, scope, effectiveAfterMilliseconds: 0 });
    }
    return openClients(
        productionDeployer,
        "https://contoso-prod-app.vault.azure.net",
        "https://contosoprodmedia.blob.core.windows.net",
    );
}
