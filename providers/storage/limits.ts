import type { Limits, RateLimit } from "../core/contract.js";
import { billed } from "./prices.js";
import { transferSizes } from "./transfer-sizes.js";

/**
 * The default of an account for all its services together, in the regions that have least. The service answers 503
 * `ServerBusy` before it in a busy partition, so clients back off as well.
 */
export const accountRequests: RateLimit = {
    name: "request",
    count: 20_000,
    perMilliseconds: 1_000,
    applies: () => true,
    source: "https://learn.microsoft.com/azure/storage/common/scalability-targets-standard-account",
};

export const containerLimits: Limits = {
    concurrency: 8,
    rates: [accountRequests],
    requestsPerItem: (mode) => ({ request: mode === "replication" ? 3 : 1 }),
    billed: billed({ "blob write": 2, "blob read": 1 }, { perPage: "blob write" }, { "blob write": 1 }),
};

/**
 * The network between this process and Azure is what counts, not the account (25 Gbit/s); 50 MiB/s is what an ordinary
 * machine gets. Where the service moves the data itself, it is faster.
 */
export const blobLimits: Limits = {
    // What keeps a service busy that answers after 20 ms; contents are bounded by their bytes.
    concurrency: 128,
    rates: [accountRequests],
    requestsPerItem: () => ({ request: 2 }),
    bytesPerSecond: 50 * 1024 * 1024,
    parts: {
        // Each is read, and written.
        streamed: { above: transferSizes.sentWhole, bytes: transferSizes.sentBlock / 2 },
        serverSide: { above: transferSizes.oneCall, bytes: transferSizes.copiedBlock },
    },
    // Listings are billed as writes.
    billed: billed({ "blob write": 1, "blob read": 1 }, { perPage: "blob write", perPart: "blob write" }),
};
