import { isDataplaneError } from "../errors.js";
import { decide } from "./decide.js";
import { asDataplaneError, isTransient } from "./failures.js";
import type { Pair } from "./join.js";
import { forEachBounded } from "./pool.js";
import type { Run } from "./run.js";

const attemptsAtMost = 4;
const backoffMilliseconds = 1_000;

/** Removes what is ours and gone from the source. Only after both listings ended whole: before, nothing is known to be gone. */
export async function pruneLeftOver(run: Run): Promise<void> {
    const { concurrency } = run.element.limits;
    const { signal } = run.request;
    await forEachBounded(each(run.leftOver), { concurrency, signal }, (pair) => prune(run, pair));
}

async function* each(pairs: readonly Pair[]): AsyncGenerator<Pair> {
    await Promise.resolve();
    // The other way round than they were listed: what is in a directory goes before it.
    for (let at = pairs.length - 1; at >= 0; at--) {
        const pair = pairs[at];
        if (pair !== undefined) yield pair;
    }
}

async function prune(run: Run, pair: Pair): Promise<void> {
    const { target } = pair;
    const { mode, onConflict, prune: wanted } = run.request;
    const decision = decide({
        source: undefined,
        target,
        standing: run.book.standing(pair, target),
        complete: true,
        mode,
        onConflict,
        prune: wanted,
        overridden: false,
        equal: "unknown",
        propertiesEqual: false,
    });
    if (decision.action !== "prune" || target === undefined) {
        run.tally.leftOver("kept");
        return;
    }
    try {
        await removeWithRetry(run, pair.name, target);
        run.book.settle({ kind: "pruned", pair, wrote: false });
        run.tally.leftOver("pruned");
    } catch (error) {
        if (run.request.signal.aborted) throw error;
        // Changed since the listing: by the table it is kept then, and that is no failure.
        if (isDataplaneError(error, "Conflict")) run.tally.leftOver("kept");
        else
            run.tally.leftOver("kept", {
                item: pair.name,
                error: asDataplaneError(error, `"${pair.name}" failed`),
            });
    }
}

async function removeWithRetry(run: Run, name: string, expected: NonNullable<Pair["target"]>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
        try {
            await run.access.run(() => run.target.remove(name, { expected }));
            return;
        } catch (error) {
            if (attempt === attemptsAtMost || !isTransient(error)) throw error;
            await run.timing.sleep(backoffMilliseconds * 2 ** (attempt - 1), run.request.signal);
        }
    }
}
