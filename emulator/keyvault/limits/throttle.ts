import { createHash } from "node:crypto";
import type { Charge } from "./charge.js";

/**
 * `fixed`: counters start again every window. `sliding`: a request counts for a window from when it came. `off`: no
 * limits. Which of the first two the real service has is not documented.
 */
export type Throttling = "fixed" | "sliding" | "off";

/** What is counted at present, the oldest first, and how much that is together. */
interface Counter {
    readonly counted: { readonly at: number; readonly weight: number }[];
    total: number;
}

/**
 * Counts requests against limits. Fixed windows begin at a time that is different for each counter and that no client
 * can know. A refused request does not count, as in
 * https://learn.microsoft.com/azure/key-vault/general/overview-throttling#how-does-key-vault-handle-its-limits
 */
export class Throttle {
    readonly #counters = new Map<string, Counter>();

    /** The seed decides where windows begin. Default: by chance. */
    constructor(private readonly seed: string | number = Math.random()) {}

    /**
     * Counts one request, unless one of its counters refuses it. Answers with the whole seconds to wait in that case,
     * else undefined.
     *
     * @param now milliseconds since the epoch.
     */
    admit(charges: readonly Charge[], throttling: Throttling, now: number): number | undefined {
        if (throttling === "off") return undefined;
        const waits = charges.map((charge) => this.#untilFree(charge, throttling, now));
        const longest = Math.max(...waits);
        if (longest > 0) return Math.max(1, Math.ceil(longest / 1000));
        for (const { counter: name, weight } of charges) {
            const counter = this.#counter(name);
            counter.counted.push({ at: now, weight });
            counter.total += weight;
        }
        return undefined;
    }

    /** Milliseconds until the counter takes the request; 0: now. */
    #untilFree(charge: Charge, throttling: "fixed" | "sliding", now: number): number {
        const { capacity, weight, perMilliseconds: length } = charge;
        const windowEnd = now + length - ((now + this.#phase(charge.counter) * length) % length);
        const counter = this.#counter(charge.counter);
        forget(counter, ({ at }) => (throttling === "fixed" ? at < windowEnd - length : at <= now - length));
        let excess = counter.total + weight - capacity;
        // A request that takes more than a whole window holds gets an empty one.
        if (excess <= 0 || counter.counted.length === 0) return 0;
        if (throttling === "fixed") return windowEnd - now;
        for (const { at, weight: freed } of counter.counted) {
            excess -= freed;
            if (excess <= 0) return at + length - now;
        }
        return length;
    }

    /** From 0 to 1 of a window. */
    #phase(counter: string): number {
        const digest = createHash("sha256")
            .update(`${String(this.seed)} ${counter}`)
            .digest();
        return digest.readUInt32BE() / 2 ** 32;
    }

    #counter(name: string): Counter {
        let counter = this.#counters.get(name);
        if (counter === undefined) this.#counters.set(name, (counter = { counted: [], total: 0 }));
        return counter;
    }
}

function forget(counter: Counter, isOver: (counted: Counter["counted"][number]) => boolean): void {
    const live = counter.counted.findIndex((counted) => !isOver(counted));
    const over = counter.counted.splice(0, live === -1 ? counter.counted.length : live);
    for (const { weight } of over) counter.total -= weight;
}
