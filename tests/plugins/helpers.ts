/** Everything that an iteration gives. */
export async function itemsOf<T>(iterable: AsyncIterable<T>): Promise<T[]> {
    const items: T[] = [];
    for await (const item of iterable) items.push(item);
    return items;
}

/** What a promise fails with; throws where it does not fail. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
    try {
        await promise;
    } catch (error) {
        return error;
    }
    throw new Error("it was expected to fail");
}
