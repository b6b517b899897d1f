import type { Context, ResourceRef } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { storageClientOptions } from "../../core/http/client.js";
import { load } from "../../core/load.js";
import type { ShareServiceClient } from "./sdk.js";

/** The URL of an account's file service. Throws `InvalidArgument` where the account has none. */
export function fileEndpoint(resource: ResourceRef, side: Context["side"]): string {
    const url = resource.endpoints.file;
    if (url !== undefined) return url.endsWith("/") ? url : `${url}/`;
    throw new DataplaneError("InvalidArgument", `${resource.reference} has no file service`, {
        resource: resource.reference,
        side,
        remedy: "Name a storage account of a kind that has one, such as StorageV2 or FileStorage.",
    });
}

/** The file service of an account. Throws `InvalidArgument` where the account has none. */
export async function openShareService(resource: ResourceRef, context: Context): Promise<ShareServiceClient> {
    const { ShareServiceClient: Client } =
        await load<typeof import("@azure/storage-file-share")>("@azure/storage-file-share");
    return new Client(fileEndpoint(resource, context.side), context.credential, {
        ...storageClientOptions(context),
        fileRequestIntent: "backup",
    });
}
