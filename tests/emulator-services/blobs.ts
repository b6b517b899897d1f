import {
    BlobServiceClient,
    StorageSharedKeyCredential,
    type BlockBlobClient,
    type ContainerClient,
} from "@azure/storage-blob";
import { credentialOf, type Cast } from "./local.js";

export const ACCOUNT_TYPE = "Microsoft.Storage/storageAccounts";
export const CONTRIBUTOR = "Storage Blob Data Contributor";
export const OWNER = "Storage Blob Data Owner";
/** The least that an account needs. */
export const ACCOUNT = { kind: "StorageV2", sku: { name: "Standard_LRS" } };

/** An account's blobs as a principal sees them; what fails is not tried again. */
export function serviceOf(account: string, principal: Cast["deployer"]): BlobServiceClient {
    return new BlobServiceClient(`https://${account}.blob.core.windows.net`, credentialOf(principal), {
        retryOptions: { maxTries: 1 },
    });
}

let made = 0;

/** A new container. */
export async function container(service: BlobServiceClient): Promise<ContainerClient> {
    const client = service.getContainerClient(`box-${String(++made)}`);
    await client.create();
    return client;
}

/** The account's first key. */
export function keyOf(cast: Cast, id: string, name: string): StorageSharedKeyCredential {
    return new StorageSharedKeyCredential(name, cast.azure.arm.get(id)?.accessKeys?.[0]?.value ?? "");
}

/** A blob with something in each place where a blob can have something. */
export async function upload(to: ContainerClient, name: string, content: string): Promise<BlockBlobClient> {
    const blob = to.getBlockBlobClient(name);
    await blob.upload(content, Buffer.byteLength(content), {
        blobHTTPHeaders: { blobContentType: "text/plain", blobCacheControl: "no-store" },
        metadata: { Author: "me" },
        tags: { "a key": "a+value/=" },
        tier: "Cool",
    });
    return blob;
}
