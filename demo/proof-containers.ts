import type { BlobServiceClient } from "@azure/storage-blob";
import { compare, type Comparison, type ReadItem, type ReadItems } from "./compare.js";

/** Reads and compares all containers of two accounts: metadata, public access, stored access policies. */
export async function compareContainers(
    production: BlobServiceClient,
    staging: BlobServiceClient,
): Promise<Comparison> {
    const [source, target] = await Promise.all([readContainers(production), readContainers(staging)]);
    return compare("container", source, target);
}

async function readContainers(service: BlobServiceClient): Promise<ReadItems> {
    const items = new Map<string, ReadItem>();
    for await (const { name } of service.listContainers()) {
        const client = service.getContainerClient(name);
        const [{ metadata, blobPublicAccess }, { signedIdentifiers }] = await Promise.all([
            client.getProperties(),
            client.getAccessPolicy(),
        ]);
        items.set(name, { properties: { metadata, blobPublicAccess, policies: signedIdentifiers } });
    }
    return items;
}
