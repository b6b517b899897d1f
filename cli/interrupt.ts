import { exitCodes } from "./exit.js";

/** Ctrl-C: the first lets what runs come to an orderly end, the second ends it at once. */
export interface Interrupt {
    /** Passed to what must be told; from a terminal the signal reaches child processes by itself. */
    readonly forChildren: AbortSignal;
    /** Of this process's own work. */
    readonly own: AbortSignal;
    readonly happened: boolean;
    stop(): void;
}

/** Listens until `stop`. */
export function listenForInterrupt(onFirst: () => void, signalsChildren: boolean): Interrupt {
    const own = new AbortController();
    const forChildren = new AbortController();
    let count = 0;
    const onSignal = (): void => {
        count += 1;
        if (count > 1) process.exit(exitCodes.interrupted);
        onFirst();
        own.abort();
        // A second signal to the engine would end it at once, with its steps unfinished.
        if (!signalsChildren) forChildren.abort();
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
    return {
        forChildren: forChildren.signal,
        own: own.signal,
        get happened() {
            return count > 0;
        },
        stop() {
            process.off("SIGINT", onSignal);
            process.off("SIGTERM", onSignal);
        },
    };
}
