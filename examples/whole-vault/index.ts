// A new vault with all that the production vault holds: every version of its secrets and certificates, and its keys,
// which move where both vaults are in one subscription and geography, and are made anew elsewhere.
//
//   pulumi config set azure-native:location westeurope
//   pulumi config set sourceVault /subscriptions/…/resourceGroups/prod/providers/Microsoft.KeyVault/vaults/prod-app
import * as authorization from "@pulumi/azure-native/authorization";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import * as dataplane from "pulumi-azure-dataplane";

const config = new pulumi.Config();
const me = authorization.getClientConfigOutput();

const group = new resources.ResourceGroup("staging");

const vault = new keyvault.Vault("app", {
    resourceGroupName: group.name,
    properties: {
        tenantId: me.tenantId,
        // Keys in hardware need a premium vault.
        sku: { family: "A", name: "premium" },
        enableRbacAuthorization: true,
    },
});

// What whoever runs this must be allowed to write. New roles may take minutes to act: the replicas wait for them.
const officers = {
    secrets: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    keys: "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
    certificates: "a4417e6f-fecd-4de8-b567-7b0420556985",
};
const roles = Object.entries(officers).map(
    ([contents, role]) =>
        new authorization.RoleAssignment(`may-write-${contents}`, {
            scope: vault.id,
            principalId: me.objectId,
            principalType: "ServicePrincipal",
            roleDefinitionId: pulumi.interpolate`/subscriptions/${me.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        }),
);

const replica = new dataplane.KeyVaultReplica(
    "app",
    {
        source: config.require("sourceVault"),
        target: vault.id,
        mode: "replication",
        versions: "all",
        onUnexportable: "recreate",
        // Connection strings that point at production point at staging on arrival.
        rewrite: { "prod.database.windows.net": "staging.database.windows.net" },
    },
    { dependsOn: roles },
);

export const vaultId = vault.id;
export const fidelity = pulumi
    .all([replica.secrets?.summary, replica.keys?.summary, replica.certificates?.summary])
    .apply((summaries) => summaries.map((summary) => summary?.fidelity));
export const losses = pulumi
    .all([replica.secrets?.losses, replica.keys?.losses, replica.certificates?.losses])
    .apply((each) => each.flatMap((some) => some ?? []));
