import type { Readable } from "node:stream";
import type { PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import type { Context } from "../core/contract.js";
import { KeptToken } from "../core/credentials/kept-token.js";
import type { LeanRequest, LeanResponse } from "../core/http/lean-exchange.js";
import { LeanHeaders } from "../core/http/lean-headers.js";
import { load } from "../core/load.js";

/** The version of the service that the SDK speaks too; a test holds them together. */
const serviceVersion = "2026-10-06";

/** One scope for storage in all clouds: https://learn.microsoft.com/azure/storage/blobs/authorize-access-azure-active-directory#microsoft-authentication-library-msal */
export const storageScope = "https://storage.azure.com/.default";

/** A request of the Blob service. */
export interface WireRequest {
    readonly method: PipelineRequest["method"];
    readonly url: string;
    /** Taken over: the headers that every request has are added. Of another service, with its `accept` and version. */
    readonly headers?: LeanHeaders;
    readonly body?: Uint8Array | string | Readable;
    readonly signal: AbortSignal;
    /** Give the body of an answer with one of these statuses as a stream, not as a text. */
    readonly streams?: Set<number>;
    /** Give such a body as `bodyAsBytes` where nothing on the way can only stream; it has so many bytes at most. */
    readonly inMemory?: number;
    /** Where to put it, if it fits. */
    readonly into?: Buffer;
}

/**
 * Sends requests to a service of the account without the SDK's machinery of serialisers, which costs several times what the
 * request itself does, but by its sign-in and through the store's HTTP client. For the few requests that there is one of
 * per blob or per page.
 */
export interface Wire {
    /** @throws RestError as the SDK's clients do, where the answer is an error. */
    send(request: WireRequest): Promise<LeanResponse>;
}

/** Loads what the SDK's clients load as well. */
export async function openWire({
    credential,
    httpClient,
}: Pick<Context, "credential" | "httpClient">): Promise<Wire> {
    const [rest, { authorizeRequestOnTenantChallenge }] = await Promise.all([
        load<typeof import("@azure/core-rest-pipeline")>("@azure/core-rest-pipeline"),
        load<typeof import("@azure/core-client")>("@azure/core-client"),
    ]);
    const kept = new KeptToken(credential, storageScope);
    const challenged = rest.createEmptyPipeline();
    challenged.addPolicy(
        rest.bearerTokenAuthenticationPolicy({
            credential,
            scopes: storageScope,
            challengeCallbacks: { authorizeRequestOnChallenge: authorizeRequestOnTenantChallenge },
        }),
    );
    /** By the token that is kept; where the service wants another, as the SDK's clients do. */
    const authorized = async (request: PipelineRequest): Promise<PipelineResponse> => {
        if (!request.url.startsWith("https:")) throw new Error("a token is not sent in the clear");
        const token = kept.current ?? (await kept.get(request.abortSignal as AbortSignal));
        if (token === null) return challenged.sendRequest(httpClient, request);
        request.headers.set("authorization", `Bearer ${token.token}`);
        const response = await httpClient.sendRequest(request);
        if (response.status !== 401) return response;
        kept.drop();
        return challenged.sendRequest(httpClient, request);
    };
    return {
        async send({ method, url, headers = new LeanHeaders(), body, signal, streams, inMemory, into }) {
            const request: LeanRequest = rest.createPipelineRequest({
                method,
                url,
                headers,
                abortSignal: signal,
            });
            if (!headers.has("accept")) headers.set("accept", "application/xml");
            headers.set("user-agent", "pulumi-azure-dataplane");
            if (!headers.has("x-ms-version")) headers.set("x-ms-version", serviceVersion);
            headers.set("x-ms-date", new Date().toUTCString());
            headers.set("x-ms-client-request-id", request.requestId);
            if (body !== undefined) request.body = body;
            if (streams !== undefined) {
                request.streamResponseStatusCodes = streams;
                if (inMemory !== undefined) request.answerInMemory = inMemory;
                if (into !== undefined) request.answerInto = into;
            }
            const response = await authorized(request);
            if (response.status < 300) return response;
            throw new rest.RestError(messageOf(response), {
                statusCode: response.status,
                request,
                response,
                ...codeOf(response),
            });
        },
    };
}

/** Tables tell it in JSON, and not always in the header. */
function codeOf({ headers, bodyAsText }: PipelineResponse): { code?: string } {
    const code = headers.get("x-ms-error-code") ?? /"code":"([^"]+)"/.exec(bodyAsText ?? "")?.[1];
    return code === undefined ? {} : { code };
}

/** https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2 */
function messageOf({ status, bodyAsText }: PipelineResponse): string {
    return /<Message>([^<]*)/.exec(bodyAsText ?? "")?.[1] ?? `the service answered ${status}`;
}
