import type { Context, ResourceRef } from "../core/contract.js";
import { clientOptions } from "../core/http/client.js";
import type { Json } from "../core/json.js";
import { load } from "../core/load.js";
import { openBlobService } from "./client.js";
import { openShareService } from "./files/client.js";
import { openQueueService } from "./queues/client.js";
import type { CarriedProperties, PropertyService } from "./service-property-item.js";
import { tableEndpoint } from "./tables/table-wire.js";

/** The properties of one service, by its official client. */
export interface ServiceClient {
    read(): Promise<CarriedProperties>;
    /**
     * Properties that are not among them stay as they are:
     * https://learn.microsoft.com/rest/api/storageservices/set-blob-service-properties#request-body
     */
    set(properties: CarriedProperties): Promise<void>;
}

/** Opens a service of an account. Throws `InvalidArgument` where the account has none. */
export async function openService(
    name: PropertyService,
    resource: ResourceRef,
    context: Context,
): Promise<ServiceClient> {
    return opens[name](resource, context);
}

const opens: Readonly<
    Record<PropertyService, (resource: ResourceRef, context: Context) => Promise<ServiceClient>>
> = {
    blob: async (resource, context) => {
        const service = await openBlobService(resource, context);
        const options = { abortSignal: context.signal };
        return {
            read: async () => {
                const { cors, staticWebsite, deleteRetentionPolicy } = await service.getProperties(options);
                return carried({ cors, staticWebsite, deleteRetentionPolicy });
            },
            set: async (properties) => {
                await service.setProperties(properties as object, options);
            },
        };
    },
    queue: async (resource, context) => {
        const service = await openQueueService(resource, context);
        const options = { abortSignal: context.signal };
        return {
            read: async () => {
                const found = await service.getProperties(options);
                const { cors, hourMetrics, minuteMetrics, queueAnalyticsLogging: logging } = found;
                return carried({
                    cors,
                    hourMetrics,
                    minuteMetrics,
                    logging: renamed(logging, "deleteProperty", "delete"),
                });
            },
            set: async ({ logging, ...rest }) => {
                const queueAnalyticsLogging = renamed(logging, "delete", "deleteProperty");
                await service.setProperties(defined({ ...rest, queueAnalyticsLogging }), options);
            },
        };
    },
    table: async (resource, context) => {
        const { TableServiceClient } = await load<typeof import("@azure/data-tables")>("@azure/data-tables");
        const url = tableEndpoint(resource, context);
        const service = new TableServiceClient(url, context.credential, clientOptions(context));
        const options = { abortSignal: context.signal };
        return {
            read: async () => {
                const { cors, hourMetrics, minuteMetrics, logging } = await service.getProperties(options);
                return carried({ cors, hourMetrics, minuteMetrics, logging });
            },
            set: async (properties) => {
                await service.setProperties(properties as object, options);
            },
        };
    },
    file: async (resource, context) => {
        const service = await openShareService(resource, context);
        const options = { abortSignal: context.signal };
        return {
            read: async () => {
                const { cors, hourMetrics, minuteMetrics, protocol } = await service.getProperties(options);
                const { multichannel, encryptionInTransit } = protocol?.smb ?? {};
                return carried({ cors, hourMetrics, minuteMetrics, multichannel, encryptionInTransit });
            },
            set: async ({ multichannel, encryptionInTransit, ...rest }) => {
                const smb = defined({ multichannel, encryptionInTransit });
                const protocol = Object.keys(smb).length === 0 ? undefined : { smb };
                await service.setProperties(defined({ ...rest, protocol }), options);
            },
        };
    },
};

/** Plain values alone, as they are compared. */
function carried(properties: Record<string, unknown>): CarriedProperties {
    return JSON.parse(JSON.stringify(properties)) as CarriedProperties;
}

function renamed(value: object | undefined, from: string, to: string): Record<string, Json> | undefined {
    if (value === undefined) return undefined;
    const { [from]: moved, ...rest } = value as Record<string, Json>;
    return defined({ ...rest, [to]: moved });
}

function defined(values: Record<string, unknown>): Record<string, never> {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Record<
        string,
        never
    >;
}
