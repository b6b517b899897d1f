import type { KeyClient, KeyProperties, KeyVaultKey } from "@azure/keyvault-keys";
import type { SecretClient, SecretProperties } from "@azure/keyvault-secrets";
import { collect } from "./clients.js";

/** What one version is, by the names of its attributes; the id and the dates are apart. */
export interface VersionSnapshot {
    readonly id: string;
    readonly created: number;
    readonly attributes: Readonly<Record<string, unknown>>;
}

/** All of one object, as the official SDK reads it: versions oldest first. */
export interface ObjectSnapshot {
    readonly versions: readonly VersionSnapshot[];
    /** What stands beside the versions. */
    readonly beside: Readonly<Record<string, unknown>>;
}

export type Snapshots = Readonly<Record<string, ObjectSnapshot>>;

export async function snapshotSecrets(client: SecretClient): Promise<Snapshots> {
    const names = (await collect(client.listPropertiesOfSecrets()))
        .filter(({ managed }) => managed !== true)
        .map(({ name }) => name);
    return Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await snapshotSecret(client, name)] as const)),
    );
}

async function snapshotSecret(client: SecretClient, name: string): Promise<ObjectSnapshot> {
    const listed = await collect(client.listPropertiesOfSecretVersions(name));
    const versions = await Promise.all(
        listed.map(async (properties) => {
            const disabled = properties.enabled === false;
            const value = disabled
                ? undefined
                : (await client.getSecret(name, { version: properties.version ?? "" })).value;
            return versionOf(properties, { value, contentType: properties.contentType });
        }),
    );
    const current = await client.getSecret(name).then(
        ({ value }) => value,
        () => "disabled",
    );
    return { versions: inOrder(versions), beside: { current } };
}

export async function snapshotKeys(client: KeyClient): Promise<Snapshots> {
    const names = (await collect(client.listPropertiesOfKeys()))
        .filter(({ managed }) => managed !== true)
        .map(({ name }) => name);
    return Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await snapshotKey(client, name)] as const)),
    );
}

async function snapshotKey(client: KeyClient, name: string): Promise<ObjectSnapshot> {
    const listed = await collect(client.listPropertiesOfKeyVersions(name));
    const versions = await Promise.all(
        listed.map(async (properties) => {
            // Nothing of a disabled key is shown but its attributes.
            if (properties.enabled === false) return versionOf(properties, {});
            const key = await client.getKey(name, { version: properties.version ?? "" });
            return versionOf(properties, { material: materialOf(key), operations: key.keyOperations });
        }),
    );
    const { lifetimeActions, expiresIn } = await client.getKeyRotationPolicy(name);
    return { versions: inOrder(versions), beside: { rotation: { lifetimeActions, expiresIn } } };
}

/** The public half: with it, the private half is the same too. */
function materialOf({ key, keyType }: KeyVaultKey): Record<string, unknown> {
    const text = (bytes: Uint8Array | undefined): string | undefined =>
        bytes === undefined ? undefined : Buffer.from(bytes).toString("base64url");
    return { keyType, curve: key?.crv, n: text(key?.n), e: text(key?.e), x: text(key?.x), y: text(key?.y) };
}

function versionOf(
    properties: SecretProperties | KeyProperties,
    more: Readonly<Record<string, unknown>>,
): VersionSnapshot {
    const { enabled, notBefore, expiresOn, tags = {} } = properties;
    return {
        id: properties.version ?? "",
        created: properties.createdOn?.getTime() ?? 0,
        attributes: {
            enabled,
            notBefore: notBefore?.toISOString(),
            expiresOn: expiresOn?.toISOString(),
            tags: foreignTags(tags),
            ...more,
        },
    };
}

/** Tags of users; what the product writes beside an item is no part of it. */
export function foreignTags(tags: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
        Object.entries(tags)
            .filter(([key]) => !key.startsWith("azure-dataplane-"))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
}

/** By creation; what was made in one second, by its looks. */
export function inOrder(versions: readonly VersionSnapshot[]): VersionSnapshot[] {
    const look = (version: VersionSnapshot): string => JSON.stringify(version.attributes);
    return [...versions].sort((a, b) => a.created - b.created || (look(a) < look(b) ? -1 : 1));
}

/** The same without what every vault gives on its own: ids and dates of creation, and so the order within a second. */
export function withoutOrigin({ versions, beside }: ObjectSnapshot): unknown {
    const attributes = versions.map((version) => JSON.stringify(version.attributes)).sort();
    return { attributes, beside };
}
