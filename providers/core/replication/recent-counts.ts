/** Spans of time that are told apart; what lies further back is settled long since. */
const spansAtMost = 64;
const spanMilliseconds = 100;

interface Span {
    count: number;
    /** The latest change in it. */
    latest: number;
}

/** Counts items by when they changed, as far as that is among the last seconds: in constant memory. */
export class RecentCounts {
    readonly #spans = new Map<number, Span>();
    #forgottenUntil = Number.NEGATIVE_INFINITY;

    /** @param time of an item's last change, in milliseconds. */
    add(time: number): void {
        if (time <= this.#forgottenUntil) return;
        const number = Math.floor(time / spanMilliseconds);
        const span = this.#spans.get(number);
        if (span !== undefined) {
            span.count += 1;
            span.latest = Math.max(span.latest, time);
            return;
        }
        this.#spans.set(number, { count: 1, latest: time });
        if (this.#spans.size <= spansAtMost) return;
        const oldest = Math.min(...this.#spans.keys());
        this.#forgottenUntil = (oldest + 1) * spanMilliseconds - 1;
        this.#spans.delete(oldest);
    }

    /**
     * How many changed later than that, and never less: all of one span count alike. Exact for times in whole seconds;
     * infinity where it can't be told any more.
     */
    after(time: number): number {
        if (time < this.#forgottenUntil) return Number.POSITIVE_INFINITY;
        let all = 0;
        for (const { count, latest } of this.#spans.values()) if (latest > time) all += count;
        return all;
    }
}
