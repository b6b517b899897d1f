import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { ClientSecretCredential } from "@azure/identity";
import { CertificateClient } from "@azure/keyvault-certificates";
import { KeyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import { BlobServiceClient } from "@azure/storage-blob";
import type { Config, Program } from "../../../engine-support/index.js";
import { LocalAzure, type LocalAzureOptions } from "../../../emulator/local-azure.js";
import type { ServicePrincipal } from "../../../emulator/identities.js";
import { RecordedStack } from "./recorded-stack.js";

export type TenantName = "production" | "staging";

/** A vault with its official client, of somebody who may do everything there. */
export interface TestVault {
    readonly id: string;
    readonly host: string;
    readonly secrets: SecretClient;
    readonly keys: KeyClient;
    readonly certificates: CertificateClient;
}

/** A storage account, likewise. */
export interface TestAccount {
    readonly id: string;
    readonly host: string;
    readonly blobs: BlobServiceClient;
}

/** What a stack has beside the usual: its own program instead of the one that is driven by configuration. */
export interface StackWishes {
    readonly program?: Program;
    readonly config?: Config;
}

/** What the target's deployer may do in a vault. */
const vaultRoles = [
    "Key Vault Secrets Officer",
    "Key Vault Crypto Officer",
    "Key Vault Certificates Officer",
];

/** The text of every secret value begins so, to be found wherever it should not be. */
export const canary = "canary-7f3a";

/**
 * Two tenants on the local Azure. In the source's, `reader` replicates: it reads and can't write. In the target's,
 * `deployer` owns the subscription. Who seeds and looks is a third.
 */
export class World {
    readonly #seeders: Record<TenantName, ServicePrincipal>;

    private constructor(readonly azure: LocalAzure) {
        const { production, staging } = azure.principals;
        const inspector: ServicePrincipal = {
            ...staging.deployer,
            clientId: "20000000-0000-4000-8000-0000000000f1",
            objectId: "20000000-0000-4000-8000-0000000000f2",
            displayName: "inspector",
        };
        azure.entra.addPrincipal(inspector);
        this.#seeders = { production: production.deployer, staging: inspector };
        const grants = [
            [production.reader, "Reader", "production"],
            [production.reader, "Key Vault Reader", "production"],
            [production.reader, "Key Vault Secrets User", "production"],
            [production.reader, "Key Vault Crypto User", "production"],
            [production.reader, "Storage Blob Data Reader", "production"],
            [staging.deployer, "Owner", "staging"],
            [this.#seeders.production, "Key Vault Administrator", "production"],
            [this.#seeders.production, "Storage Blob Data Owner", "production"],
            [inspector, "Key Vault Administrator", "staging"],
            [inspector, "Storage Blob Data Owner", "staging"],
        ] as const;
        for (const [principal, role, tenant] of grants) {
            const scope = `/subscriptions/${azure.tenants[tenant].subscription.id}`;
            azure.roles.assign({
                principalId: principal.objectId,
                role,
                scope,
                effectiveAfterMilliseconds: 0,
            });
        }
    }

    static async start(options: LocalAzureOptions = {}): Promise<World> {
        const azure = await LocalAzure.start(options);
        azure.useHere();
        azure.keyVault.settings.transitionMilliseconds = 0;
        return new World(azure);
    }

    /** An empty vault. In the target's tenant the deployer may do all with its secrets, unless `grants` says no. */
    vault(tenant: TenantName, name: string, properties: object = {}, grants = true): TestVault {
        const id = this.#put(tenant, "Microsoft.KeyVault/vaults", name, {
            properties: {
                tenantId: this.azure.tenants[tenant].id,
                sku: { family: "A", name: "standard" },
                enableRbacAuthorization: true,
                ...properties,
            },
        });
        if (tenant === "staging" && grants) for (const role of vaultRoles) this.grant(role, id);
        const url = `https://${name}.vault.azure.net`;
        const credential = this.#credential(tenant);
        return {
            id,
            host: new URL(url).hostname,
            secrets: new SecretClient(url, credential),
            keys: new KeyClient(url, credential),
            certificates: new CertificateClient(url, credential),
        };
    }

    /** An empty account; as `vault`. */
    account(tenant: TenantName, name: string): TestAccount {
        const id = this.#put(tenant, "Microsoft.Storage/storageAccounts", name, {
            kind: "StorageV2",
            sku: { name: "Standard_LRS" },
            properties: {},
        });
        if (tenant === "staging") this.grant("Storage Blob Data Owner", id);
        const url = `https://${name}.blob.core.windows.net`;
        return {
            id,
            host: new URL(url).hostname,
            blobs: new BlobServiceClient(url, this.#credential(tenant)),
        };
    }

    /** The official client of a vault of the target's tenant, of somebody who may do everything there. */
    inspect(vaultName: string): SecretClient {
        return new SecretClient(`https://${vaultName}.vault.azure.net`, this.#credential("staging"));
    }

    /** Gives the target's deployer a role. */
    grant(role: string, scope: string): void {
        const principalId = this.azure.principals.staging.deployer.objectId;
        this.azure.roles.assign({ principalId, role, scope, effectiveAfterMilliseconds: 0 });
    }

    /** Takes all roles of the target's deployer at a scope away. */
    revoke(scope: string): void {
        const { roles, principals } = this.azure;
        for (const assignment of roles.assignments()) {
            const isTheirs = assignment.principalId === principals.staging.deployer.objectId;
            if (isTheirs && assignment.scope === scope) roles.remove(assignment);
        }
    }

    /** A stack whose source side signs in as the reader and whose target side, azure-native too, as the deployer. */
    async stack(project: string, options: StackWishes = {}): Promise<RecordedStack> {
        return RecordedStack.open({
            project,
            ...(options.program === undefined ? {} : { program: options.program }),
            ...(options.config === undefined ? {} : { config: options.config }),
            environment: this.environment(),
        });
    }

    /** What a process needs in its environment to work here, signed in like a stack. */
    environment(): Record<string, string> {
        const { production, staging } = this.azure.principals;
        return {
            ...this.azure.environment(),
            ...profile("AZURE_SOURCE", production.reader),
            ...profile("AZURE_TARGET", staging.deployer),
            ...profile("ARM", staging.deployer),
            ARM_SUBSCRIPTION_ID: this.azure.tenants.staging.subscription.id,
        };
    }

    /** Lets the services' clocks move on, so that two changes don't fall into one second. */
    tick(): void {
        this.azure.clock.advance(1_500);
    }

    /** Client secrets of the principals: no more to be found than values of secrets. */
    get passwords(): string[] {
        return this.azure.entra.principals.flatMap(({ secrets }) => secrets.map(({ value }) => value));
    }

    async stop(): Promise<void> {
        await this.azure.stop();
    }

    #put(tenant: TenantName, type: string, name: string, body: Record<string, unknown>): string {
        const { subscription } = this.azure.tenants[tenant];
        return this.azure.arm.put(
            `/subscriptions/${subscription.id}/resourceGroups/engine/providers/${type}/${name}`,
            body,
        ).id;
    }

    #credential(tenant: TenantName): ClientSecretCredential {
        const { tenantId, clientId, secrets } = this.#seeders[tenant];
        return new ClientSecretCredential(tenantId, clientId, secrets[0]?.value ?? "");
    }
}

function profile(prefix: string, { tenantId, clientId, secrets }: ServicePrincipal): Record<string, string> {
    return {
        [`${prefix}_TENANT_ID`]: tenantId,
        [`${prefix}_CLIENT_ID`]: clientId,
        [`${prefix}_CLIENT_SECRET`]: secrets[0]?.value ?? "",
    };
}

/** Names and values of the enabled secrets of a vault. */
export async function readSecrets({ secrets }: TestVault): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for await (const { name, enabled } of secrets.listPropertiesOfSecrets()) {
        found[name] = enabled === false ? "(disabled)" : ((await secrets.getSecret(name)).value ?? "");
    }
    return found;
}

/** How many versions each secret of a vault has. */
export async function countVersions({ secrets }: TestVault): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for await (const { name } of secrets.listPropertiesOfSecrets()) {
        let count = 0;
        for await (const _ of secrets.listPropertiesOfSecretVersions(name)) count += 1;
        found[name] = count;
    }
    return found;
}

/** Names and contents of all blobs of an account. */
export async function readBlobs({ blobs }: TestAccount): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for await (const { name: container } of blobs.listContainers()) {
        const client = blobs.getContainerClient(container);
        for await (const { name } of client.listBlobsFlat()) {
            found[`${container}/${name}`] = (await client.getBlobClient(name).downloadToBuffer()).toString();
        }
    }
    return found;
}

/** Every file under a folder in which one of the texts occurs, as it is or in base64. */
export async function filesWith(folder: string, texts: readonly string[]): Promise<string[]> {
    const needles = texts.flatMap((text) => [text, Buffer.from(text).toString("base64").replace(/=+$/, "")]);
    const found: string[] = [];
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const file = join(entry.parentPath, entry.name);
        const text = (await readFile(file)).toString("latin1");
        if (needles.some((needle) => text.includes(needle))) found.push(file);
    }
    return found;
}
