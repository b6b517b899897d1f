import { Bucket, type BucketRate } from "../../../../providers/core/http/bucket.js";

/** How a service counts: in windows that follow each other, or back from each request. */
export type Windows = "fixed" | "sliding";

export interface Scenario {
    readonly rate: BucketRate;
    readonly windows: Windows;
    /** Where fixed windows begin, from 0 to 1 of a window. */
    readonly phase: number;
    /** Requests to send through the bucket, each until it is answered well. */
    readonly requests: number;
    /** At most so many at once. */
    readonly concurrency: number;
    /** The longest way there and the longest way back, in milliseconds; each is by chance up to that. */
    readonly longestWay: number;
    /** Requests per second of another client, which comes again after as long as the service asks. Default: none. */
    readonly competitor?: number;
    /** Whether refusals say how long to wait. Default true. */
    readonly retryAfter?: boolean;
    /** From 0 to 1, without 1. */
    readonly random: () => number;
}

export interface Outcome {
    readonly milliseconds: number;
    /** Requests of ours that were refused. */
    readonly throttled: number;
    /** The most refusals of one request. */
    readonly mostRefusals: number;
    /** When each of ours that was counted reached the service. */
    readonly arrivals: readonly number[];
}

/** A service with one counter; refused requests don't count. */
class Counter {
    #window = Number.NEGATIVE_INFINITY;
    #times: number[] = [];

    constructor(private readonly scenario: Scenario) {}

    /** Milliseconds to wait where the request is refused, in whole seconds as services say it. */
    admit(now: number): number | undefined {
        const { rate, windows, phase } = this.scenario;
        const length = rate.perMilliseconds;
        const window = Math.floor(now / length + phase);
        if (windows === "sliding") this.#times = this.#times.filter((time) => time > now - length);
        else if (window !== this.#window) this.#times = [];
        this.#window = window;
        if (this.#times.length < rate.count) {
            this.#times.push(now);
            return undefined;
        }
        const free = windows === "sliding" ? (this.#times[0] ?? now) + length : (window + 1 - phase) * length;
        return Math.max(1, Math.ceil((free - now) / 1_000)) * 1_000;
    }
}

/** Lets a bucket's client, the service and a competitor run against each other; no time passes for real. */
export function runThrottlingWorld(scenario: Scenario): Outcome {
    const { rate, requests, concurrency, longestWay, competitor, retryAfter = true, random } = scenario;
    const bucket = new Bucket(rate);
    const counter = new Counter(scenario);
    const events: { at: number; act: (now: number) => void }[] = [];
    const arrivals: number[] = [];
    const line: { refusals: number }[] = [];
    let [begun, done, throttled, mostRefusals, wakeAt] = [0, 0, 0, 0, Number.POSITIVE_INFINITY];

    const schedule = (at: number, act: (now: number) => void): void => {
        let index = events.length;
        while (index > 0 && (events[index - 1]?.at ?? 0) < at) index -= 1;
        events.splice(index, 0, { at, act });
    };
    const way = (): number => random() * longestWay;
    const pump = (now: number): void => {
        while (line.length > 0) {
            const delay = bucket.delay(now);
            if (delay > 0) {
                if (now + delay < wakeAt || wakeAt <= now) {
                    wakeAt = now + delay;
                    if (delay !== Number.POSITIVE_INFINITY) schedule(wakeAt, pump);
                }
                return;
            }
            const request = line.shift();
            if (request === undefined) return;
            bucket.take(now);
            schedule(now + way(), (arrival) => {
                const refused = counter.admit(arrival);
                if (refused === undefined) arrivals.push(arrival);
                schedule(arrival + way(), (answer) => {
                    settle(request, refused, answer);
                });
            });
        }
    };
    const settle = (request: { refusals: number }, refused: number | undefined, now: number): void => {
        if (refused !== undefined) bucket.throttled(now, retryAfter ? refused : undefined);
        bucket.settle(now, refused === undefined);
        if (refused === undefined) {
            done += 1;
            begin();
        } else {
            throttled += 1;
            request.refusals += 1;
            mostRefusals = Math.max(mostRefusals, request.refusals);
            // Else twice as long every time, from half a second on.
            const pause = retryAfter ? refused : 500 * 2 ** (request.refusals - 1);
            schedule(now + pause + random() * 500, (later) => {
                line.push(request);
                pump(later);
            });
        }
        pump(now);
    };
    const begin = (): void => {
        if (begun === requests) return;
        begun += 1;
        line.push({ refusals: 0 });
    };
    const compete = (now: number): void => {
        const refused = counter.admit(now);
        if (refused !== undefined) schedule(now + refused + way(), compete);
    };
    const tick = (now: number): void => {
        schedule(now + way(), compete);
        schedule(now + 1_000 / (competitor ?? 1), tick);
    };

    // The competitor was there before us.
    const start = competitor === undefined ? 0 : 2 * rate.perMilliseconds;
    if (competitor !== undefined) schedule(0, tick);
    schedule(start, (now) => {
        for (let index = 0; index < concurrency; index += 1) begin();
        pump(now);
    });
    let now = 0;
    while (done < requests) {
        const event = events.pop();
        if (event === undefined) throw new Error("nothing happens any more, and not all was sent");
        now = event.at;
        event.act(now);
    }
    return { milliseconds: now - start, throttled, mostRefusals, arrivals };
}
