import type { Context, ResourceRef } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import type { LeanResponse } from "../../core/http/lean-exchange.js";
import { LeanHeaders } from "../../core/http/lean-headers.js";
import { openWire, type WireRequest } from "../wire.js";

/** The version that the official SDK speaks. */
const serviceVersion = "2019-02-02";

/** A request of the table service. */
export interface TableRequest extends Pick<WireRequest, "method" | "url" | "body"> {
    /** Names in lower case. */
    readonly headers?: Readonly<Record<string, string>>;
}

/** Requests to the table service of one account. */
export interface TableWire {
    /** The URL of a table or of one entity in it. */
    url(table: string, keys?: { partitionKey: string; rowKey: string }): string;
    /** @throws RestError where the answer is an error. */
    send(request: TableRequest): Promise<LeanResponse>;
}

/**
 * Opens the table service without the SDK: it reads `1.0` as the integer 1 and dates as milliseconds, so a copy through
 * it would have other types and values. Here the service's own text goes from one side to the other.
 */
export async function openTableWire(resource: ResourceRef, context: Context): Promise<TableWire> {
    const endpoint = tableEndpoint(resource, context);
    const wire = await openWire(context);
    return {
        url: (table, keys) => {
            const at =
                keys === undefined
                    ? ""
                    : `(PartitionKey=${quoted(keys.partitionKey)},RowKey=${quoted(keys.rowKey)})`;
            return `${endpoint}${encodeURIComponent(table).replaceAll("%24", "$")}${at}`;
        },
        send: ({ headers, ...request }) => {
            const known = {
                accept: "application/json;odata=minimalmetadata",
                dataserviceversion: "3.0",
                ...headers,
                "x-ms-version": serviceVersion,
            };
            const { signal } = context;
            return wire.send({
                ...request,
                signal,
                headers: new LeanHeaders(new Map(Object.entries(known))),
            });
        },
    };
}

/** Ends with a slash. Throws `InvalidArgument` where the account has no tables. */
export function tableEndpoint(resource: ResourceRef, { side }: Pick<Context, "side">): string {
    const url = resource.endpoints.table;
    if (url !== undefined) return url.endsWith("/") ? url : `${url}/`;
    throw new DataplaneError("InvalidArgument", `${resource.reference} has no table service`, {
        resource: resource.reference,
        side,
        remedy: "Name a storage account of a kind that has one, such as StorageV2, by its ARM resource ID or its table URL.",
    });
}

/** https://learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities#query-string-encoding */
function quoted(key: string): string {
    return `'${encodeURIComponent(key.replaceAll("'", "''")).replaceAll("'", "%27")}'`;
}
