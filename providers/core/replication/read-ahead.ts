/** Items that are read before anybody asks for them. */
export interface ReadAhead<T> extends AsyncIterable<T> {
    /** Reads no further; what was read is dropped. Safe to call at any time. */
    stop(): void;
}

/**
 * Begins to read at once, so that two listings take the time of the longer one. Never holds more than `limit` items. A
 * failure is thrown where the items that came before it have been taken.
 */
export function readAhead<T>(items: AsyncIterable<T>, limit: number): ReadAhead<T> {
    const buffer: T[] = [];
    let state: "reading" | "stopped" | "done" | { readonly failure: unknown } = "reading";
    let changed = Promise.withResolvers<undefined>();
    const notify = (): void => {
        changed.resolve(undefined);
        changed = Promise.withResolvers<undefined>();
    };
    const isStopped = (): boolean => state === "stopped";

    async function read(): Promise<void> {
        try {
            for await (const item of items) {
                buffer.push(item);
                notify();
                while (buffer.length >= limit && !isStopped()) await changed.promise;
                if (isStopped()) return;
            }
            state = "done";
        } catch (failure) {
            state = { failure };
        }
        notify();
    }

    async function* take(): AsyncGenerator<T, undefined> {
        for (;;) {
            const item = buffer.shift();
            if (item !== undefined) {
                notify();
                yield item;
            } else if (typeof state === "object") throw state.failure;
            else if (state !== "reading") return undefined;
            else await changed.promise;
        }
    }

    void read();
    return {
        [Symbol.asyncIterator]: take,
        stop() {
            if (state === "reading") state = "stopped";
            buffer.length = 0;
            notify();
        },
    };
}
