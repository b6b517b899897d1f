import { expect } from "chai";
import { KeyVaultManagementClient } from "arm-keyvault-specification";
import { ResourceManagementClient } from "arm-resources-specification";
import { StorageManagementClient } from "arm-storage-specification";
import type { LocalAzure } from "../../emulator/local-azure.js";
import { arm, armError, credentialOf, failure, startAzure } from "./support.js";

describe("local azure: Resource Manager", () => {
    let azure: LocalAzure;
    let resources: ResourceManagementClient;
    let vaults: KeyVaultManagementClient["vaults"];
    let accounts: StorageManagementClient["storageAccounts"];
    let group: string;
    let subscription: string;

    before(async () => {
        azure = await startAzure();
        subscription = azure.tenants.production.subscription.id;
        const credential = credentialOf(azure.principals.production.deployer);
        resources = new ResourceManagementClient(credential, subscription);
        vaults = new KeyVaultManagementClient(credential, subscription).vaults;
        accounts = new StorageManagementClient(credential, subscription).storageAccounts;
        group = `/subscriptions/${subscription}/resourceGroups/first`;
        await resources.resourceGroups.createOrUpdate("first", { location: "West Europe", tags: { a: "b" } });
    });
    after(() => azure.stop());
    beforeEach(() => {
        azure.requests.clear();
    });

    const vaultOptions = () => ({
        location: "westeurope",
        properties: {
            tenantId: azure.tenants.production.id,
            sku: { family: "A" as const, name: "standard" as const },
            enableRbacAuthorization: true,
        },
    });

    it("makes a vault whose URI the service gives, and follows it until it is there", async () => {
        const vault = await vaults.beginCreateOrUpdateAndWait("first", "first-vault", vaultOptions());
        expect(vault.properties).to.include({
            vaultUri: "https://first-vault.vault.azure.net/",
            provisioningState: "Succeeded",
            softDeleteRetentionInDays: 90,
        });
        // The first poll said that it was not ready.
        expect(
            azure.requests.filter(({ method, host }) => method === "GET" && host.startsWith("management")),
        ).to.have.length(2);
        expect(azure.arm.get(`${group}/providers/microsoft.keyvault/VAULTS/First-Vault`)?.name).to.equal(
            "first-vault",
        );
    });

    it("keeps vault names unique in all tenants, refuses bad ones and keeps deleted vaults", async () => {
        azure.arm.put(
            `/subscriptions/${azure.tenants.staging.subscription.id}/resourceGroups/s/providers/Microsoft.KeyVault/vaults/taken-name`,
            vaultOptions(),
        );
        const taken = await failure(vaults.beginCreateOrUpdateAndWait("first", "taken-name", vaultOptions()));
        expect(taken).to.include({ code: "VaultAlreadyExists", statusCode: 409 });
        const bad = await failure(vaults.beginCreateOrUpdateAndWait("first", "9bad", vaultOptions()));
        expect(bad.code).to.equal("VaultNameNotValid");
        await vaults.beginCreateOrUpdateAndWait("first", "gone-vault", vaultOptions());
        await vaults.delete("first", "gone-vault");
        expect(await failure(vaults.get("first", "gone-vault"))).to.include({
            code: "ResourceNotFound",
            statusCode: 404,
        });
        const deleted = await vaults.getDeleted("gone-vault", "westeurope");
        expect(deleted.properties?.vaultId).to.equal(
            `${group}/providers/Microsoft.KeyVault/vaults/gone-vault`,
        );
        const again = vaults.beginCreateOrUpdateAndWait("first", "gone-vault", vaultOptions());
        expect((await failure(again)).code).to.equal("ConflictError");
        const recover = {
            ...vaultOptions(),
            properties: { ...vaultOptions().properties, createMode: "recover" as const },
        };
        await vaults.beginCreateOrUpdateAndWait("first", "gone-vault", recover);
        await vaults.delete("first", "gone-vault");
        await vaults.beginPurgeDeletedAndWait("gone-vault", "westeurope");
        expect((await failure(vaults.getDeleted("gone-vault", "westeurope"))).statusCode).to.equal(404);
    });

    it("makes a storage account as a long-running operation, with two keys that can be renewed", async () => {
        const options = {
            location: "westeurope",
            kind: "StorageV2" as const,
            sku: { name: "Standard_RAGRS" as const },
        };
        const account = await accounts.beginCreateAndWait("first", "firstaccount", options);
        expect(account.primaryEndpoints?.blob).to.equal("https://firstaccount.blob.core.windows.net/");
        expect(account.secondaryEndpoints?.blob).to.equal(
            "https://firstaccount-secondary.blob.core.windows.net/",
        );
        const statuses = azure.requests
            .filter(({ host }) => host.startsWith("management"))
            .map(({ status }) => status);
        expect(statuses).to.deep.equal([202, 202, 200]);
        const before = (await accounts.listKeys("first", "firstaccount")).keys ?? [];
        expect(before.map(({ keyName }) => keyName)).to.deep.equal(["key1", "key2"]);
        expect(Buffer.from(before[0]?.value ?? "", "base64")).to.have.length(64);
        const after = (await accounts.regenerateKey("first", "firstaccount", { keyName: "key1" })).keys ?? [];
        expect(after[0]?.value).not.to.equal(before[0]?.value);
        expect(after[1]?.value).to.equal(before[1]?.value);
        const shown = JSON.stringify(await accounts.getProperties("first", "firstaccount"));
        expect(shown).not.to.contain(after[0]?.value);
        // Keys are asked for, not written.
        expect(azure.requests.filter(({ path, write }) => path.includes("listKeys") && write)).to.have.length(
            0,
        );
        const bad = await failure(accounts.beginCreateAndWait("first", "Bad_Name", options));
        expect(bad.code).to.equal("AccountNameInvalid");
        const taken = await failure(
            new StorageManagementClient(
                credentialOf(azure.principals.staging.deployer),
                azure.tenants.staging.subscription.id,
            ).storageAccounts.beginCreateAndWait("s", "firstaccount", options),
        );
        expect(taken.code).to.equal("StorageAccountAlreadyTaken");
    });

    it("follows an operation by its status where the type does that", async () => {
        const id = `${group}/providers/Microsoft.ContainerRegistry/registries/r?api-version=2023-07-01`;
        const { deployer } = azure.principals.production;
        const body = { location: "westeurope", sku: { name: "Basic" } };
        const made = await arm(deployer, "PUT", id, { body });
        expect(made.status).to.equal(201);
        expect(made.body).to.have.nested.property("properties.provisioningState", "Creating");
        const status = new URL(made.headers.get("azure-asyncoperation") ?? "");
        const poll = async (): Promise<unknown> =>
            (await arm(deployer, "GET", `${status.pathname}${status.search}`)).body.status;
        expect([await poll(), await poll()]).to.deep.equal(["InProgress", "Succeeded"]);
    });

    it("changes with PATCH what it names, and replaces with PUT", async () => {
        await vaults.beginCreateOrUpdateAndWait("first", "patch-vault", {
            ...vaultOptions(),
            tags: { a: "1" },
        });
        const patched = await vaults.update("first", "patch-vault", {
            properties: { enablePurgeProtection: true },
        });
        expect(patched.tags).to.deep.equal({ a: "1" });
        expect(patched.properties.enablePurgeProtection).to.equal(true);
        expect(patched.properties.enableRbacAuthorization).to.equal(true);
        const replaced = await vaults.beginCreateOrUpdateAndWait("first", "patch-vault", vaultOptions());
        expect(replaced.tags).to.equal(undefined);
        const off = { properties: { enablePurgeProtection: false } };
        expect((await failure(vaults.update("first", "patch-vault", off))).message).to.contain(
            "irreversible",
        );
    });

    it("honours If-Match and If-None-Match", async () => {
        const { deployer } = azure.principals.production;
        const id = `${group}/providers/Microsoft.Network/virtualNetworks/n?api-version=2024-01-01`;
        const put = (headers: Record<string, string>): ReturnType<typeof arm> =>
            arm(deployer, "PUT", id, { body: { location: "westeurope" }, headers });
        const made = await put({ "if-none-match": "*" });
        expect(made.status).to.equal(201);
        const etag = made.headers.get("etag") ?? "";
        expect((await put({ "if-none-match": "*" })).status).to.equal(412);
        expect((await arm(deployer, "GET", id, { headers: { "if-none-match": etag } })).status).to.equal(304);
        const changed = await put({ "if-match": etag });
        expect(changed.status).to.equal(200);
        expect(changed.headers.get("etag")).not.to.equal(etag);
        const stale = await put({ "if-match": etag });
        expect(armError(stale.body).code).to.equal("PreconditionFailed");
        expect((await arm(deployer, "DELETE", id, { headers: { "if-match": etag } })).status).to.equal(412);
        expect((await arm(deployer, "DELETE", id)).status).to.equal(200);
        expect((await arm(deployer, "DELETE", id)).status).to.equal(204);
    });

    it("refuses what Azure refuses, with its codes", async () => {
        const { deployer } = azure.principals.production;
        const vault = `${group}/providers/Microsoft.KeyVault/vaults/nobody`;
        const version = "api-version=2024-11-01";
        const cases: [string, string, unknown, number, string][] = [
            ["GET", vault, undefined, 400, "MissingApiVersionParameter"],
            ["GET", `${vault}?api-version=new`, undefined, 400, "InvalidApiVersionParameter"],
            ["GET", `${vault}?api-version=2010-01-01`, undefined, 400, "NoRegisteredProviderFound"],
            ["GET", `${vault}?${version}`, undefined, 404, "ResourceNotFound"],
            [
                "GET",
                `${vault.replace("first", "no-group")}?${version}`,
                undefined,
                404,
                "ResourceGroupNotFound",
            ],
            [
                "GET",
                `/subscriptions/99999999-0000-4000-8000-000000000000?${version}`,
                undefined,
                404,
                "SubscriptionNotFound",
            ],
            ["PUT", `${vault}?${version}`, { properties: {} }, 400, "LocationRequired"],
            [
                "PUT",
                `${vault}?${version}`,
                { location: "atlantis" },
                400,
                "LocationNotAvailableForResourceType",
            ],
            ["PUT", `${vault.replace("first", "no-group")}?${version}`, {}, 404, "ResourceGroupNotFound"],
            [
                "PUT",
                `${group}/providers/Microsoft.Web/sites/x/config/appsettings?api-version=2024-11-01`,
                {},
                404,
                "ParentResourceNotFound",
            ],
            ["PUT", `${vault}?${version}`, "text", 400, "InvalidRequestContent"],
            [
                "POST",
                `${group}/providers/Microsoft.KeyVault/vaults/first-vault/fly?${version}`,
                {},
                501,
                "NotModelled",
            ],
        ];
        for (const [method, path, body, status, code] of cases) {
            const answer = await arm(deployer, method, path, { body });
            expect(armError(answer.body).code, `${method} ${path}`).to.equal(code);
            expect(answer.status, code).to.equal(status);
        }
    });

    it("names caller, action and scope when a role is missing", async () => {
        const { reader } = azure.principals.production;
        const path = `${group}/providers/Microsoft.KeyVault/vaults/first-vault`;
        const refused = await arm(reader, "GET", `${path}?api-version=2024-11-01`);
        expect(refused.status).to.equal(403);
        expect(armError(refused.body)).to.deep.equal({
            code: "AuthorizationFailed",
            message:
                `The client '${reader.clientId}' with object id '${reader.objectId}' does not have authorization to ` +
                `perform action 'Microsoft.KeyVault/vaults/read' over scope '${path}' or the scope is invalid. If ` +
                "access was recently granted, please refresh your credentials.",
        });
        const role = azure.roles.assign({ principalId: reader.objectId, role: "Reader", scope: group });
        expect((await arm(reader, "GET", `${path}?api-version=2024-11-01`)).status).to.equal(200);
        const keys = await arm(
            reader,
            "POST",
            `${group}/providers/Microsoft.Storage/storageAccounts/firstaccount/listKeys?api-version=2024-01-01`,
        );
        expect(armError(keys.body).message).to.contain("'Microsoft.Storage/storageAccounts/listKeys/action'");
        azure.roles.remove(role);
    });

    it("removes a group with all that is in it", async () => {
        await resources.resourceGroups.createOrUpdate("doomed", { location: "westeurope" });
        const scope = `/subscriptions/${subscription}/resourceGroups/doomed`;
        azure.arm.put(`${scope}/providers/Microsoft.Storage/storageAccounts/doomedaccount`, {
            kind: "StorageV2",
            sku: { name: "Standard_LRS" },
        });
        azure.roles.assign({ principalId: "someone", role: "Reader", scope });
        expect((await resources.resourceGroups.checkExistence("doomed")).body).to.equal(true);
        await resources.resourceGroups.beginDeleteAndWait("doomed");
        expect((await resources.resourceGroups.checkExistence("doomed")).body).to.equal(false);
        expect((await failure(accounts.getProperties("doomed", "doomedaccount"))).code).to.equal(
            "ResourceGroupNotFound",
        );
        expect(azure.arm.get(`${scope}/providers/Microsoft.Storage/storageAccounts/doomedaccount`)).to.equal(
            undefined,
        );
        expect(azure.roles.assignments().some(({ principalId }) => principalId === "someone")).to.equal(
            false,
        );
    });

    it("keeps an app's settings as one dictionary that only listing shows", async () => {
        const { deployer } = azure.principals.production;
        const site = `${group}/providers/Microsoft.Web/sites/firstapp`;
        const version = "?api-version=2024-11-01";
        const made = await arm(deployer, "PUT", `${site}${version}`, {
            body: {
                location: "westeurope",
                properties: { siteConfig: { appSettings: [{ name: "A", value: "1" }] } },
            },
        });
        expect(made.body).to.have.nested.property("properties.defaultHostName", "firstapp.azurewebsites.net");
        expect(JSON.stringify(made.body)).not.to.contain('"A"');
        const list = async (): Promise<unknown> =>
            (await arm(deployer, "POST", `${site}/config/appsettings/list${version}`)).body.properties;
        expect(await list()).to.deep.equal({ A: "1" });
        await arm(deployer, "PUT", `${site}/config/appsettings${version}`, {
            body: { properties: { B: "2" } },
        });
        expect(await list()).to.deep.equal({ B: "2" });
        expect((await arm(deployer, "GET", `${site}/config/appsettings${version}`)).status).to.equal(405);
    });
});
