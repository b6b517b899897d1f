import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { isLean, leanHttpClient } from "./lean-client.js";

/**
 * What sends requests in the end, over connections that are kept: plain requests by undici, which does
 * less for each, and everything else by the SDKs' own client: proxies, compressed answers, streamed bodies.
 */
export function createBaseClient(): HttpClient {
    const complete = createDefaultHttpClient();
    const lean = leanHttpClient();
    return { sendRequest: (request) => (isLean(request) ? lean : complete).sendRequest(request) };
}
