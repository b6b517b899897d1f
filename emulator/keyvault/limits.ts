/** A limit of the service on the requests to one vault. */
export interface RequestLimit {
    readonly count: number;
    readonly perMilliseconds: number;
}

/** The two counters of a vault: secrets set, and everything else. */
export interface KeyVaultLimits {
    readonly sets: RequestLimit;
    readonly others: RequestLimit;
}

/**
 * Transactions on secrets per vault and region.
 * Source: https://learn.microsoft.com/azure/key-vault/general/service-limits#resource-type-vault
 */
export const documentedLimits: KeyVaultLimits = {
    sets: { count: 300, perMilliseconds: 10_000 },
    others: { count: 4_000, perMilliseconds: 10_000 },
};

/**
 * `fixed`: counters start again every window. `sliding`: a request counts for a window from when it came. `off`: no
 * limits. Which of the first two the real service has is not documented.
 */
export type Throttling = "fixed" | "sliding" | "off";

/**
 * Counts requests to vaults against the limits. A refused request does not count, as in
 * https://learn.microsoft.com/azure/key-vault/general/overview-throttling#how-does-key-vault-handle-its-limits
 */
export class Throttle {
    readonly #fixed = new Map<string, { window: number; count: number }>();
    readonly #sliding = new Map<string, number[]>();

    /** Counts one request under that key. Answers with the seconds to wait where it is refused, else undefined. */
    admit(key: string, limit: RequestLimit, throttling: Throttling, now: number): number | undefined {
        if (throttling === "off") return undefined;
        const untilFree =
            throttling === "fixed" ? this.#admitFixed(key, limit, now) : this.#admitSliding(key, limit, now);
        return untilFree === undefined ? undefined : Math.max(1, Math.ceil(untilFree / 1000));
    }

    #admitFixed(key: string, limit: RequestLimit, now: number): number | undefined {
        const window = Math.floor(now / limit.perMilliseconds);
        const counter = this.#fixed.get(key);
        if (counter?.window !== window) {
            this.#fixed.set(key, { window, count: 1 });
            return undefined;
        }
        if (counter.count >= limit.count) return (window + 1) * limit.perMilliseconds - now;
        counter.count += 1;
        return undefined;
    }

    #admitSliding(key: string, limit: RequestLimit, now: number): number | undefined {
        const times = (this.#sliding.get(key) ?? []).filter((time) => time > now - limit.perMilliseconds);
        this.#sliding.set(key, times);
        const oldest = times[0];
        if (times.length >= limit.count && oldest !== undefined) return oldest + limit.perMilliseconds - now;
        times.push(now);
        return undefined;
    }
}
