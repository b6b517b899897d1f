/**
 * Works on the items of a stream, at most `concurrency` at once, and takes the next one from the stream only when
 * there is room for it: memory does not grow with the stream. Waits for all that it began; then throws what the stream
 * or, first of all, the work threw. After an abort it takes no more items.
 */
export async function forEachBounded<T>(
    items: AsyncIterable<T> | Iterable<T>,
    options: { concurrency: number; signal: AbortSignal },
    work: (item: T) => Promise<void>,
): Promise<void> {
    // A queue of a library makes and aborts a signal for every wait, which costs as much as a decision about an item.
    const failures: unknown[] = [];
    let running = 0;
    let wake: (() => void) | undefined;
    const fewerThan = async (count: number): Promise<void> => {
        while (running >= count) {
            await new Promise<void>((resolve) => {
                wake = resolve;
            });
        }
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
    try {
        for await (const item of items) {
            if (options.signal.aborted || failures.length > 0) break;
            void run(item);
            await fewerThan(options.concurrency);
        }
    } finally {
        await fewerThan(1);
    }
    if (failures.length > 0) throw failures[0];
}
