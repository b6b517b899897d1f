/** The clocks of a service's machines differ by less: an allowance, as nothing is documented. */
const differenceMilliseconds = 500;
/** Most services show in whole seconds when an item changed. */
const second = 1_000;

/**
 * What the answers to writes tell of the service's clock, so that nothing waits longer than it must for the time that
 * the clock shows next.
 *
 * An item that was written shows the second, or a smaller step, in which that was. When the answer is here that time has come at the
 * service: its clock is at least so far ahead of ours. Of many answers, one came right after the clock's tick.
 */
export class ServiceClock {
    #ahead = Number.NEGATIVE_INFINITY;
    #newest = Number.NEGATIVE_INFINITY;
    #isKnown = true;

    /** @param step how finely the service shows times, in milliseconds. */
    constructor(private readonly step = second) {}

    /** A write was answered `at`, by the local clock, with an item that shows when it changed; undefined: it doesn't. */
    wrote(modified: Date | undefined, at: number): void {
        if (modified === undefined) {
            this.#isKnown = false;
            return;
        }
        this.#ahead = Math.max(this.#ahead, modified.getTime() - at);
        this.saw(modified);
    }

    /** An item that is there shows when it changed. */
    saw(modified: Date | undefined): void {
        if (modified !== undefined) this.#newest = Math.max(this.#newest, modified.getTime());
    }

    /**
     * Until when everything is settled: whatever changes from `now` on shows a later time than this. In milliseconds, whole
     * steps; undefined where nothing tells, as in `untilLater`.
     */
    settledUntil(now: number): number | undefined {
        if (!this.#isKnown || this.#ahead === Number.NEGATIVE_INFINITY) return undefined;
        const atTheService = now + this.#ahead - differenceMilliseconds;
        return Math.floor(atTheService / this.step) * this.step - this.step;
    }

    /**
     * Milliseconds until the service's clock has left the step of the newest change behind; undefined where nothing
     * tells: nothing was written, or not everything that was shows when.
     */
    untilLater(now: number): number | undefined {
        if (!this.#isKnown || this.#ahead === Number.NEGATIVE_INFINITY) return undefined;
        return this.#newest + this.step + differenceMilliseconds - (now + this.#ahead);
    }
}
