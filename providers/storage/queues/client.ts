import type { QueueServiceClient } from "@azure/storage-queue";
import type { Context, ResourceRef } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { storageClientOptions } from "../../core/http/client.js";
import { load } from "../../core/load.js";

/** The URL of an account's queue service, with a slash at its end. Throws `InvalidArgument` where none is known. */
export function queueEndpoint(resource: ResourceRef, { side }: Pick<Context, "side">): string {
    const url = resource.endpoints.queue;
    if (url !== undefined) return url.endsWith("/") ? url : `${url}/`;
    throw new DataplaneError("InvalidArgument", `${resource.reference} has no queue service`, {
        resource: resource.reference,
        side,
        remedy: "Name a StorageV2 account by its ARM resource ID, or by the URL of its queue service.",
    });
}

/** The queue service of an account. Throws `InvalidArgument` where none is known. */
export async function openQueueService(resource: ResourceRef, context: Context): Promise<QueueServiceClient> {
    const url = queueEndpoint(resource, context);
    const { QueueServiceClient: Client } =
        await load<typeof import("@azure/storage-queue")>("@azure/storage-queue");
    return new Client(url, context.credential, storageClientOptions(context));
}
