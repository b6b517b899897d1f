import { setTimeout } from "node:timers/promises";
import { DataplaneError } from "../errors.js";

/** The clock that replication goes by; tests bring their own. */
export interface Timing {
    /** Milliseconds since the epoch. */
    now(): number;
    /** Rejects with `Cancelled` as soon as the signal aborts. */
    sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemTiming: Timing = {
    now: () => Date.now(),
    sleep: async (milliseconds, signal) => {
        try {
            await setTimeout(milliseconds, undefined, { signal });
        } catch {
            throw cancelled();
        }
    },
};

export function cancelled(): DataplaneError {
    return new DataplaneError("Cancelled", "the run was cancelled");
}

export function throwIfCancelled(signal: AbortSignal): void {
    if (signal.aborted) throw cancelled();
}
