import type { LocalAzure } from "./local-azure.js";

/** What the seed has made, for whoever shows it. */
export interface Seeded {
    /** Resource IDs. */
    vaults: { source: string; target: string };
    accounts: { source: string; target: string };
}

const secrets: Readonly<Record<string, string>> = {
    "db-password": "correct-horse-battery-staple",
    "db-user": "contoso_app",
    "api-key": "not-a-real-key",
};
const container = "documents";
const blobs: Readonly<Record<string, string>> = {
    "readme.txt": "Hello from Contoso Production.\n",
    "reports/2026-01.csv": "month,orders\n2026-01,1200\n",
};

/**
 * Fills a local Azure with a small source and an empty target: roles for the well-known principals, a vault with
 * three secrets, an account with two blobs. Contents are written with the official SDKs, as anybody would. Takes this
 * process over (`useHere`). What is there already is left as it is.
 */
export async function seed(azure: LocalAzure): Promise<Seeded> {
    azure.useHere();
    grantRoles(azure);
    const { production, staging } = azure.tenants;
    const source = putResources(
        azure,
        production.id,
        production.subscription.id,
        "production",
        "contosoprod",
    );
    const target = putResources(azure, staging.id, staging.subscription.id, "staging", "contosostage");
    await fill(azure, "contosoprod");
    return {
        vaults: { source: source.vault, target: target.vault },
        accounts: { source: source.account, target: target.account },
    };
}

function grantRoles({ principals, tenants, roles }: LocalAzure): void {
    const grant = (principalId: string, subscriptionId: string, names: readonly string[]): void => {
        const scope = `/subscriptions/${subscriptionId}`;
        for (const role of names) {
            const roleId = roles.definition(role)?.id;
            const has = roles
                .assignments()
                .some(
                    (one) => one.principalId === principalId && one.scope === scope && one.roleId === roleId,
                );
            if (!has) roles.assign({ principalId, role, scope, effectiveAfterMilliseconds: 0 });
        }
    };
    const deployer = ["Owner", "Key Vault Administrator", "Storage Blob Data Owner"];
    grant(principals.production.deployer.objectId, tenants.production.subscription.id, deployer);
    grant(principals.staging.deployer.objectId, tenants.staging.subscription.id, deployer);
    const reader = ["Reader", "Key Vault Secrets User", "Storage Blob Data Reader"];
    grant(principals.production.reader.objectId, tenants.production.subscription.id, reader);
}

function putResources(
    azure: LocalAzure,
    tenantId: string,
    subscriptionId: string,
    group: string,
    name: string,
): { vault: string; account: string } {
    const base = `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers`;
    const vault = `${base}/Microsoft.KeyVault/vaults/${name}`;
    const account = `${base}/Microsoft.Storage/storageAccounts/${name}`;
    if (azure.arm.get(vault) === undefined) {
        azure.arm.put(vault, {
            properties: { tenantId, sku: { family: "A", name: "standard" }, enableRbacAuthorization: true },
        });
    }
    if (azure.arm.get(account) === undefined) {
        azure.arm.put(account, { kind: "StorageV2", sku: { name: "Standard_LRS" } });
    }
    return { vault, account };
}

async function fill(azure: LocalAzure, name: string): Promise<void> {
    const [{ ClientSecretCredential }, { SecretClient }, { BlobServiceClient }] = await Promise.all([
        import("@azure/identity"),
        import("@azure/keyvault-secrets"),
        import("@azure/storage-blob"),
    ]);
    const { tenantId, clientId, secrets: passwords } = azure.principals.production.deployer;
    const credential = new ClientSecretCredential(tenantId, clientId, passwords[0]?.value ?? "");
    const vault = new SecretClient(`https://${name}.vault.azure.net`, credential);
    const existing = new Set<string>();
    for await (const properties of vault.listPropertiesOfSecrets()) existing.add(properties.name);
    for (const [secret, value] of Object.entries(secrets)) {
        if (!existing.has(secret)) await vault.setSecret(secret, value);
    }
    const service = new BlobServiceClient(`https://${name}.blob.core.windows.net`, credential);
    const target = service.getContainerClient(container);
    await target.createIfNotExists();
    for (const [blob, text] of Object.entries(blobs)) {
        const client = target.getBlockBlobClient(blob);
        if (!(await client.exists())) await client.upload(text, Buffer.byteLength(text));
    }
}
