import { pagesOf } from "../paged.js";

/** Who is told how the pool stands, because others wait for what its items wait for. */
export interface PoolWatch {
    /** Whether no further item is to be taken for now, though there is room. Never true where no item is worked on. */
    isFull(): boolean;
    /** @param waits no further item is taken before one of the `running` ones is done. */
    changed(running: number, waits: boolean): void;
}

/**
 * Works on the items of a stream, at most `concurrency` at once, and takes the next one from the stream only when
 * there is room for it: memory does not grow with the stream. Waits for all that it began; then throws what the stream
 * or, first of all, the work threw. After an abort it takes no more items.
 */
export async function forEachBounded<T>(
    items: AsyncIterable<T> | readonly T[],
    options: { concurrency: number; signal: AbortSignal; watch?: PoolWatch | undefined },
    work: (item: T) => Promise<void>,
): Promise<void> {
    const { concurrency, signal, watch } = options;
    // A queue of a library makes and aborts a signal for every wait, which costs as much as a decision about an item.
    const failures: unknown[] = [];
    let running = 0;
    let wake: (() => void) | undefined;
    const waitWhile = async (hinders: () => boolean): Promise<void> => {
        while (hinders()) {
            await new Promise<void>((resolve) => {
                wake = resolve;
                watch?.changed(running, true);
            });
        }
        watch?.changed(running, false);
    };
    const run = async (item: T): Promise<void> => {
        running += 1;
        try {
            await work(item);
        } catch (error) {
            failures.push(error);
        } finally {
            running -= 1;
            wake?.();
        }
    };
    const isFull = (): boolean => running >= concurrency || watch?.isFull() === true;
    try {
        for await (const page of isArray(items) ? [items] : pagesOf(items)) {
            for (const item of page) {
                if (signal.aborted || failures.length > 0) break;
                void run(item);
                if (isFull()) await waitWhile(isFull);
                else watch?.changed(running, false);
            }
            if (signal.aborted || failures.length > 0) break;
        }
    } finally {
        await waitWhile(() => running >= 1);
    }
    if (failures.length > 0) throw failures[0];
}

function isArray<T>(items: AsyncIterable<T> | readonly T[]): items is readonly T[] {
    return Array.isArray(items);
}
