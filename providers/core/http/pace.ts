import type { HttpClient, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import type { RateLimit } from "../contract.js";
import { Bucket } from "./bucket.js";
import { retryAfter } from "./retry-after.js";
import { cancelled, type Timing } from "./timing.js";
import { parsedUrl } from "./parsed-url.js";

/** Requests that wait for a bucket stand in line: each takes its place only when it is first, at the rate of then. */
class Line {
    readonly #bucket: Bucket;
    #last: Promise<undefined> = Promise.resolve(undefined);
    #waiting = 0;
    /** Wakes who is first in line, where it waits for an answer to any request. */
    #answered = Promise.withResolvers<undefined>();

    constructor(bucket: Bucket) {
        this.#bucket = bucket;
    }

    /** Takes so many places as soon as they are free. Throws `Cancelled`, with none taken. */
    async pass(places: number, timing: Timing, signals: readonly AbortSignal[]): Promise<void> {
        if (this.#passAtOnce(places, timing, signals)) return;
        this.#waiting += 1;
        try {
            await this.#passInLine(places, timing, signals);
        } finally {
            this.#waiting -= 1;
        }
    }

    /** As it nearly always is: nobody waits and a place is free. A line is only made where there is one. */
    #passAtOnce(places: number, timing: Timing, signals: readonly AbortSignal[]): boolean {
        if (places !== 1 || this.#waiting > 0 || signals.some(({ aborted }) => aborted)) return false;
        const now = timing.now();
        if (this.#bucket.delay(now) > 0) return false;
        this.#bucket.take(now);
        return true;
    }

    async #passInLine(places: number, timing: Timing, signals: readonly AbortSignal[]): Promise<void> {
        const before = this.#last;
        const { promise, resolve } = Promise.withResolvers<undefined>();
        this.#last = promise;
        let taken = 0;
        try {
            await unlessAborted(before, signals);
            for (; taken < places; taken += 1) {
                await this.#untilFree(timing, signals);
                this.#bucket.take(timing.now());
            }
        } catch (error) {
            this.settle(taken, timing.now(), false);
            throw error;
        } finally {
            // Who gives up while in line lets those behind wait for those before.
            void before.then(resolve);
        }
    }

    /** Gives places back: at once, or where the service counted the request, one window from now. */
    settle(places: number, now: number, counted: boolean): void {
        for (let place = 0; place < places; place += 1) this.#bucket.settle(now, counted);
        this.#answered.resolve(undefined);
        this.#answered = Promise.withResolvers<undefined>();
    }

    throttled(now: number, hold: number | undefined): void {
        this.#bucket.throttled(now, hold);
    }

    async #untilFree(timing: Timing, signals: readonly AbortSignal[]): Promise<void> {
        for (;;) {
            const delay = this.#bucket.delay(timing.now());
            if (delay <= 0) return;
            if (delay === Number.POSITIVE_INFINITY) await unlessAborted(this.#answered.promise, signals);
            else await timing.sleep(delay, signals);
        }
    }
}

/** A line and how many of its places a request takes. */
interface Passage {
    readonly line: Line;
    readonly places: number;
}

/** The lines of a process: one for each rate at each host, shared by all stores, as the service counts them together. */
export class Pacer {
    readonly #lines = new Map<string, Line>();

    passages(host: string, rates: readonly RateLimit[], body: string | undefined): Passage[] {
        if (rates.length === 0) return [{ line: this.#line(`${host}|`, undefined), places: 1 }];
        return rates.map((rate) => ({
            line: this.#line(`${host}|${rate.name}`, rate),
            places: Math.min(rate.cost?.(body) ?? 1, rate.count),
        }));
    }

    #line(key: string, rate: RateLimit | undefined): Line {
        const line = this.#lines.get(key) ?? new Line(new Bucket(rate));
        this.#lines.set(key, line);
        return line;
    }
}

/** What every client of the process shares unless it is given another. */
export const processPacer = new Pacer();

export interface PaceOptions {
    readonly rates: readonly RateLimit[];
    readonly pacer: Pacer;
    readonly timing: Timing;
    readonly signals: readonly AbortSignal[];
}

/**
 * Holds requests back so that they keep the service's documented rates, and slows down when the service throttles all
 * the same: other processes use the same quota.
 */
export function paceRequests(options: PaceOptions, next: HttpClient): HttpClient {
    const { rates, pacer, timing } = options;
    return {
        async sendRequest(request) {
            const url = parsedUrl(request.url);
            const applying = rates.filter((rate) => rate.applies(request.method, url));
            const passages = pacer.passages(url.host, applying, textOf(request));
            const signals =
                request.abortSignal instanceof AbortSignal
                    ? [request.abortSignal, ...options.signals]
                    : options.signals;
            const passed: Passage[] = [];
            let counted = true;
            try {
                for (const passage of passages) {
                    await passage.line.pass(passage.places, timing, signals);
                    passed.push(passage);
                }
                const response = await next.sendRequest(request);
                // A refused request does not count against the limits:
                // https://learn.microsoft.com/azure/key-vault/general/overview-throttling
                counted = response.status !== 429;
                const held = holdOf(response, timing);
                if (held !== undefined) {
                    for (const { line } of passages) line.throttled(timing.now(), held.milliseconds);
                }
                return response;
            } catch (error) {
                // Without passing all lines it never left; else it may have arrived although there was no answer.
                counted = passed.length === passages.length;
                throw error;
            } finally {
                for (const { line, places } of passed) line.settle(places, timing.now(), counted);
            }
        },
    };
}

/** What a request says in its body, where that is a text: bodies of other kinds are content. */
function textOf({ body }: PipelineRequest): string | undefined {
    return typeof body === "string" ? body : undefined;
}

/** How long to hold back, where the answer says that requests come too fast; undefined milliseconds: it doesn't say. */
function holdOf(
    { status, headers }: PipelineResponse,
    timing: Timing,
): { readonly milliseconds: number | undefined } | undefined {
    const milliseconds = retryAfter(headers, timing.date());
    const slowDown = status === 429 || (status === 503 && milliseconds !== undefined);
    return slowDown ? { milliseconds } : undefined;
}

async function unlessAborted(promise: Promise<undefined>, signals: readonly AbortSignal[]): Promise<void> {
    if (signals.some((signal) => signal.aborted)) throw cancelled();
    if (signals.length === 0) {
        await promise;
        return;
    }
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => {
        reject(cancelled());
    };
    for (const signal of signals) signal.addEventListener("abort", onAbort);
    try {
        await Promise.race([promise, aborted]);
    } finally {
        for (const signal of signals) signal.removeEventListener("abort", onAbort);
    }
}
