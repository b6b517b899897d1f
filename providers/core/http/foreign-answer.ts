import { RestError, type HttpClient, type PipelineResponse } from "@azure/core-rest-pipeline";

/** What gateways and proxies on the way say. Others are the service's own. */
function mayBeForeign(status: number): boolean {
    return status === 403 || status === 407 || status === 408 || status === 429 || status >= 500;
}

/**
 * Makes an error of a failure whose body no service wrote: a gateway or a proxy answered, with HTML or with nothing. Some
 * SDKs take every body for the service's and then fail with a TypeError that says nothing
 * (`keyVaultErrorDeserializer` of @azure/keyvault-secrets 4.12).
 *
 * @throws RestError with the status, and the service's code where a header has it.
 */
export function refuseForeignAnswers(next: HttpClient): HttpClient {
    return {
        async sendRequest(request) {
            const response = await next.sendRequest(request);
            const { status } = response;
            // An answer to HEAD never has a body; a streamed one is the SDK's to read.
            const unread = request.method === "HEAD" || response.readableStreamBody !== undefined;
            if (unread || !mayBeForeign(status) || isServiceBody(response)) return response;
            const code = response.headers.get("x-ms-error-code");
            throw new RestError(`Status ${String(status)}, without an answer of the service`, {
                statusCode: status,
                ...(code === undefined ? {} : { code }),
                request,
                response,
            });
        },
    };
}

function isServiceBody({ bodyAsText }: PipelineResponse): boolean {
    const text = bodyAsText?.trimStart() ?? "";
    // Storage answers in XML, sometimes behind a byte order mark.
    return text.startsWith("{") || /^\uFEFF?<(?:\?xml|Error)\b/.test(text);
}
