/** A rate, in the figures of the service's documentation. */
export interface BucketRate {
    readonly count: number;
    readonly perMilliseconds: number;
}

/** Clocks of two machines don't run alike: a place is kept so much longer than the service counts it. */
const clockMargin = 1.005;
/**
 * How much faster than the even rate requests may follow each other, so that what was missed while listings were read
 * is caught up with. More would leave no room for other clients for the rest of a window.
 */
const sprint = 1.2;
/** Timers are late by some milliseconds: so much of a window may be made up for at once, at most 20 requests. */
const tolerated = 1 / 20;
/** Never less of the documented rate than this. */
const slowest = 0.01;
/** After a 429, what got through in the last window is allowed again, less a little: others are there too. */
const decrease = 0.97;
/** From nothing to the full rate in so many milliseconds. */
const fullRecovery = 100_000;
/** Requests in flight are throttled together: further 429s within so many milliseconds are the same news. */
const sameNews = 1_000;
/** The first wait that Key Vault recommends: https://learn.microsoft.com/azure/key-vault/general/overview-throttling */
const defaultHold = 1_000;
/** No answer makes all wait longer than this at once. */
const longestHold = 60_000;

/**
 * Lets requests out so that a service never counts more of them in one window than it documents, whether its windows
 * are fixed or sliding, wherever they begin, and however long requests are on their way.
 *
 * A service counts a request at some time between its departure and its answer. So a request has a place of the window
 * from when it leaves until one window after it was answered, and there are as many places as the documented count.
 *
 * Adaptive, as other processes use the same quota: a 429 holds everything back for as long as the service asks, and
 * leaves as many places as requests got through in the last window; then places come back slowly, until the next 429 or
 * the documented count. Without a rate it paces nothing, but still holds back after a 429.
 *
 * Pure: it is told the time, in milliseconds of a clock that never goes back.
 */
export class Bucket {
    readonly #count: number;
    readonly #window: number;
    #inFlight = 0;
    /** When the places of answered requests become free, in order. */
    readonly #freeAt: number[] = [];
    /** The theoretical arrival time of https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm */
    #next = Number.NEGATIVE_INFINITY;
    #places: number;
    #placesAt = 0;
    #heldUntil = Number.NEGATIVE_INFINITY;
    #throttledAt = Number.NEGATIVE_INFINITY;

    constructor(rate?: BucketRate) {
        this.#count = rate === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(rate.count));
        this.#window = rate?.perMilliseconds ?? 0;
        this.#places = this.#count;
    }

    /**
     * In how many milliseconds the next request may leave; 0: now. Infinite where all places are taken by requests that
     * are not answered yet: ask again after `settle`. Takes nothing.
     */
    delay(now: number): number {
        const held = this.#heldUntil - now;
        if (this.#count === Number.POSITIVE_INFINITY) return Math.max(0, held);
        const interval = this.#interval(now);
        const atOnce = burstOf(this.places(now)) - 1;
        return Math.max(0, held, this.#next - interval * atOnce - now, this.#untilFree(now));
    }

    /** Takes the place of one request that leaves now. */
    take(now: number): void {
        this.#inFlight += 1;
        this.#next = Math.max(this.#next, now) + this.#interval(now);
    }

    /**
     * A request that took a place was answered, or failed.
     *
     * @param counted false where the service says that it did not count it: a refused one.
     */
    settle(now: number, counted: boolean): void {
        this.#inFlight -= 1;
        if (counted && this.#window > 0) this.#freeAt.push(now + this.#window * clockMargin);
    }

    /** The service said 429, and asks to wait so many milliseconds (undefined: it didn't say). */
    throttled(now: number, retryAfterMilliseconds: number | undefined): void {
        const hold = Math.min(retryAfterMilliseconds ?? defaultHold, longestHold);
        this.#heldUntil = Math.max(this.#heldUntil, now + hold);
        if (now - this.#throttledAt < sameNews || this.#count === Number.POSITIVE_INFINITY) return;
        this.#throttledAt = now;
        this.#forget(now);
        const passed = this.#freeAt.length * decrease;
        this.#places = Math.min(this.places(now), Math.max(1, this.#count * slowest, passed));
        this.#placesAt = now + hold;
    }

    /** How many requests a window may hold at present: from 1 to the documented count. Grows after a 429. */
    places(now: number): number {
        const recovered = (Math.max(0, now - this.#placesAt) / fullRecovery) * this.#count;
        return Math.min(this.#count, this.#places + recovered);
    }

    #interval(now: number): number {
        return intervalOf(this.places(now), this.#window);
    }

    #untilFree(now: number): number {
        this.#forget(now);
        const missing = this.#inFlight + this.#freeAt.length + 1 - Math.floor(this.places(now));
        if (missing <= 0) return 0;
        return (this.#freeAt[missing - 1] ?? Number.POSITIVE_INFINITY) - now;
    }

    #forget(now: number): void {
        const live = this.#freeAt.findIndex((time) => time > now);
        this.#freeAt.splice(0, live === -1 ? this.#freeAt.length : live);
    }
}

/** Milliseconds between two requests that follow each other as fast as they may. */
function intervalOf(places: number, window: number): number {
    return window / (places * sprint);
}

function burstOf(places: number): number {
    return Math.max(1, Math.min(20, places * tolerated));
}

/**
 * How long a bucket of that rate takes to let so many requests out while nobody else uses the quota, in milliseconds:
 * whole windows, and then what is left over.
 *
 * @param onTheWay milliseconds from a request's departure to its answer: so much longer it has its place.
 */
export function pacedMilliseconds(
    { count, perMilliseconds }: BucketRate,
    requests: number,
    onTheWay: number,
): number {
    const places = Math.max(1, Math.floor(count));
    const before = Math.max(0, Math.ceil(requests) - 1);
    const windows = Math.floor(before / places);
    const rest = Math.max(0, (before % places) - (burstOf(places) - 1));
    return windows * (perMilliseconds * clockMargin + onTheWay) + rest * intervalOf(places, perMilliseconds);
}
