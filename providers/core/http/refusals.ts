import type { HttpClient } from "@azure/core-rest-pipeline";

/** By the request that was refused, for as long as somebody holds it. */
const bodies = new WeakMap<object, string>();

/**
 * Remembers what a service says when it refuses a request. Some SDKs drop it: a listing of Key Vault fails with
 * "Pagination failed with unexpected statusCode 403" and nothing of the body, so that a firewall could not be told
 * from a missing role. Source: `checkPagingRequest` of @azure/keyvault-secrets 4.12, `static-helpers/pagingHelpers`.
 */
export function rememberRefusals(next: HttpClient): HttpClient {
    return {
        async sendRequest(request) {
            const response = await next.sendRequest(request);
            if (response.status >= 400 && typeof response.bodyAsText === "string") {
                bodies.set(request, response.bodyAsText);
            }
            return response;
        },
    };
}

/** The body of the answer that refused this request; undefined where there was none. */
export function refusalOf(request: unknown): string | undefined {
    return typeof request === "object" && request !== null ? bodies.get(request) : undefined;
}
