// A vault, the right to write to it, the secrets of the production vault, and an app that reads one of them:
// everything in one first `pulumi up`.
//
//   pulumi config set azure-native:location westeurope
//   pulumi config set sourceVault /subscriptions/…/resourceGroups/prod/providers/Microsoft.KeyVault/vaults/prod-app
//   pulumi config set --secret smtpPassword …
import * as authorization from "@pulumi/azure-native/authorization";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as resources from "@pulumi/azure-native/resources";
import * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import * as dataplane from "pulumi-azure-dataplane";

const config = new pulumi.Config();
const me = authorization.getClientConfigOutput();

const group = new resources.ResourceGroup("staging");

const vault = new keyvault.Vault("app", {
    resourceGroupName: group.name,
    properties: {
        tenantId: me.tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
    },
});

// Key Vault Secrets Officer, for whoever runs this. It may take minutes to act: the replica waits for it.
const secretsOfficer = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
const mayWriteSecrets = new authorization.RoleAssignment("may-write-secrets", {
    scope: vault.id,
    principalId: me.objectId,
    principalType: "ServicePrincipal",
    roleDefinitionId: pulumi.interpolate`/subscriptions/${me.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${secretsOfficer}`,
});

const secrets = new dataplane.keyvault.Secrets(
    "app",
    {
        source: config.require("sourceVault"),
        target: vault.id,
        include: ["db-*", "api-key", "smtp-password"],
        mode: "replication",
        // Staging sends its mail through an account of its own.
        overrides: { "smtp-password": config.requireSecret("smtpPassword") },
    },
    { dependsOn: mayWriteSecrets },
);

const plan = new web.AppServicePlan("app", {
    resourceGroupName: group.name,
    kind: "linux",
    reserved: true,
    sku: { name: "B1", tier: "Basic" },
});
const app = new web.WebApp("app", { resourceGroupName: group.name, serverFarmId: plan.id });
new web.WebAppApplicationSettings("app", {
    resourceGroupName: group.name,
    name: app.name,
    properties: {
        DB_PASSWORD: pulumi.interpolate`@Microsoft.KeyVault(SecretUri=${secrets.uri("db-password")})`,
    },
});

export const vaultId = vault.id;
export const databasePassword = secrets.uri("db-password");
export const copied = secrets.summary;
