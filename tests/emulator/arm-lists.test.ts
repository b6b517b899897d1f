import { expect } from "chai";
import { AuthorizationManagementClient } from "arm-authorization-specification";
import { KeyVaultManagementClient } from "arm-keyvault-specification";
import { ResourceManagementClient } from "arm-resources-specification";
import type { LocalAzure } from "../../emulator/local-azure.js";
import { arm, credentialOf, failure, startAzure } from "./support.js";

describe("local azure: lists and roles of Resource Manager", () => {
    let azure: LocalAzure;
    let subscription: string;
    let group: string;
    let authorization: AuthorizationManagementClient;
    let resources: ResourceManagementClient;

    before(async () => {
        azure = await startAzure({ armPageSize: 3 });
        subscription = azure.tenants.production.subscription.id;
        group = `/subscriptions/${subscription}/resourceGroups/many`;
        const credential = credentialOf(azure.principals.production.deployer);
        authorization = new AuthorizationManagementClient(credential, subscription);
        resources = new ResourceManagementClient(credential, subscription);
        for (let number = 0; number < 8; number += 1) {
            azure.arm.put(`${group}/providers/Microsoft.KeyVault/vaults/many-${String(number)}`, {
                tags: number === 0 ? { first: "yes" } : {},
                properties: {
                    tenantId: azure.tenants.production.id,
                    sku: { family: "A", name: "standard" },
                    enableRbacAuthorization: true,
                },
            });
        }
        azure.arm.put(`${group}/providers/Microsoft.Storage/storageAccounts/manyaccount`, {
            kind: "StorageV2",
            sku: { name: "Standard_LRS" },
        });
    });
    after(() => azure.stop());

    it("lists in pages, each entry once", async () => {
        const { vaults } = new KeyVaultManagementClient(
            credentialOf(azure.principals.production.deployer),
            subscription,
        );
        azure.requests.clear();
        const names = [];
        for await (const vault of vaults.listByResourceGroup("many")) names.push(vault.name);
        expect(names).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7].map((number) => `many-${String(number)}`));
        expect(azure.requests.filter(({ service }) => service === "arm")).to.have.length(3);
        const pages = [];
        for await (const page of vaults.listBySubscription({ top: 2 }).byPage()) pages.push(page.length);
        expect(pages).to.deep.equal([2, 2, 2, 2]);
    });

    it("lists resources by type, name and tag", async () => {
        const list = async (filter?: string): Promise<string[]> => {
            const found = [];
            const options = filter === undefined ? {} : { filter };
            for await (const resource of resources.resources.list(options)) found.push(resource.name ?? "");
            return found;
        };
        expect(await list()).to.have.length(9);
        expect(await list("resourceType eq 'microsoft.storage/storageaccounts'")).to.deep.equal([
            "manyaccount",
        ]);
        expect(await list("resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'many-3'")).to.deep.equal([
            "many-3",
        ]);
        expect(await list("tagName eq 'first' and tagValue eq 'yes'")).to.deep.equal(["many-0"]);
        expect((await failure(list("substringof('x', name)"))).message).to.contain("does not model");
    });

    it("shows a caller only what it may read", async () => {
        const { reader } = azure.principals.production;
        const names = async (path: string): Promise<unknown[]> => {
            const { body } = await arm(reader, "GET", `${path}api-version=2022-12-01`);
            return (body.value as { name?: string; subscriptionId?: string }[]).map(
                (one) => one.name ?? one.subscriptionId,
            );
        };
        expect(await names("/subscriptions?")).to.deep.equal([]);
        const role = azure.roles.assign({
            principalId: reader.objectId,
            role: "Reader",
            scope: `${group}/providers/Microsoft.KeyVault/vaults/many-5`,
        });
        expect(await names("/subscriptions?")).to.deep.equal([subscription]);
        expect(await names(`/subscriptions/${subscription}/resources?`)).to.deep.equal(["many-5"]);
        expect(await names(`/subscriptions/${subscription}/resourcegroups?`)).to.deep.equal([]);
        azure.roles.remove(role);
    });

    it("answers what clients ask for at sign-in", async () => {
        const { deployer } = azure.principals.production;
        const get = (path: string): ReturnType<typeof arm> =>
            arm(deployer, "GET", `${path}?api-version=2022-12-01`);
        expect((await get("/tenants")).body.value).to.have.nested.property("[0].tenantId", deployer.tenantId);
        expect((await get(`/subscriptions/${subscription}`)).body).to.include({ state: "Enabled" });
        expect((await get(`/subscriptions/${subscription}/locations`)).body.value).to.deep.include({
            id: `/subscriptions/${subscription}/locations/westeurope`,
            name: "westeurope",
            type: "Region",
            displayName: "West Europe",
            regionalDisplayName: "West Europe",
            metadata: { regionType: "Physical", regionCategory: "Recommended", geography: "Europe" },
        });
        const provider = await resources.providers.get("microsoft.keyvault");
        const type = provider.resourceTypes?.find(({ resourceType }) => resourceType === "vaults");
        expect(type?.apiVersions).to.include("2023-07-01");
        expect((await resources.providers.register("Microsoft.Storage")).registrationState).to.equal(
            "Registered",
        );
        expect((await failure(resources.providers.get("Contoso.Nothing"))).code).to.equal(
            "InvalidResourceNamespace",
        );
    });

    it("gives roles by name, lists them by scope and principal, and takes them away", async () => {
        const { reader, deployer } = azure.principals.production;
        const vault = `${group}/providers/Microsoft.KeyVault/vaults/many-1`;
        const found = [];
        for await (const one of authorization.roleDefinitions.list(vault, {
            filter: "roleName eq 'Key Vault Secrets User'",
        })) {
            found.push(one);
        }
        expect(found).to.have.length(1);
        const roleDefinitionId = found[0]?.id ?? "";
        expect(roleDefinitionId).to.match(/\/4633458b-17de-408a-b874-0445c86b69e6$/);
        const name = "11111111-aaaa-4aaa-8aaa-111111111111";
        const wanted = { roleDefinitionId, principalId: reader.objectId };
        const made = await authorization.roleAssignments.create(vault, name, wanted);
        expect(made).to.include({ scope: vault, principalId: reader.objectId, createdBy: deployer.objectId });
        const again = authorization.roleAssignments.create(
            vault,
            "22222222-aaaa-4aaa-8aaa-111111111111",
            wanted,
        );
        expect((await failure(again)).code).to.equal("RoleAssignmentExists");
        const unnamed = authorization.roleAssignments.create(vault, "mine", wanted);
        expect((await failure(unnamed)).code).to.equal("InvalidRoleAssignmentId");
        const nobody = { ...wanted, principalId: "99999999-0000-4000-8000-000000000000" };
        const guid = "33333333-aaaa-4aaa-8aaa-111111111111";
        expect((await failure(authorization.roleAssignments.create(vault, guid, nobody))).code).to.equal(
            "PrincipalNotFound",
        );
        const list = async (scope: string, filter?: string): Promise<(string | undefined)[]> => {
            const names = [];
            const options = filter === undefined ? {} : { filter };
            for await (const one of authorization.roleAssignments.listForScope(scope, options))
                names.push(one.principalId);
            return names;
        };
        expect(await list(vault)).to.have.members([reader.objectId, deployer.objectId]);
        expect(await list(group, "atScope()")).to.deep.equal([deployer.objectId]);
        expect(await list(group, `principalId eq '${reader.objectId}'`)).to.deep.equal([reader.objectId]);
        expect(
            await list(
                `${group}/providers/Microsoft.KeyVault/vaults/many-2`,
                `assignedTo('${reader.objectId}')`,
            ),
        ).to.deep.equal([]);
        const permissions = (
            await arm(
                reader,
                "GET",
                `${vault}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`,
            )
        ).body;
        expect(permissions).to.have.nested.property(
            "value[0].dataActions[0]",
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
        );
        await authorization.roleAssignments.delete(vault, name);
        expect((await failure(authorization.roleAssignments.get(vault, name))).code).to.equal(
            "RoleAssignmentNotFound",
        );
    });

    it("lets nobody give roles without the right to", async () => {
        const { reader } = azure.principals.production;
        const role = azure.roles.assign({ principalId: reader.objectId, role: "Contributor", scope: group });
        const client = new AuthorizationManagementClient(credentialOf(reader), subscription);
        const error = await failure(
            client.roleAssignments.create(group, "44444444-aaaa-4aaa-8aaa-111111111111", {
                roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635`,
                principalId: reader.objectId,
            }),
        );
        expect(error.message).to.contain("'Microsoft.Authorization/roleAssignments/write'");
        azure.roles.remove(role);
    });

    it("shows a new assignment at once and acts on it late", async () => {
        const { reader } = azure.principals.production;
        azure.roles.delayMilliseconds = 60_000;
        const name = "55555555-aaaa-4aaa-8aaa-111111111111";
        await authorization.roleAssignments.create(group, name, {
            roleDefinitionId:
                "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7",
            principalId: reader.objectId,
            principalType: "ServicePrincipal",
        });
        azure.roles.delayMilliseconds = 0;
        expect((await authorization.roleAssignments.get(group, name)).name).to.equal(name);
        const read = async (): Promise<number> =>
            (await arm(reader, "GET", `${group}?api-version=2022-12-01`)).status;
        expect(await read()).to.equal(403);
        azure.clock.advance(60_000);
        expect(await read()).to.equal(200);
        await authorization.roleAssignments.delete(group, name);
        expect(await read()).to.equal(403);
    });

    it("keeps custom roles", async () => {
        const guid = "66666666-aaaa-4aaa-8aaa-111111111111";
        const made = await authorization.roleDefinitions.createOrUpdate(group, guid, {
            roleName: "Vault lister",
            roleType: "CustomRole",
            assignableScopes: [group],
            permissions: [{ actions: ["Microsoft.KeyVault/vaults/read"], notActions: [] }],
        });
        expect(made.roleName).to.equal("Vault lister");
        const owner = authorization.roleDefinitions.createOrUpdate(
            group,
            "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
            {
                roleName: "Owner",
                assignableScopes: [group],
            },
        );
        expect((await failure(owner)).statusCode).to.equal(403);
        await authorization.roleDefinitions.delete(group, guid);
        expect((await failure(authorization.roleDefinitions.get(group, guid))).statusCode).to.equal(404);
    });
});
