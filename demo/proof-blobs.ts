import type { BlobServiceClient } from "@azure/storage-blob";
import { compare, type Comparison, type ReadItem, type ReadItems } from "./compare.js";

/** Reads and compares all blobs of two accounts: headers, metadata, index tags, tier, digest and bytes. */
export async function compareBlobs(
    production: BlobServiceClient,
    staging: BlobServiceClient,
): Promise<Comparison> {
    const [source, target] = await Promise.all([readBlobs(production), readBlobs(staging)]);
    return compare("blob", source, target);
}

async function readBlobs(service: BlobServiceClient): Promise<ReadItems> {
    const items = new Map<string, ReadItem>();
    for await (const { name: container } of service.listContainers()) {
        for await (const { name } of service.getContainerClient(container).listBlobsFlat()) {
            items.set(`${container}/${name}`, await readBlob(service, container, name));
        }
    }
    return items;
}

async function readBlob(service: BlobServiceClient, container: string, name: string): Promise<ReadItem> {
    const client = service.getContainerClient(container).getBlobClient(name);
    const [properties, { tags }, content] = await Promise.all([
        client.getProperties(),
        client.getTags(),
        client.downloadToBuffer(),
    ]);
    return {
        properties: {
            blobType: properties.blobType,
            contentLength: properties.contentLength,
            contentType: properties.contentType,
            contentEncoding: properties.contentEncoding,
            contentLanguage: properties.contentLanguage,
            contentDisposition: properties.contentDisposition,
            cacheControl: properties.cacheControl,
            // The digest that the service keeps beside the content.
            contentMD5: properties.contentMD5 && Buffer.from(properties.contentMD5).toString("base64"),
            metadata: properties.metadata,
            tags,
            accessTier: properties.accessTier,
            accessTierInferred: properties.accessTierInferred,
        },
        content,
    };
}
