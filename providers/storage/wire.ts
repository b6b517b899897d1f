import type { PipelineRequest, PipelineResponse, RawHttpHeadersInput } from "@azure/core-rest-pipeline";
import type { Context } from "../core/contract.js";

/** The version of the service that the SDK speaks too; a test holds them together. */
const serviceVersion = "2026-10-06";

/** One scope for storage in all clouds: https://learn.microsoft.com/azure/storage/blobs/authorize-access-azure-active-directory#microsoft-authentication-library-msal */
const scopes = "https://storage.azure.com/.default";

/** A request of the Blob service. */
export interface WireRequest {
    readonly method: PipelineRequest["method"];
    readonly url: string;
    readonly headers?: RawHttpHeadersInput;
    readonly body?: Uint8Array;
    readonly signal: AbortSignal;
    /** Give the body of an answer with one of these statuses as a stream, not as a text. */
    readonly streams?: readonly number[];
}

/**
 * Sends requests to the Blob service without the SDK's machinery of serialisers, which costs several times what the
 * request itself does, but by its sign-in and through the store's HTTP client. For the few requests that there is one of
 * per blob or per page.
 */
export interface Wire {
    /** @throws RestError as the SDK's clients do, where the answer is an error. */
    send(request: WireRequest): Promise<PipelineResponse>;
}

/** Loads what the SDK's clients load as well. */
export async function openWire({
    credential,
    httpClient,
}: Pick<Context, "credential" | "httpClient">): Promise<Wire> {
    const [rest, { authorizeRequestOnTenantChallenge }] = await Promise.all([
        import("@azure/core-rest-pipeline"),
        import("@azure/core-client"),
    ]);
    const pipeline = rest.createEmptyPipeline();
    pipeline.addPolicy(
        rest.bearerTokenAuthenticationPolicy({
            credential,
            scopes,
            challengeCallbacks: { authorizeRequestOnChallenge: authorizeRequestOnTenantChallenge },
        }),
    );
    return {
        async send({ method, url, headers = {}, body, signal, streams }) {
            const request = rest.createPipelineRequest({ method, url, abortSignal: signal });
            request.headers = rest.createHttpHeaders({
                ...headers,
                accept: "application/xml",
                "user-agent": "pulumi-azure-dataplane",
                "x-ms-version": serviceVersion,
                "x-ms-date": new Date().toUTCString(),
                "x-ms-client-request-id": request.requestId,
            });
            if (body !== undefined) request.body = body;
            if (streams !== undefined) request.streamResponseStatusCodes = new Set(streams);
            const response = await pipeline.sendRequest(httpClient, request);
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

function codeOf({ headers }: PipelineResponse): { code?: string } {
    const code = headers.get("x-ms-error-code");
    return code === undefined ? {} : { code };
}

/** https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2 */
function messageOf({ status, bodyAsText }: PipelineResponse): string {
    return /<Message>([^<]*)/.exec(bodyAsText ?? "")?.[1] ?? `the service answered ${status}`;
}
