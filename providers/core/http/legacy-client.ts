import { toHttpHeadersLike, type RequestPolicy } from "@azure/core-http-compat";
import { createHttpHeaders, createPipelineRequest, type HttpClient } from "@azure/core-rest-pipeline";

/**
 * The store's HTTP client in the older shape that the Storage SDKs take as `httpClient`. They wrap it for their
 * pipeline, which finds the operation by the request that it sent: so the answer must carry that very request.
 */
export function legacyHttpClient(client: HttpClient): RequestPolicy {
    return {
        async sendRequest(resource) {
            const { body, formData, abortSignal, streamResponseStatusCodes, proxySettings, agent } = resource;
            const { onUploadProgress, onDownloadProgress, requestOverrides } = resource;
            const response = await client.sendRequest(
                createPipelineRequest({
                    url: resource.url,
                    method: resource.method,
                    headers: createHttpHeaders(resource.headers.toJson({ preserveCase: true })),
                    timeout: resource.timeout,
                    requestId: resource.requestId,
                    withCredentials: resource.withCredentials,
                    // Of the same name as its opposite: the wrapper puts `disableKeepAlive` in it.
                    disableKeepAlive: resource.keepAlive ?? false,
                    ...present({
                        body,
                        formData,
                        abortSignal,
                        streamResponseStatusCodes,
                        proxySettings,
                        agent,
                        onUploadProgress,
                        onDownloadProgress,
                        requestOverrides,
                    }),
                }),
            );
            return { ...response, headers: toHttpHeadersLike(response.headers), request: resource };
        },
    };
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function present<T extends object>(values: T): Present<T> {
    return Object.fromEntries(
        Object.entries(values).filter(([, value]) => value !== undefined),
    ) as Present<T>;
}
