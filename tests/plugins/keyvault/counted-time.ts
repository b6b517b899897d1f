import type { HttpClient } from "@azure/core-rest-pipeline";
import { createBaseClient } from "../../../providers/core/http/base-client.js";
import { cancelled, type Timing } from "../../../providers/core/http/timing.js";

interface Timer {
    readonly at: number;
    readonly resolve: () => void;
}

/** So many turns of the event loop without news, and all that could go on without waiting has. */
const quietTurns = 4;

/**
 * A time that only waits and the ways of requests take: it moves on to the next timer once nothing else is left to do,
 * so that a busy machine changes nothing. Requests are real; while one is being answered, the time stands.
 */
export class CountedTime {
    #now = 0;
    #answering = 0;
    #news = 0;
    #running = true;
    readonly #timers: Timer[] = [];
    readonly timing: Timing = {
        now: () => this.#now,
        date: () => Date.now(),
        random: () => 0.5,
        sleep: (milliseconds, signals) => this.sleep(milliseconds, signals),
    };

    /** @param onAdvance told of each step, in milliseconds, to let other clocks keep up. */
    constructor(private readonly onAdvance: (milliseconds: number) => void) {
        void this.#run();
    }

    /** Milliseconds since the beginning. */
    get now(): number {
        return this.#now;
    }

    async sleep(milliseconds: number, signals: readonly AbortSignal[] = []): Promise<void> {
        this.#news += 1;
        const { promise, resolve } = Promise.withResolvers<undefined>();
        this.#timers.push({
            at: this.#now + Math.max(0, milliseconds),
            resolve: () => {
                resolve(undefined);
            },
        });
        await promise;
        if (signals.some(({ aborted }) => aborted)) throw cancelled();
    }

    /** Sends real requests, each so long on its way there and back, by chance but always alike. */
    client({ from, to }: { from: number; to: number }): HttpClient {
        const base = createBaseClient();
        let seed = 1;
        const chance = (): number => {
            // https://en.wikipedia.org/wiki/Lehmer_random_number_generator
            seed = (seed * 48_271) % 2_147_483_647;
            return seed / 2_147_483_647;
        };
        return {
            sendRequest: async (request) => {
                const total = from + chance() * (to - from);
                const there = chance() * total;
                await this.sleep(there);
                this.#answering += 1;
                try {
                    return await base.sendRequest(request);
                } finally {
                    this.#answering -= 1;
                    await this.sleep(total - there);
                }
            },
        };
    }

    stop(): void {
        this.#running = false;
    }

    async #run(): Promise<void> {
        let quiet = 0;
        let seen = 0;
        while (this.#running) {
            await new Promise((resolve) => setImmediate(resolve));
            const isQuiet = this.#answering === 0 && this.#news === seen;
            seen = this.#news;
            quiet = isQuiet ? quiet + 1 : 0;
            if (quiet < quietTurns || this.#timers.length === 0) continue;
            quiet = 0;
            const at = Math.min(...this.#timers.map((timer) => timer.at));
            this.onAdvance(at - this.#now);
            this.#now = at;
            const due = this.#timers.filter((timer) => timer.at <= at);
            this.#timers.splice(0, this.#timers.length, ...this.#timers.filter((timer) => timer.at > at));
            for (const { resolve } of due) resolve();
        }
    }
}
