import type { StreamComparison } from "../core/contract.js";

/** Compares two streams of bytes as they arrive, however each is cut into chunks, and stops at the first difference. */
export async function equalStreams(
    a: AsyncIterable<Uint8Array>,
    b: AsyncIterable<Uint8Array>,
): Promise<StreamComparison> {
    const [left, right] = [a[Symbol.asyncIterator](), b[Symbol.asyncIterator]()];
    let bytes = 0;
    try {
        let [mine, theirs] = await Promise.all([next(left), next(right)]);
        while (mine !== undefined && theirs !== undefined) {
            const length = Math.min(mine.length, theirs.length);
            bytes += length;
            if (Buffer.compare(mine.subarray(0, length), theirs.subarray(0, length)) !== 0) {
                return { equal: false, bytes };
            }
            [mine, theirs] = await Promise.all([
                mine.length > length ? mine.subarray(length) : next(left),
                theirs.length > length ? theirs.subarray(length) : next(right),
            ]);
        }
        return { equal: mine === theirs, bytes };
    } finally {
        // What is left of the other stream is not read: its connection is let go.
        await Promise.all([left.return?.(), right.return?.()]);
    }
}

/** The next chunk that is not empty; undefined at the end. */
async function next(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
    for (;;) {
        const step = await chunks.next();
        if (step.done === true) return undefined;
        if (step.value.length > 0) return step.value;
    }
}
