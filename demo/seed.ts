import type { BlobServiceClient } from "@azure/storage-blob";
import type { SecretClient } from "@azure/keyvault-secrets";
import { blobs, containers, secrets, type SeedBlob, type SeedSecret } from "./contoso.js";
import type { Clients } from "./clients.js";

/** What production holds after seeding. */
export interface Seeded {
    secrets: number;
    containers: number;
    blobs: number;
    /** Bytes of all blobs. */
    bytes: number;
    /** The values of all secrets, to search what Pulumi wrote for them. Never printed. */
    secretValues: readonly string[];
}

/** Fills production's vault and storage account, through the official SDKs. */
export async function seed(production: Clients): Promise<Seeded> {
    const [seededSecrets, seededBlobs] = [secrets(new Date()), blobs()];
    await Promise.all([
        Promise.all(seededSecrets.map((secret) => setSecret(production.secrets, secret))),
        seedContainers(production.blobs, seededBlobs),
    ]);
    return {
        secrets: seededSecrets.length,
        containers: containers.length,
        blobs: seededBlobs.length,
        bytes: seededBlobs.reduce((sum, blob) => sum + blob.content.length, 0),
        secretValues: seededSecrets.map(({ value }) => value),
    };
}

async function setSecret(client: SecretClient, secret: SeedSecret): Promise<void> {
    const { name, value, ...options } = secret;
    await client.setSecret(name, value, options);
}

async function seedContainers(service: BlobServiceClient, seededBlobs: readonly SeedBlob[]): Promise<void> {
    for (const { name, metadata } of containers) {
        const container = service.getContainerClient(name);
        await container.create({ metadata });
        const inside = seededBlobs.filter((blob) => blob.container === name);
        await Promise.all(inside.map((blob) => upload(service, blob)));
    }
    await service.getContainerClient("documents").setAccessPolicy(undefined, [
        {
            id: "partners-read",
            accessPolicy: {
                startsOn: new Date("2026-01-01T00:00:00Z"),
                expiresOn: new Date("2027-01-01T00:00:00Z"),
                permissions: "r",
            },
        },
    ]);
}

async function upload(service: BlobServiceClient, blob: SeedBlob): Promise<void> {
    const client = service.getContainerClient(blob.container).getBlockBlobClient(blob.name);
    await client.uploadData(blob.content, {
        blobHTTPHeaders: blob.headers,
        ...(blob.metadata === undefined ? {} : { metadata: blob.metadata }),
        ...(blob.tags === undefined ? {} : { tags: blob.tags }),
        ...(blob.tier === undefined ? {} : { tier: blob.tier }),
    });
}
