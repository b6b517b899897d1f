import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretClient } from "@azure/keyvault-secrets";
import { BlobServiceClient } from "@azure/storage-blob";
import { ShareServiceClient } from "@azure/storage-file-share";
import { expect } from "chai";
import { LocalAzure } from "../../emulator/local-azure.js";
import { credentialOf } from "./local.js";
import { CONTRIBUTOR } from "./shares.js";

const ACCOUNTS = "Storage Account Contributor";
const intent = { fileRequestIntent: "backup" } as const;

describe("the local Azure's data", () => {
    let dataDirectory: string;

    beforeEach(async () => {
        dataDirectory = await mkdtemp(join(tmpdir(), "local-azure-"));
    });

    afterEach(async () => {
        await rm(dataDirectory, { recursive: true, force: true });
    });

    it("outlives the process where it is to", async () => {
        const options = { dataDirectory, persist: true };
        const first = await LocalAzure.start(options);
        first.useHere();
        const { staging } = first.principals;
        const group = `/subscriptions/${first.tenants.staging.subscription.id}/resourceGroups/data/providers`;
        first.arm.put(`${group}/Microsoft.Storage/storageAccounts/lasting`, {
            location: "westeurope",
            kind: "StorageV2",
            sku: { name: "Standard_LRS" },
        });
        first.arm.put(`${group}/Microsoft.KeyVault/vaults/lasting`, {
            location: "westeurope",
            properties: {
                tenantId: staging.deployer.tenantId,
                sku: { family: "A", name: "standard" },
                enableRbacAuthorization: true,
            },
        });
        for (const role of ["Storage Blob Data Owner", CONTRIBUTOR, ACCOUNTS, "Key Vault Administrator"]) {
            const scope = `/subscriptions/${first.tenants.staging.subscription.id}`;
            first.roles.assign({ principalId: staging.deployer.objectId, role, scope });
        }
        const credential = credentialOf(staging.deployer);
        const secrets = new SecretClient("https://lasting.vault.azure.net", credential);
        const box = new BlobServiceClient(
            "https://lasting.blob.core.windows.net",
            credential,
        ).getContainerClient("box");
        await secrets.setSecret("kept", "secret");
        await box.create();
        await box.getBlockBlobClient("kept").upload("blob", 4);
        const shares = new ShareServiceClient("https://lasting.file.core.windows.net", credential, intent);
        const share = shares.getShareClient("box");
        await share.create();
        await share.rootDirectoryClient.getFileClient("kept").uploadData(Buffer.from("file"));
        const { snapshot = "" } = await share.createSnapshot();
        await first.stop();

        await using second = await LocalAzure.start(options);
        second.useHere();
        const again = credentialOf(staging.deployer);
        expect((await new SecretClient(secrets.vaultUrl, again).getSecret("kept")).value).to.equal("secret");
        const service = new BlobServiceClient("https://lasting.blob.core.windows.net", again);
        const blob = service.getContainerClient("box").getBlobClient("kept");
        expect((await blob.downloadToBuffer()).toString()).to.equal("blob");
        const files = new ShareServiceClient("https://lasting.file.core.windows.net", again, intent);
        const kept = files.getShareClient("box").withSnapshot(snapshot).rootDirectoryClient;
        expect((await kept.getFileClient("kept").downloadToBuffer()).toString()).to.equal("file");
    });
});
