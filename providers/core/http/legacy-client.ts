import { toHttpHeadersLike, type RequestPolicy } from "@azure/core-http-compat";
import {
    createHttpHeaders,
    createPipelineRequest,
    type HttpClient,
    type PipelineRequest,
} from "@azure/core-rest-pipeline";

/** What has one name and one meaning in both shapes. */
const carried = [
    "body",
    "formData",
    "abortSignal",
    "streamResponseStatusCodes",
    "proxySettings",
    "agent",
    "onUploadProgress",
    "onDownloadProgress",
    "requestOverrides",
] as const;

/**
 * The store's HTTP client in the older shape that the Storage SDKs take as `httpClient`. They wrap it for their
 * pipeline, which finds the operation by the request that it sent: so the answer must carry that very request.
 */
export function legacyHttpClient(client: HttpClient): RequestPolicy {
    return {
        async sendRequest(resource) {
            const request: PipelineRequest = createPipelineRequest({
                url: resource.url,
                method: resource.method,
                headers: createHttpHeaders(resource.headers.toJson({ preserveCase: true })),
                timeout: resource.timeout,
                requestId: resource.requestId,
                withCredentials: resource.withCredentials,
                // Of the same name as its opposite: the wrapper puts `disableKeepAlive` in it.
                disableKeepAlive: resource.keepAlive ?? false,
            });
            for (const name of carried) {
                if (resource[name] !== undefined)
                    Object.assign(request, { [name]: resource[name] as unknown });
            }
            const response = await client.sendRequest(request);
            return { ...response, headers: toHttpHeadersLike(response.headers), request: resource };
        },
    };
}
