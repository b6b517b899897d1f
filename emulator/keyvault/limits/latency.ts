import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

/** How long requests take, by chance, in milliseconds. */
export interface LatencyRange {
    readonly from: number;
    readonly to: number;
}

/** Makes requests take their time: a part of it before the service sees them, the rest before its answer is there. */
export class Latency {
    #requests = 0;

    /** The seed decides how long each request takes. Default: by chance. */
    constructor(private readonly seed: string | number = Math.random()) {}

    /** The next request's ways, in milliseconds. */
    next({ from, to }: LatencyRange): { readonly there: number; readonly back: number } {
        this.#requests += 1;
        const digest = createHash("sha256")
            .update(`${String(this.seed)} ${String(this.#requests)}`)
            .digest();
        const total = from + (digest.readUInt32BE(0) / 2 ** 32) * (to - from);
        const there = (digest.readUInt32BE(4) / 2 ** 32) * total;
        return { there, back: total - there };
    }

    /** Carries a request out, with its ways where there is a range. */
    async around<T>(range: LatencyRange | undefined, request: () => Promise<T>): Promise<T> {
        if (range === undefined) return request();
        const { there, back } = this.next(range);
        await wait(there);
        const answer = await request();
        await wait(back);
        return answer;
    }
}
