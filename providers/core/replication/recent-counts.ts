/** Seconds that are told apart; what lies further back is settled long since. */
const secondsAtMost = 16;

/** Counts items by when they changed, as far as that is among the last seconds: in constant memory. */
export class RecentCounts {
    readonly #counts = new Map<number, number>();
    #forgottenUntil = Number.NEGATIVE_INFINITY;

    /** @param time of an item's last change, in milliseconds; services show whole seconds. */
    add(time: number): void {
        if (time <= this.#forgottenUntil) return;
        const before = this.#counts.get(time);
        this.#counts.set(time, (before ?? 0) + 1);
        if (before !== undefined || this.#counts.size <= secondsAtMost) return;
        this.#forgottenUntil = Math.min(...this.#counts.keys());
        this.#counts.delete(this.#forgottenUntil);
    }

    /** How many changed later than that; infinity where that can't be told any more. */
    after(time: number): number {
        if (time < this.#forgottenUntil) return Number.POSITIVE_INFINITY;
        let count = 0;
        for (const [changed, items] of this.#counts) if (changed > time) count += items;
        return count;
    }
}
