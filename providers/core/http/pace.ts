import type { HttpClient, PipelineResponse } from "@azure/core-rest-pipeline";
import type { RateLimit } from "../contract.js";
import { Bucket } from "./bucket.js";
import { retryAfter } from "./retry-after.js";
import { cancelled, type Timing } from "./timing.js";

/** Requests that wait for a bucket stand in line: each takes its place only when it is first, at the rate of then. */
class Line {
    readonly bucket: Bucket;
    #last: Promise<undefined> = Promise.resolve(undefined);

    constructor(bucket: Bucket) {
        this.bucket = bucket;
    }

    async pass(timing: Timing, signals: readonly AbortSignal[]): Promise<void> {
        const before = this.#last;
        const { promise, resolve } = Promise.withResolvers<undefined>();
        this.#last = promise;
        try {
            await unlessAborted(before, signals);
            for (
                let delay = this.bucket.delay(timing.now());
                delay > 0;
                delay = this.bucket.delay(timing.now())
            ) {
                await timing.sleep(delay, signals);
            }
            this.bucket.take(timing.now());
        } finally {
            // Who gives up while in line lets those behind wait for those before.
            void before.then(resolve);
        }
    }
}

/** The lines of a process: one for each rate at each host, shared by all stores, as the service counts them together. */
export class Pacer {
    readonly #lines = new Map<string, Line>();

    lines(host: string, rates: readonly RateLimit[]): Line[] {
        if (rates.length === 0) return [this.#line(`${host}|`, undefined)];
        return rates.map((rate) => this.#line(`${host}|${rate.name}`, rate));
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
            const url = new URL(request.url);
            const applying = rates.filter((rate) => rate.applies(request.method, url));
            const lines = pacer.lines(url.host, applying);
            const signals =
                request.abortSignal instanceof AbortSignal
                    ? [request.abortSignal, ...options.signals]
                    : options.signals;
            for (const line of lines) await line.pass(timing, signals);
            const response = await next.sendRequest(request);
            const hold = holdOf(response, timing);
            if (hold !== undefined) for (const line of lines) line.bucket.throttled(timing.now(), hold);
            return response;
        },
    };
}

/** Milliseconds to hold back, where the answer says that requests come too fast. */
function holdOf({ status, headers }: PipelineResponse, timing: Timing): number | undefined {
    if (status !== 429 && status !== 503) return undefined;
    const asked = retryAfter(headers, timing.date());
    return status === 429 ? (asked ?? 0) : asked;
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
