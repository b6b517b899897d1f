import type { ElementType, Mode } from "../contract.js";
import { pacedMilliseconds } from "../http/bucket.js";

/** How long one request takes from afar, roughly. */
const millisecondsPerRequest = 50;

export interface EstimateRequest {
    readonly element: Pick<ElementType, "features" | "limits">;
    readonly mode: Mode;
    /** Items to copy. */
    readonly items: number;
    /** Writes at the target, where items take more or less than one each. Default: as many as items. */
    readonly writes?: number;
    /** Bytes of content to copy. */
    readonly bytes: number;
}

export interface Estimate {
    readonly seconds: number;
    /** Bytes of content that will be copied. */
    readonly bytes: number;
    /** Requests to both services. */
    readonly requests: number;
}

/**
 * What a copy will take while nobody else uses the services' quota: the slowest of its rate limits (as fast as requests
 * are let out under them), of the bytes through this process where they take that way, and of the latency of requests
 * in parallel; and the listing that verifies it.
 */
export function estimate(request: EstimateRequest): Estimate {
    const { element, mode, items, writes = items } = request;
    const { limits, features } = element;
    const bytes = mode === "template" ? 0 : request.bytes;
    const perWrite = limits.requestsPerItem(mode);
    const counted = Object.values(perWrite).reduce((sum, count) => sum + count, 0);
    const requests = Math.ceil(writes * Math.max(1, counted));
    const bounds = limits.rates.map((rate) =>
        pacedMilliseconds(rate, writes * (perWrite[rate.name] ?? 0), millisecondsPerRequest),
    );
    bounds.push((requests / limits.concurrency) * millisecondsPerRequest);
    if (!features.serverSideCopy && limits.bytesPerSecond !== undefined)
        bounds.push((bytes / limits.bytesPerSecond) * 1_000);
    // The closing listing shows all that was written, and comes when all else is done.
    const pages = limits.itemsPerPage === undefined ? 0 : Math.ceil(items / limits.itemsPerPage);
    const milliseconds = Math.max(...bounds) + pages * millisecondsPerRequest;
    return { seconds: milliseconds / 1_000, bytes, requests: requests + pages };
}
