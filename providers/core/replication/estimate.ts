import type { ElementType, Mode } from "../contract.js";

/** How long one request takes from afar, roughly; it only matters where no rate limit holds. */
const secondsPerItem = 0.05;

export interface EstimateRequest {
    readonly element: Pick<ElementType, "features" | "limits">;
    readonly mode: Mode;
    /** Items to copy. */
    readonly items: number;
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
 * What a copy will take at least, from the service's documented limits: the slowest of its rate limits, of the bytes
 * through this process where they take that way, and of the latency of requests in parallel.
 */
export function estimate(request: EstimateRequest): Estimate {
    const { element, mode, items } = request;
    const { limits, features } = element;
    const bytes = mode === "template" ? 0 : request.bytes;
    const perItem = limits.requestsPerItem(mode);
    const bounds = limits.rates.map(
        ({ name, count, perMilliseconds }) =>
            ((items * (perItem[name] ?? 0)) / count) * (perMilliseconds / 1000),
    );
    bounds.push((items / limits.concurrency) * secondsPerItem);
    if (!features.serverSideCopy && limits.bytesPerSecond !== undefined)
        bounds.push(bytes / limits.bytesPerSecond);
    const counted = Object.values(perItem).reduce((sum, count) => sum + count, 0);
    return { seconds: Math.max(...bounds), bytes, requests: Math.ceil(items * Math.max(1, counted)) };
}
