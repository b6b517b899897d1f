import {
    RestError,
    type HttpClient,
    type PipelineRequest,
    type PipelineResponse,
} from "@azure/core-rest-pipeline";
import type { Agent, Dispatcher } from "undici";
import { isStreamed, LeanExchange, type LeanRequest } from "./lean-exchange.js";
import { LeanHeaders } from "./lean-headers.js";
import { load } from "../load.js";

/** A broken connection in the terms of Node's own client, which retries go by. */
const nodeCodes: Readonly<Record<string, string>> = {
    UND_ERR_SOCKET: "ECONNRESET",
    UND_ERR_CONNECT_TIMEOUT: "ETIMEDOUT",
    UND_ERR_BODY_TIMEOUT: "ETIMEDOUT",
};

/** An answer that stands still for so long is taken for broken; one that nobody reads is not. */
const stalledMilliseconds = 120_000;

/**
 * Whether a request has nothing but what the lean client can do: no proxy, no compression, no settings of its own for
 * TLS, and a body that is in memory.
 */
export function isLean(request: PipelineRequest): boolean {
    const { body, headers } = request;
    return (
        (body === undefined || body === null || typeof body === "string" || ArrayBuffer.isView(body)) &&
        request.agent === undefined &&
        request.proxySettings === undefined &&
        request.tlsSettings === undefined &&
        request.requestOverrides === undefined &&
        request.formData === undefined &&
        request.multipartBody === undefined &&
        request.onUploadProgress === undefined &&
        request.onDownloadProgress === undefined &&
        request.timeout === 0 &&
        !request.disableKeepAlive &&
        !headers.has("accept-encoding") &&
        !headers.has("expect")
    );
}

/**
 * Sends lean requests (`isLean`) by undici. Answers and errors are as those of the client of
 * @azure/core-rest-pipeline: `RestError` with Node's code of a broken connection, and `AbortError`. Bodies that are
 * wanted as a stream are one, unless the request says `answerInMemory`.
 */
export function leanHttpClient(): HttpClient {
    let agent: Promise<Agent> | Agent | undefined;
    return {
        async sendRequest(request: LeanRequest) {
            const address = addressOf(request);
            if (isAborted(request)) throw abortError();
            agent ??= createAgent();
            if (agent instanceof Promise) agent = await agent;
            const options = {
                ...address,
                method: request.method,
                headers: headersOf(request),
                body: bodyOf(request),
            };
            if (wantsStream(request)) return streamed(agent, options, request);
            const exchange = new LeanExchange(request, (error) =>
                isAborted(request) ? abortError() : sendError(error, request),
            );
            agent.dispatch(options, exchange);
            return exchange.answer;
        },
    };
}

/** The SDKs name no status where they want no stream. */
function wantsStream({ streamResponseStatusCodes, method, answerInMemory }: LeanRequest): boolean {
    return (streamResponseStatusCodes?.size ?? 0) > 0 && method !== "HEAD" && answerInMemory === undefined;
}

function headersOf({ headers }: PipelineRequest): string[] {
    if (headers instanceof LeanHeaders) return headers.toList();
    return Object.entries(headers.toJSON({ preserveCase: true })).flat();
}

/** Without a body there is less to write; undici says that its length is 0 where the method wants that to be said. */
function bodyOf({ body }: PipelineRequest): string | Uint8Array | null {
    const bytes = (body ?? null) as string | Uint8Array | null;
    return bytes === null || bytes.length === 0 ? null : bytes;
}

async function streamed(
    agent: Agent,
    options: Dispatcher.RequestOptions,
    request: PipelineRequest,
): Promise<PipelineResponse> {
    try {
        const signal = (request.abortSignal as AbortSignal | undefined) ?? null;
        return await responseOf(request, await agent.request({ ...options, signal }));
    } catch (error) {
        throw isAborted(request) ? abortError() : sendError(error, request);
    }
}

/** undici is loaded with the first request: it takes a tenth of a second. */
async function createAgent(): Promise<Agent> {
    const undici = await load<typeof import("undici")>("undici");
    // The service may take its time before it answers, as it does when it copies 5,000 MiB in one request.
    return new undici.Agent({ pipelining: 1, headersTimeout: 0, bodyTimeout: stalledMilliseconds });
}

function addressOf({ url, allowInsecureConnection }: PipelineRequest): { origin: string; path: string } {
    const pathAt = url.indexOf("/", url.indexOf("://") + 3);
    const origin = pathAt < 0 ? url : url.slice(0, pathAt);
    if (!origin.startsWith("https:") && !allowInsecureConnection) {
        throw new Error(`Cannot connect to ${origin} while allowInsecureConnection is false.`);
    }
    return { origin, path: pathAt < 0 ? "/" : url.slice(pathAt) };
}

async function responseOf(
    request: PipelineRequest,
    { statusCode: status, headers: received, body }: Dispatcher.ResponseData,
): Promise<PipelineResponse> {
    const values = new Map<string, string>();
    for (const [name, value] of Object.entries(received)) {
        const first = Array.isArray(value) ? value[0] : value;
        if (first !== undefined) values.set(name, first);
    }
    const response: PipelineResponse = { request, status, headers: new LeanHeaders(values) };
    if (isStreamed(request, status)) response.readableStreamBody = body;
    else response.bodyAsText = await body.text();
    return response;
}

function sendError(error: unknown, request: PipelineRequest): RestError {
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
    return new RestError(messageOf(error), {
        code: code === "" ? RestError.REQUEST_SEND_ERROR : (nodeCodes[code] ?? code),
        request,
    });
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

function isAborted({ abortSignal }: PipelineRequest): boolean {
    return abortSignal?.aborted === true;
}

function abortError(): Error {
    const error = new Error("The operation was aborted.");
    error.name = "AbortError";
    return error;
}
