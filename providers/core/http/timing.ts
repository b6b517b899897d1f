import { setTimeout as wait } from "node:timers/promises";
import { DataplaneError } from "../errors.js";

/** Time and chance, so that tests need neither. */
export interface Timing {
    /** Milliseconds of a clock that never goes back. */
    now(): number;
    /** Milliseconds since the epoch, for dates that services send. */
    date(): number;
    /** From 0 to 1, without 1. */
    random(): number;
    /** Resolves after so many milliseconds; rejects with `Cancelled` when a signal aborts. */
    sleep(milliseconds: number, signals: readonly AbortSignal[]): Promise<void>;
}

/** The machine's own. */
export const systemTiming: Timing = {
    now: () => performance.now(),
    date: () => Date.now(),
    random: () => Math.random(),
    async sleep(milliseconds, signals) {
        const signal = signals.length === 0 ? undefined : AbortSignal.any([...signals]);
        if (signal?.aborted) throw cancelled();
        try {
            await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
        } catch (error) {
            if (signal?.aborted) throw cancelled();
            throw error;
        }
    },
};

/** The error of work that was told to stop. */
export function cancelled(): DataplaneError {
    return new DataplaneError("Cancelled", "The operation was cancelled");
}
