import type { QueueServiceClient } from "@azure/storage-queue";
import type { Context, ResourceRef } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { storageClientOptions } from "../../core/http/client.js";
import { load } from "../../core/load.js";

/** The queue service of an account. Throws `InvalidArgument` where none is known. */
export async function openQueueService(resource: ResourceRef, context: Context): Promise<QueueServiceClient> {
    const url = resource.endpoints.queue;
    if (url === undefined) {
        throw new DataplaneError("InvalidArgument", `${resource.reference} has no queue service`, {
            resource: resource.reference,
            side: context.side,
            remedy: "Name a StorageV2 account by its ARM resource ID, or by the URL of its queue service.",
        });
    }
    const { QueueServiceClient: Client } =
        await load<typeof import("@azure/storage-queue")>("@azure/storage-queue");
    return new Client(url, context.credential, storageClientOptions(context));
}
