/** A rate, in the figures of the service's documentation. */
export interface BucketRate {
    readonly count: number;
    readonly perMilliseconds: number;
}

/** How much of a window may go out at once: a twentieth, at least 1 and at most 20. */
function burstOf(count: number): number {
    return Math.max(1, Math.min(20, Math.floor(count / 20)));
}

/**
 * Requests that left evenly don't arrive so: a share of the documented count is kept for the jitter of the way.
 */
const headroom = 0.95;
/** Never slower than a hundredth of the documented rate. */
const slowest = 0.01;
/** A 429 takes so much of the rate away. */
const decrease = 0.6;
/** From nothing to the full rate in so many milliseconds. */
const fullRecovery = 120_000;
/** Requests in flight are throttled together: further 429s within so many milliseconds are the same news. */
const sameNews = 1_000;
/** No answer makes all wait longer than this at once. */
const longestHold = 60_000;

/**
 * A token bucket that a sliding window at the service never rejects, however the window lies: what may go out at
 * once, plus what is earned during one window, is at most the documented count.
 *
 * Adaptive, as other processes use the same quota: a 429 lowers the rate and holds everything back for as long as the
 * service asks; the rate recovers slowly. Without a rate it paces nothing, but still holds back after a 429.
 *
 * Pure: it is told the time, in milliseconds of a clock that never goes back.
 */
export class Bucket {
    /** Milliseconds between two requests at the full rate; 0 without a rate. */
    readonly #interval: number;
    readonly #burst: number;
    /** The theoretical arrival time of https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm */
    #next = Number.NEGATIVE_INFINITY;
    #factor = 1;
    #factorAt = 0;
    #heldUntil = Number.NEGATIVE_INFINITY;
    #throttledAt = Number.NEGATIVE_INFINITY;

    constructor(rate?: BucketRate) {
        const count = rate === undefined ? 0 : Math.max(1, Math.floor(rate.count * headroom));
        this.#burst = burstOf(count);
        this.#interval = rate === undefined ? 0 : rate.perMilliseconds / Math.max(1, count - this.#burst);
    }

    /** In how many milliseconds the next request may leave; 0: now. Takes nothing. */
    delay(now: number): number {
        const tolerance = (this.#interval / this.factor(now)) * (this.#burst - 1);
        return Math.max(0, this.#heldUntil - now, this.#next - tolerance - now);
    }

    /** Takes the place of one request that leaves now. */
    take(now: number): void {
        this.#next = Math.max(this.#next, now) + this.#interval / this.factor(now);
    }

    /** The service said 429, and asks to wait so many milliseconds (0: it didn't say). */
    throttled(now: number, retryAfterMilliseconds: number): void {
        const hold = Math.min(retryAfterMilliseconds, longestHold);
        this.#heldUntil = Math.max(this.#heldUntil, now + hold);
        if (now - this.#throttledAt < sameNews) return;
        this.#throttledAt = now;
        this.#factor = Math.max(slowest, this.factor(now) * decrease);
        this.#factorAt = now + hold;
    }

    /** The share of the documented rate that is used at present, from 0 (exclusive) to 1. */
    factor(now: number): number {
        const recovered = Math.max(0, now - this.#factorAt) / fullRecovery;
        return Math.min(1, this.#factor + recovered);
    }
}
