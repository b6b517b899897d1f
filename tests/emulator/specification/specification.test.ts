import { expect } from "chai";
import { AuthorizationManagementClient } from "arm-authorization-specification";
import { KeyVaultManagementClient } from "arm-keyvault-specification";
import { ResourceManagementClient } from "arm-resources-specification";
import { StorageManagementClient } from "arm-storage-specification";
import type { LocalAzure } from "../../../emulator/local-azure.js";
import { arm, credentialOf, failure, startAzure } from "../support.js";
import { Recorder, type Exchange } from "./exchange.js";
import { SpecificationValidator } from "./validator.js";

describe("local azure: Microsoft's specification of Resource Manager", () => {
    let azure: LocalAzure;
    let validator: SpecificationValidator;
    const recorder = new Recorder();

    before(async () => {
        validator = await SpecificationValidator.create();
        azure = await startAzure({ services: [() => Promise.resolve(recorder)], armPageSize: 2 });
        recorder.azure = azure;
    });
    after(() => azure.stop());

    it("finds nothing to object to in what the official clients ask and get", async () => {
        await driveResources(azure);
        await driveVaults(azure);
        await driveAccounts(azure);
        await driveAuthorization(azure);
        const violations: string[] = [];
        const operations = new Set<string>();
        const unspecified = new Set<string>();
        for (const exchange of recorder.exchanges) {
            const verdict = await validator.validate(exchange);
            const name = `${exchange.method} ${exchange.url.pathname} ${exchange.status}`;
            violations.push(...verdict.violations.map((violation) => `${name}\n  ${violation}`));
            if (verdict.operation === undefined) unspecified.add(name);
            else operations.add(verdict.operation);
        }
        expect(violations).to.deep.equal([]);
        expect([...operations]).to.include.members([
            "vaults_createOrUpdate",
            "vaults_get",
            "vaults_update",
            "vaults_delete",
            "vaults_listBySubscription",
            "vaults_listDeleted",
            "storageAccounts_create",
            "storageAccounts_listKeys",
            "storageAccounts_regenerateKey",
            "storageAccounts_list",
            "blobServices_getServiceProperties",
            "roleAssignments_create",
            "roleAssignments_listForScope",
            "roleDefinitions_list",
            "permissions_listForResourceGroup",
            "resourceGroups_createOrUpdate",
            "resourceGroups_list",
            "resources_list",
            "providers_list",
        ]);
        // Only the addresses where operations are followed are in no specification; one provider's own address looks to
        // the validator like one of that provider's operations.
        const known = /^GET .*(\/(asyncoperations|operationresults)\/[^/]+|\/providers\/[^/]+) 20[02]$/i;
        for (const name of unspecified) expect(name).to.match(known);
    });

    it("objects to answers that are not as specified", async () => {
        const example = recorder.exchanges.find(
            ({ method, url, status }) =>
                method === "GET" && url.pathname.endsWith("/vaults/specified") && status === 200,
        );
        if (example === undefined) throw new Error("No vault was read.");
        const good = example.responseBody as { properties: Record<string, unknown> };
        const broken: Record<string, unknown> = {
            "a member of another type": { ...good, properties: { ...good.properties, vaultUri: 7 } },
            "a required member that is missing": {
                ...good,
                properties: { ...good.properties, tenantId: undefined },
            },
            "a value outside its enumeration": {
                ...good,
                properties: { ...good.properties, sku: { family: "A", name: "golden" } },
            },
            "a member that nobody specified": { ...good, properties: { ...good.properties, invented: true } },
            "a list in place of an object": { ...good, properties: [] },
        };
        expect((await validator.validate(example)).violations).to.deep.equal([]);
        for (const [what, responseBody] of Object.entries(broken)) {
            const exchange: Exchange = { ...example, responseBody: JSON.parse(JSON.stringify(responseBody)) };
            expect((await validator.validate(exchange)).violations, what).not.to.deep.equal([]);
        }
        const status: Exchange = { ...example, status: 299 };
        expect((await validator.validate(status)).violations, "a status").not.to.deep.equal([]);
    });
});

async function driveResources(azure: LocalAzure): Promise<void> {
    const { resourceGroups, resources, providers } = new ResourceManagementClient(
        credentialOf(azure.principals.production.deployer),
        azure.tenants.production.subscription.id,
    );
    for (const name of ["one", "two", "three"])
        await resourceGroups.createOrUpdate(name, { location: "westeurope" });
    await resourceGroups.update("one", { tags: { a: "b" } });
    await resourceGroups.get("one");
    await resourceGroups.checkExistence("one");
    await collect(resourceGroups.list());
    await resourceGroups.beginDeleteAndWait("three");
    await failure(resourceGroups.get("three"));
    await collect(resources.list({ filter: "resourceType eq 'Microsoft.KeyVault/vaults'" }));
    await providers.get("Microsoft.KeyVault");
    await collect(providers.list());
}

async function driveVaults(azure: LocalAzure): Promise<void> {
    const { production } = azure.tenants;
    const { vaults } = new KeyVaultManagementClient(
        credentialOf(azure.principals.production.deployer),
        production.subscription.id,
    );
    const options = {
        location: "westeurope",
        tags: { a: "b" },
        properties: {
            tenantId: production.id,
            sku: { family: "A" as const, name: "standard" as const },
            enableRbacAuthorization: true,
        },
    };
    for (const name of ["specified", "specified-2", "specified-3"]) {
        await vaults.beginCreateOrUpdateAndWait("one", name, options);
    }
    await vaults.get("one", "specified");
    await vaults.update("one", "specified", { properties: { publicNetworkAccess: "Disabled" } });
    await vaults.checkNameAvailability({ name: "specified", type: "Microsoft.KeyVault/vaults" });
    await collect(vaults.listBySubscription());
    await collect(vaults.listByResourceGroup("one"));
    await collect(vaults.list());
    await failure(vaults.get("one", "nobody"));
    await vaults.delete("one", "specified-3");
    await collect(vaults.listDeleted());
    await vaults.getDeleted("specified-3", "westeurope");
    await vaults.beginPurgeDeletedAndWait("specified-3", "westeurope");
}

async function driveAccounts(azure: LocalAzure): Promise<void> {
    const { storageAccounts, blobServices } = new StorageManagementClient(
        credentialOf(azure.principals.production.deployer),
        azure.tenants.production.subscription.id,
    );
    await storageAccounts.beginCreateAndWait("one", "specifiedaccount", {
        location: "westeurope",
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
    });
    await storageAccounts.getProperties("one", "specifiedaccount");
    await storageAccounts.update("one", "specifiedaccount", { tags: { a: "b" } });
    await storageAccounts.listKeys("one", "specifiedaccount");
    await storageAccounts.regenerateKey("one", "specifiedaccount", { keyName: "key2" });
    await storageAccounts.checkNameAvailability({
        name: "specifiedaccount",
        type: "Microsoft.Storage/storageAccounts",
    });
    await collect(storageAccounts.list());
    await collect(storageAccounts.listByResourceGroup("one"));
    await blobServices.getServiceProperties("one", "specifiedaccount");
    await blobServices.setServiceProperties("one", "specifiedaccount", { isVersioningEnabled: true });
    await storageAccounts.delete("one", "specifiedaccount");
}

async function driveAuthorization(azure: LocalAzure): Promise<void> {
    const { reader, deployer } = azure.principals.production;
    const subscription = azure.tenants.production.subscription.id;
    const scope = `/subscriptions/${subscription}/resourceGroups/one`;
    const { roleAssignments, roleDefinitions, permissions } = new AuthorizationManagementClient(
        credentialOf(deployer),
        subscription,
    );
    const definitions = await collect(roleDefinitions.list(scope, { filter: "roleName eq 'Reader'" }));
    const roleDefinitionId = definitions[0]?.id ?? "";
    await roleDefinitions.getById(roleDefinitionId);
    const name = "77777777-aaaa-4aaa-8aaa-111111111111";
    await roleAssignments.create(scope, name, { roleDefinitionId, principalId: reader.objectId });
    await roleAssignments.get(scope, name);
    await collect(roleAssignments.listForScope(scope));
    await collect(roleAssignments.listForSubscription());
    await collect(permissions.listForResourceGroup("one"));
    await roleAssignments.delete(scope, name);
    await failure(roleAssignments.get(scope, name));
    // What is refused has a specified body as well.
    await arm(reader, "GET", `${scope}/providers/Microsoft.KeyVault/vaults/specified?api-version=2024-11-01`);
}

async function collect<Entry>(list: AsyncIterable<Entry>): Promise<Entry[]> {
    const entries = [];
    for await (const entry of list) entries.push(entry);
    return entries;
}
