import type { Limits } from "../core/contract.js";

const documentation =
    "https://learn.microsoft.com/azure/key-vault/general/service-limits#secrets-managed-storage-account-keys-and-vault-transactions";

/** Setting a secret: the one transaction that has a lower limit of its own. */
function isSet(method: string, url: URL): boolean {
    return method === "PUT" && url.pathname.startsWith("/secrets/");
}

/**
 * Transactions on secrets, per vault and region. One replica never has a vault for itself: applications read from it
 * too, so few items are in flight.
 */
export const secretLimits: Limits = {
    concurrency: 8,
    rates: [
        {
            name: "set",
            count: 300,
            perMilliseconds: 10_000,
            applies: (method, url) => isSet(method, url),
            source: documentation,
        },
        {
            name: "read",
            count: 4_000,
            perMilliseconds: 10_000,
            applies: (method, url) => !isSet(method, url),
            source: documentation,
        },
    ],
    // A write looks first whether the target is still as it was listed; replication reads the value at the source too.
    requestsPerItem: (mode) => ({ set: 1, read: mode === "replication" ? 2 : 1 }),
};
