/**
 * Maps a stream, at most `concurrency` at once, and gives the results in the stream's order. Takes no more from the
 * stream than it works on. Throws what the stream or the work throws, in order as well.
 */
export async function* mapOrdered<T, R>(
    items: AsyncIterable<T>,
    concurrency: number,
    work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
    const underWay: Promise<R>[] = [];
    for await (const item of items) {
        const result = work(item);
        // It is awaited in its turn; until then its failure is nobody's.
        result.catch(() => undefined);
        underWay.push(result);
        if (underWay.length < concurrency) continue;
        const next = underWay.shift();
        if (next !== undefined) yield await next;
    }
    for (const result of underWay) yield await result;
}
