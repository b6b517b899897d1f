// Contoso's staging environment: a vault and a storage account as azure-native makes them, and beside them what is in
// their counterparts in production, in another tenant.
import * as authorization from "@pulumi/azure-native/authorization";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as resources from "@pulumi/azure-native/resources";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import * as dataplane from "pulumi-azure-dataplane";

const config = new pulumi.Config();
const me = authorization.getClientConfigOutput();

const group = new resources.ResourceGroup("contoso-staging");

const vault = new keyvault.Vault("app", {
    resourceGroupName: group.name,
    properties: {
        tenantId: me.tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
    },
});
const account = new storage.StorageAccount("media", {
    resourceGroupName: group.name,
    kind: storage.Kind.StorageV2,
    sku: { name: storage.SkuName.Standard_LRS },
});

/** Gives whoever runs this a role, by the GUID of its built-in definition. */
function grant(name: string, scope: pulumi.Input<string>, role: string): authorization.RoleAssignment {
    return new authorization.RoleAssignment(name, {
        scope,
        principalId: me.objectId,
        principalType: "ServicePrincipal",
        roleDefinitionId: pulumi.interpolate`/subscriptions/${me.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
    });
}
// Key Vault Secrets Officer; Storage Blob Data Owner, because index tags need it.
const mayWriteSecrets = grant("may-write-secrets", vault.id, "b86a8fe4-44ce-4948-aee5-eccb2c155cd7");
const mayWriteBlobs = grant("may-write-blobs", account.id, "b7e6dc6d-f1e8-4753-8033-0f276bb0955b");

// #region replicas
const secrets = new dataplane.keyvault.Secrets(
    "app",
    {
        source: config.require("sourceVault"),
        target: vault.id,
        exclude: ["retired-*"],
        mode: "replication",
    },
    { dependsOn: mayWriteSecrets },
);

const media = new dataplane.StorageReplica(
    "media",
    {
        source: config.require("sourceAccount"),
        target: account.id,
        mode: "replication",
        detail: "items",
        prune: true,
    },
    { dependsOn: mayWriteBlobs },
);
// #endregion

// Disabled at the source: nobody can read its value. Template mode carries its name, attributes and tags.
const retired = new dataplane.keyvault.Secrets(
    "retired",
    { source: config.require("sourceVault"), target: vault.id, include: ["retired-*"], mode: "template" },
    { dependsOn: mayWriteSecrets },
);

export const vaultUri = vault.properties.vaultUri;
export const blobEndpoint = account.primaryEndpoints.blob;
export const summaries = {
    secrets: secrets.summary,
    retired: retired.summary,
    containers: media.containers.summary,
    blobs: media.blobs?.summary,
};
