import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { ServiceResponse } from "../contract.js";
import { escapeXml } from "./errors.js";

/** A listing names the service it is of; Azurite's own name for it is not the production one. */
export async function withProductionEndpoint(
    response: ServiceResponse,
    host: string,
): Promise<ServiceResponse> {
    if (response.status !== 200 || !(response.body instanceof Readable)) return response;
    const listing = await text(response.body);
    const endpoint = `ServiceEndpoint="https://${escapeXml(host)}/"`;
    const headers = { ...response.headers };
    Reflect.deleteProperty(headers, "content-length");
    return { ...response, headers, body: listing.replace(/ServiceEndpoint="[^"]*"/, () => endpoint) };
}
