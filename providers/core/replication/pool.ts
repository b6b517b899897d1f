import PQueue from "p-queue";

/**
 * Works on the items of a stream, at most `concurrency` at once, and takes the next one from the stream only when
 * there is room for it: memory does not grow with the stream. Waits for all that it began; then throws what the stream
 * or, first of all, the work threw. After an abort it takes no more items.
 */
export async function forEachBounded<T>(
    items: AsyncIterable<T>,
    options: { concurrency: number; signal: AbortSignal },
    work: (item: T) => Promise<void>,
): Promise<void> {
    const queue = new PQueue({ concurrency: options.concurrency });
    const failures: unknown[] = [];
    try {
        for await (const item of items) {
            if (options.signal.aborted || failures.length > 0) break;
            void queue.add(() => work(item)).catch((error: unknown) => failures.push(error));
            await queue.onSizeLessThan(1);
        }
    } finally {
        await queue.onIdle();
    }
    if (failures.length > 0) throw failures[0];
}
