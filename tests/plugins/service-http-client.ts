import {
    createHttpHeaders,
    type HttpClient,
    type PipelineRequest,
    type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { Readable } from "node:stream";
import type { Service, ServiceRequest, ServiceResponse } from "../../emulator/contract.js";

/** One request that a store sent. */
export interface SentRequest {
    readonly method: string;
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
}

/** What happens to a request instead of, or after, its being served. */
export type Interference = (
    request: SentRequest,
    serve: () => Promise<PipelineResponse>,
) => Promise<PipelineResponse> | undefined;

/** An SDK's HTTP client that calls a local service without any network, and remembers what was sent. */
export class ServiceHttpClient implements HttpClient {
    readonly sent: SentRequest[] = [];
    /** Asked first; undefined lets the request through. */
    interfere: Interference = () => undefined;

    constructor(private readonly service: Pick<Service, "handle">) {}

    async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
        const sent = { method: request.method, url: new URL(request.url), headers: request.headers.toJSON() };
        this.sent.push(sent);
        const serve = async (): Promise<PipelineResponse> =>
            toPipelineResponse(request, await this.service.handle(await toServiceRequest(request, sent)));
        return (await this.interfere(sent, serve)) ?? serve();
    }

    /** `PUT /secrets/x` for each request that was sent with a token. */
    lines(): string[] {
        return this.sent
            .filter((request) => request.headers.authorization !== undefined)
            .map((request) => `${request.method} ${request.url.pathname}`);
    }
}

async function toServiceRequest(request: PipelineRequest, sent: SentRequest): Promise<ServiceRequest> {
    const body = await bytesOf(request.body);
    const bearer = sent.headers.authorization?.replace(/^Bearer /, "");
    return {
        id: request.requestId,
        method: sent.method,
        url: sent.url,
        headers: sent.headers,
        ...(bearer === undefined ? {} : { bearer }),
        body: () => Promise.resolve(body),
        get raw(): never {
            throw new Error("there is no raw message without a network");
        },
    };
}

async function bytesOf(body: PipelineRequest["body"]): Promise<Buffer> {
    if (body === undefined || body === null) return Buffer.alloc(0);
    if (typeof body === "string") return Buffer.from(body);
    if (body instanceof ArrayBuffer) return Buffer.from(body);
    if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const chunks: Uint8Array[] = [];
    const stream = typeof body === "function" ? body() : body;
    for await (const chunk of stream as AsyncIterable<Uint8Array | string>) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
}

function toPipelineResponse(request: PipelineRequest, response: ServiceResponse): PipelineResponse {
    const headers = createHttpHeaders();
    for (const [name, value] of Object.entries(response.headers ?? {})) headers.set(name, String(value));
    return { request, status: response.status, headers, bodyAsText: textOf(response.body) };
}

function textOf(body: ServiceResponse["body"]): string {
    if (body === undefined) return "";
    if (typeof body === "string") return body;
    if (Buffer.isBuffer(body)) return body.toString("utf8");
    if (body instanceof Readable) throw new Error("streams are not served without a network");
    return JSON.stringify(body);
}
