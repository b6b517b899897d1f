import type { Service, ServiceRequest, ServiceResponse } from "../../../emulator/contract.js";
import type { LocalAzure } from "../../../emulator/local-azure.js";

/** A request to Resource Manager and its answer. */
export interface Exchange {
    method: string;
    url: URL;
    headers: Record<string, string>;
    requestBody: unknown;
    status: number;
    responseHeaders: Record<string, string>;
    responseBody: unknown;
}

/** Stands in front of the local Resource Manager and keeps what passes. */
export class Recorder implements Service {
    readonly name = "arm";
    readonly hosts = /^management\.azure\.com$/i;
    readonly exchanges: Exchange[] = [];
    /** The local Azure, once it has started. */
    azure: LocalAzure | undefined;

    isWrite(method: string, url: URL): boolean {
        return this.azure?.arm.isWrite(method, url) ?? false;
    }

    async handle(request: ServiceRequest): Promise<ServiceResponse> {
        if (this.azure === undefined) throw new Error("The recorder has no local Azure yet.");
        const response = await this.azure.arm.handle(request);
        this.exchanges.push({
            method: request.method,
            url: request.url,
            headers: { ...request.headers },
            requestBody: parse((await request.body()).toString("utf8")),
            status: response.status,
            responseHeaders: plain(response.headers),
            // As it goes over the wire: what is undefined is not there.
            responseBody: response.body === undefined ? undefined : parse(JSON.stringify(response.body)),
        });
        return response;
    }
}

function parse(text: string): unknown {
    return text === "" ? undefined : JSON.parse(text);
}

function plain(headers: Record<string, string | string[]> = {}): Record<string, string> {
    return Object.fromEntries(
        Object.entries({ "content-type": "application/json; charset=utf-8", ...headers }).map(
            ([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value],
        ),
    );
}
