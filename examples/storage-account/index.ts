// A storage account and the blobs of the production account beside it. The service moves the data: none of it passes
// through the machine that runs this.
//
//   pulumi config set azure-native:location westeurope
//   pulumi config set sourceAccount /subscriptions/…/providers/Microsoft.Storage/storageAccounts/prodmedia
import * as authorization from "@pulumi/azure-native/authorization";
import * as resources from "@pulumi/azure-native/resources";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import * as dataplane from "pulumi-azure-dataplane";

const config = new pulumi.Config();
const me = authorization.getClientConfigOutput();

const group = new resources.ResourceGroup("media");
const account = new storage.StorageAccount("media", {
    resourceGroupName: group.name,
    kind: storage.Kind.StorageV2,
    sku: { name: storage.SkuName.Standard_LRS },
});

// Storage Blob Data Contributor, for whoever runs this.
const blobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
const mayWriteBlobs = new authorization.RoleAssignment("may-write-blobs", {
    scope: account.id,
    principalId: me.objectId,
    principalType: "ServicePrincipal",
    roleDefinitionId: pulumi.interpolate`/subscriptions/${me.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${blobDataContributor}`,
});

const media = new dataplane.StorageReplica(
    "media",
    {
        source: config.require("sourceAccount"),
        target: account.id,
        mode: "replication",
        containers: ["photos", "documents"],
        exclude: ["tmp/**"],
    },
    { dependsOn: mayWriteBlobs },
);

export const accountId = account.id;
export const containers = media.containers.summary;
export const blobs = media.blobs?.summary;
