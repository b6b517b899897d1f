import { cancelled, type Timing as HttpTiming } from "../../providers/core/http/timing.js";
import type { Timing as ReplicationTiming } from "../../providers/core/replication/timing.js";

/** A clock on which waiting takes no time: what is slept through is added to it. */
export interface QuickTiming {
    readonly http: HttpTiming;
    readonly replication: ReplicationTiming;
    /** Milliseconds that were asked to be slept. */
    slept(): number;
}

/** @param onSleep told of each wait, to let other clocks keep up. */
export function quickTiming(onSleep: (milliseconds: number) => void = () => undefined): QuickTiming {
    let slept = 0;
    const sleep = async (milliseconds: number, signals: readonly AbortSignal[]): Promise<void> => {
        if (signals.some((signal) => signal.aborted)) throw cancelled();
        slept += milliseconds;
        onSleep(milliseconds);
        // Whoever else is ready goes first, as after a real wait.
        await new Promise((resolve) => setImmediate(resolve));
        if (signals.some((signal) => signal.aborted)) throw cancelled();
    };
    return {
        http: {
            now: () => performance.now() + slept,
            date: () => Date.now() + slept,
            random: () => 0.5,
            sleep,
        },
        replication: {
            now: () => Date.now() + slept,
            sleep: (milliseconds, signal) => sleep(milliseconds, [signal]),
        },
        slept: () => slept,
    };
}
