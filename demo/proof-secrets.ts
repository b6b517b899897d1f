import type { SecretClient, SecretProperties } from "@azure/keyvault-secrets";
import { compare, type Comparison, type ReadItem, type ReadItems } from "./compare.js";

/** What template mode writes beside a secret that has no value yet; the only thing that production doesn't have. */
const placeholderTag = "azure-dataplane-placeholder";

/** Reads and compares all secrets of two vaults. */
export async function compareSecrets(production: SecretClient, staging: SecretClient): Promise<Comparison> {
    const [source, target] = await Promise.all([readSecrets(production), readSecrets(staging)]);
    return compare("secret", source, target);
}

async function readSecrets(client: SecretClient): Promise<ReadItems> {
    const listed: SecretProperties[] = [];
    for await (const properties of client.listPropertiesOfSecrets()) listed.push(properties);
    const read = listed.map(
        async (properties) => [properties.name, await readSecret(client, properties)] as const,
    );
    return new Map(await Promise.all(read));
}

async function readSecret(client: SecretClient, listed: SecretProperties): Promise<ReadItem> {
    const { enabled, contentType, notBefore, expiresOn, tags } = listed;
    const carried = Object.entries(tags ?? {}).filter(([name]) => name !== placeholderTag);
    const properties = { enabled, contentType, notBefore, expiresOn, tags: Object.fromEntries(carried) };
    // Key Vault gives no value of a disabled secret, whoever asks.
    if (enabled === false) return { properties };
    const { value = "" } = await client.getSecret(listed.name);
    return { properties, content: Buffer.from(value) };
}
