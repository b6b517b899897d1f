import { expect } from "chai";
import { LocalAzure } from "../../emulator/local-azure.js";
import { type CommandResult, resourceChanges, Stack } from "../../engine-support/index.js";

const secret = "Server=db;Password=correct-horse";

/** One of everything that the stand-in carries. */
function program(sku: string, region = "westeurope"): string {
    return `
        import * as authorization from "@pulumi/azure-native/authorization";
        import * as keyvault from "@pulumi/azure-native/keyvault";
        import * as resources from "@pulumi/azure-native/resources";
        import * as storage from "@pulumi/azure-native/storage";
        import * as web from "@pulumi/azure-native/web";
        import * as pulumi from "@pulumi/pulumi";
        const me = authorization.getClientConfigOutput();
        const group = new resources.ResourceGroup("group", { location: "${region}" });
        const resourceGroupName = group.name;
        const vault = new keyvault.Vault("vault", {
            resourceGroupName,
            properties: { tenantId: me.tenantId, sku: { family: "A", name: "${sku}" }, enableRbacAuthorization: true },
        });
        new authorization.RoleAssignment("role", {
            scope: vault.id,
            principalId: me.objectId,
            principalType: "ServicePrincipal",
            roleDefinitionId: pulumi.interpolate\`/subscriptions/\${me.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7\`,
        });
        const account = new storage.StorageAccount("account", {
            resourceGroupName,
            kind: "StorageV2",
            sku: { name: "Standard_LRS" },
            enableHttpsTrafficOnly: true,
        });
        const plan = new web.AppServicePlan("plan", { resourceGroupName, sku: { name: "B1", tier: "Basic" } });
        const app = new web.WebApp("app", { resourceGroupName, serverFarmId: plan.id });
        new web.WebAppApplicationSettings("settings", {
            resourceGroupName,
            name: app.name,
            properties: { CONNECTION: pulumi.secret("${secret}") },
        });
        export const vaultId = vault.id;
        export const vaultUri = vault.properties.vaultUri;
        export const blobs = account.primaryEndpoints.blob;
        export const https = account.enableHttpsTrafficOnly;
    `;
}

describe("the azure-native provider's stand-in", () => {
    let azure: LocalAzure;
    let stack: Stack;

    before(async () => {
        azure = await LocalAzure.start();
        for (const [principal, tenant] of [
            [azure.principals.staging.deployer, azure.tenants.staging],
            [azure.principals.production.deployer, azure.tenants.production],
        ] as const) {
            azure.roles.assign({
                principalId: principal.objectId,
                role: "Owner",
                scope: `/subscriptions/${tenant.subscription.id}`,
            });
        }
        stack = await Stack.create({
            program: program("standard"),
            environment: { ...azure.environment(), ...credentials(azure) },
        });
    });
    after(async () => {
        await stack[Symbol.asyncDispose]();
        await azure.stop();
    });

    it("previews without making anything", async () => {
        azure.requests.clear();
        const preview = await stack.preview();
        expect(preview.exitCode, preview.stdout + preview.stderr).to.equal(0);
        expect(resourceChanges(preview.events)).to.deep.equal({ create: 8 });
        expect(azure.requests.writes("management.azure.com")).to.equal(0);
    });

    it("makes resources in Resource Manager and answers with what that says", async () => {
        const up = await stack.up();
        expect(up.exitCode, up.stdout + up.stderr).to.equal(0);
        const outputs = await stack.outputs();
        const name = /\/vaults\/(vault[0-9a-f]{8})$/.exec(String(outputs["vaultId"]))?.[1];
        expect(name, String(outputs["vaultId"])).to.be.a("string");
        expect(outputs["vaultUri"]).to.match(new RegExp(`^https://${name ?? ""}\\.vault\\.azure\\.net/?$`));
        expect(outputs["blobs"]).to.match(/^https:\/\/account[0-9a-f]{8}\.blob\.core\.windows\.net\/$/);
        expect(outputs["https"]).to.equal(true);
        expect(azure.arm.get(String(outputs["vaultId"]))?.location).to.equal("westeurope");
    });

    it("keeps secrets secret", async () => {
        expect(JSON.stringify(await stack.exportState())).not.to.include("correct-horse");
    });

    it("has nothing to do the second time, also after a refresh", async () => {
        const refresh = await stack.refresh();
        expect(refresh.exitCode, refresh.stdout + refresh.stderr).to.equal(0);
        azure.requests.clear();
        const up = await stack.up();
        expect(resourceChanges(up.events), up.stdout).to.deep.equal({ same: 8 });
        expect(azure.requests.writes("management.azure.com")).to.equal(0);
    });

    it("updates in place what can be, and replaces the rest", async () => {
        await stack.setProgram(program("premium"));
        const up = await stack.up();
        expect(up.exitCode, up.stdout + up.stderr).to.equal(0);
        expect(resourceChanges(up.events)).to.deep.equal({ same: 7, update: 1 });

        await stack.setProgram(program("premium", "northeurope"));
        expect(steps(await stack.preview(), "group")).to.deep.equal([
            "create-replacement",
            "replace",
            "delete-replaced",
        ]);
    });

    it("says that what was removed behind its back is gone", async () => {
        await stack.setProgram(program("premium"));
        azure.arm.remove(String((await stack.outputs())["vaultId"]));
        const refresh = await stack.refresh();
        expect(refresh.exitCode, refresh.stdout + refresh.stderr).to.equal(0);
        expect(resourceChanges(refresh.events)).to.have.property("delete");
    });

    it("destroys what it made", async () => {
        const destroy = await stack.destroy();
        expect(destroy.exitCode, destroy.stdout + destroy.stderr).to.equal(0);
        expect((await stack.exportState()).deployment.resources ?? []).to.deep.equal([]);
    });

    it("refuses a type that it doesn't know, by name", async () => {
        await stack.setProgram(`
            import * as network from "@pulumi/azure-native/network";
            new network.VirtualNetwork("net", { resourceGroupName: "some" });
        `);
        const preview = await stack.preview();
        expect(preview.exitCode).not.to.equal(0);
        expect(preview.stdout + preview.stderr).to.include("knows no azure-native:network:VirtualNetwork");
    });

    it("tells what Resource Manager says no to", async () => {
        await stack.setProgram(`
            import * as keyvault from "@pulumi/azure-native/keyvault";
            new keyvault.Vault("lost", {
                resourceGroupName: "nowhere",
                location: "westeurope",
                properties: { tenantId: "${azure.tenants.staging.id}", sku: { family: "A", name: "standard" } },
            });
        `);
        const up = await stack.up();
        expect(up.exitCode).not.to.equal(0);
        expect(up.stdout + up.stderr).to.match(/Status=404 Code="ResourceGroupNotFound"/);
    });

    it("works in two tenants at once", async () => {
        const { production } = azure.tenants;
        const { deployer } = azure.principals.production;
        await stack.setProgram(`
            import * as azureNative from "@pulumi/azure-native/provider";
            import * as resources from "@pulumi/azure-native/resources";
            const production = new azureNative.Provider("production", {
                tenantId: "${production.id}",
                subscriptionId: "${production.subscription.id}",
                clientId: "${deployer.clientId}",
                clientSecret: "${deployer.secrets[0]?.value ?? ""}",
            });
            const location = "westeurope";
            export const here = new resources.ResourceGroup("here", { location }).id;
            export const there = new resources.ResourceGroup("there", { location }, { provider: production }).id;
        `);
        const up = await stack.up();
        expect(up.exitCode, up.stdout + up.stderr).to.equal(0);
        const { here, there } = await stack.outputs();
        expect(here).to.match(new RegExp(`^/subscriptions/${azure.tenants.staging.subscription.id}/`));
        expect(there).to.match(new RegExp(`^/subscriptions/${production.subscription.id}/`));
        const [made] = azure.requests.filter(
            ({ method, path }) => method === "PUT" && path.startsWith(String(there)),
        );
        expect(made?.principal).to.equal(deployer.objectId);
        expect((await stack.destroy()).exitCode).to.equal(0);
    });
});

/** What the engine does with a resource, in order; removing the old one of a replacement comes at the end. */
function steps({ events }: CommandResult, name: string): string[] {
    return events.flatMap(({ resourcePreEvent }) =>
        resourcePreEvent?.metadata.urn.endsWith(`::${name}`) === true ? [resourcePreEvent.metadata.op] : [],
    );
}

function credentials(azure: LocalAzure): Record<string, string> {
    const { staging } = azure.tenants;
    const { deployer } = azure.principals.staging;
    return {
        ARM_TENANT_ID: staging.id,
        ARM_SUBSCRIPTION_ID: staging.subscription.id,
        ARM_CLIENT_ID: deployer.clientId,
        ARM_CLIENT_SECRET: deployer.secrets[0]?.value ?? "",
    };
}
