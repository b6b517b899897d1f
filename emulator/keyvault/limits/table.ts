/** What a limit is for keys in software, and for those in a hardware security module (`-HSM` types). */
export interface KeyLimit {
    readonly software: number;
    readonly hardware: number;
}

/** Kinds of keys that have limits of their own. */
export type KeySize = "RSA 2048" | "RSA 3072" | "RSA 4096" | "EC";

/** Requests that a vault takes in one window. Per vault and region. */
export interface KeyVaultLimits {
    /** A window, in milliseconds. */
    readonly perMilliseconds: number;
    /** Secrets set, keys imported and certificates imported, together. */
    readonly creations: number;
    /** Everything else that is not about one key. */
    readonly others: number;
    /** Keys made, of any type. */
    readonly keyCreations: KeyLimit;
    /**
     * Everything else about one key. They are weighted and their sum counts: a request for which half as many are
     * allowed takes twice as much.
     */
    readonly keyTransactions: Readonly<Record<KeySize, KeyLimit>>;
    /** All vaults of a subscription together take so many times what one does. */
    readonly subscriptionFactor: number;
}

/**
 * Source: https://learn.microsoft.com/azure/key-vault/general/service-limits#resource-type-vault, as of July 2025, with
 * its notes on the sum of weights, on the three creations that count together, and on the subscription.
 */
export const documentedLimits: KeyVaultLimits = {
    perMilliseconds: 10_000,
    creations: 300,
    others: 4_000,
    keyCreations: { software: 20, hardware: 10 },
    keyTransactions: {
        "RSA 2048": { software: 4_000, hardware: 2_000 },
        "RSA 3072": { software: 1_000, hardware: 500 },
        "RSA 4096": { software: 500, hardware: 250 },
        EC: { software: 4_000, hardware: 2_000 },
    },
    subscriptionFactor: 5,
};
