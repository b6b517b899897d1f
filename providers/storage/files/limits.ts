import type { Limits, RateLimit } from "../../core/contract.js";
import { billed } from "../prices.js";
import { largestRange } from "./written-ranges.js";

/**
 * Of a standard account for all its shares, in the regions that have least; of one share it is 1,000 to 20,000. The
 * service answers 503 `ServerBusy` before that where a share has less, so clients back off as well.
 */
const accountRequests: RateLimit = {
    name: "request",
    count: 20_000,
    perMilliseconds: 1_000,
    applies: () => true,
    source: "https://learn.microsoft.com/azure/storage/files/storage-files-scale-targets#storage-account-scale-targets",
};

export const shareLimits: Limits = {
    concurrency: 8,
    rates: [accountRequests],
    requestsPerItem: (mode) => ({ request: mode === "replication" ? 4 : 2 }),
    billed: billed(
        { "file write": 2, "file read": 2 },
        { perPage: "file write" },
        { "file write": 1, "file read": 1 },
    ),
};

/** 60 MiB/s is what one file gets in a standard account: https://learn.microsoft.com/azure/storage/files/storage-files-scale-targets#file-scale-targets */
export const fileLimits: Limits = {
    concurrency: 64,
    rates: [accountRequests],
    // Read, looked at, created.
    requestsPerItem: () => ({ request: 3 }),
    bytesPerSecond: 50 * 1024 * 1024,
    parts: {
        // Each is read, and written.
        streamed: { above: largestRange, bytes: largestRange / 2 },
        serverSide: { above: largestRange, bytes: largestRange },
    },
    billed: billed({ "file write": 1, "file read": 2 }, { perPage: "file write" }),
};
