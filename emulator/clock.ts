/** The time that the local Azure lives in. Tests move it forward, for expiries and late role assignments. */
export class Clock {
    #offset = 0;

    /** Milliseconds since the epoch. */
    now(): number {
        return Date.now() + this.#offset;
    }

    /** Moves the time forward. Clients keep their own clocks. */
    advance(milliseconds: number): void {
        this.#offset += milliseconds;
    }
}
