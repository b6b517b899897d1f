import type { Context, ResourceRef } from "../core/contract.js";
import { DataplaneError } from "../core/errors.js";
import { storageClientOptions } from "../core/http/client.js";
import { withLeanBlobs } from "./lean-blob.js";
import type { BlobServiceClient } from "./sdk.js";
import { openWire } from "./wire.js";
import { load } from "../core/load.js";

/** The blob service of an account. Throws `InvalidArgument` where the account has none. */
export async function openBlobService(resource: ResourceRef, context: Context): Promise<BlobServiceClient> {
    const url = resource.endpoints.blob;
    if (url === undefined) {
        throw new DataplaneError("InvalidArgument", `${resource.reference} has no blob service`, {
            resource: resource.reference,
            side: context.side,
            remedy: "Name a storage account of a kind that has one, such as StorageV2.",
        });
    }
    const { BlobServiceClient: Client } =
        await load<typeof import("@azure/storage-blob")>("@azure/storage-blob");
    const service = new Client(url, context.credential, storageClientOptions(context));
    return withLeanBlobs(service, await openWire(context));
}
