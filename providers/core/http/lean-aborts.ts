/** What can be stopped while it is under way. */
export interface Abortable {
    abort(): void;
}

const setsBySignal = new WeakMap<AbortSignal, Set<Abortable>>();

/**
 * All that is under way and stops with this signal. The signal has one listener for all of them: one for each request
 * costs a good part of what the request does.
 */
export function underWay(signal: AbortSignal): Set<Abortable> {
    const known = setsBySignal.get(signal);
    if (known !== undefined) return known;
    const set = new Set<Abortable>();
    setsBySignal.set(signal, set);
    signal.addEventListener(
        "abort",
        () => {
            for (const one of [...set]) one.abort();
        },
        { once: true },
    );
    return set;
}
