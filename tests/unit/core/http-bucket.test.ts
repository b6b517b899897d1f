import { expect } from "chai";
import fc from "fast-check";
import { Bucket, pacedMilliseconds } from "../../../providers/core/http/bucket.js";
import { runThrottlingWorld, type Scenario } from "./support/throttling-world.js";

const vault = { count: 300, perMilliseconds: 10_000 };

const figures = fc.record({
    count: fc.integer({ min: 1, max: 400 }),
    perMilliseconds: fc.integer({ min: 100, max: 20_000 }),
});

/** A generator of chance that a seed decides: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function chance(seed: number): () => number {
    let state = seed >>> 0;
    return () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 32;
    };
}

const worlds: fc.Arbitrary<Scenario> = fc
    .record({
        windows: fc.constantFrom("fixed" as const, "sliding" as const),
        phase: fc.double({ min: 0, max: 0.999, noNaN: true }),
        longestWay: fc.integer({ min: 0, max: 300 }),
        seed: fc.integer(),
    })
    .map(({ seed, ...rest }) => ({
        ...rest,
        rate: vault,
        requests: 1_000,
        concurrency: 24,
        random: chance(seed),
    }));

/** The most times in any window of that length, one that ends with each of them. */
function fullestWindow(times: readonly number[], length: number): number {
    const sorted = [...times].sort((a, b) => a - b);
    let [first, most] = [0, 0];
    for (const [index, time] of sorted.entries()) {
        while ((sorted[first] ?? time) <= time - length) first += 1;
        most = Math.max(most, index - first + 1);
    }
    return most;
}

describe("a bucket", () => {
    it("never fills a sliding window beyond the documented rate, wherever requests arrive on their way", () => {
        const pauses = fc.array(
            fc.record({
                pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })),
                there: fc.integer({ min: 0, max: 500 }),
                back: fc.integer({ min: 0, max: 500 }),
            }),
            { maxLength: 600 },
        );
        fc.assert(
            fc.property(figures, pauses, (rate, requests) => {
                const bucket = new Bucket(rate);
                const answers: number[] = [];
                const arrivals: number[] = [];
                let now = 0;
                const answer = (time: number): void => {
                    now = Math.max(now, time);
                    bucket.settle(now, true);
                };
                for (const { pause, there, back } of requests) {
                    now += pause;
                    for (;;) {
                        answers.sort((a, b) => a - b);
                        while (answers[0] !== undefined && answers[0] <= now) answer(answers.shift() ?? now);
                        const delay = bucket.delay(now);
                        if (delay === 0) break;
                        if (delay === Number.POSITIVE_INFINITY) answer(answers.shift() ?? now);
                        else now = Math.max(now, Math.min(now + delay, answers[0] ?? now + delay));
                    }
                    bucket.take(now);
                    arrivals.push(now + there);
                    answers.push(now + there + back);
                }
                expect(fullestWindow(arrivals, rate.perMilliseconds)).to.be.at.most(rate.count);
            }),
            { numRuns: 100 },
        );
    });

    it("is never refused by a service without other clients, whatever its windows, and uses the rate", () => {
        fc.assert(
            fc.property(worlds, (world) => {
                const { throttled, milliseconds } = runThrottlingWorld(world);
                expect(throttled).to.equal(0);
                expect(milliseconds).to.be.at.most((1_000 / 30) * 1_000 * 1.05);
            }),
            { numRuns: 60 },
        );
    });

    it("finds what a constant competitor leaves, whatever the service's windows", () => {
        fc.assert(
            fc.property(
                worlds,
                fc.integer({ min: 1, max: 20 }),
                fc.boolean(),
                (world, competitor, retryAfter) => {
                    const { mostRefusals, milliseconds } = runThrottlingWorld({
                        ...world,
                        competitor,
                        retryAfter,
                    });
                    expect(milliseconds).to.be.at.most((1_000 / (30 - competitor)) * 1_000 * 1.12);
                    expect(mostRefusals, "refusals of one request").to.be.at.most(3);
                },
            ),
            { numRuns: 60 },
        );
    });

    it("holds back after a 429 as long as it is asked to, or a second, but never for minutes", () => {
        for (const [asked, held] of [
            [5_000, 5_000],
            [undefined, 1_000],
            [600_000, 60_000],
        ] as const) {
            const bucket = new Bucket(vault);
            bucket.throttled(0, asked);
            expect(bucket.delay(0)).to.equal(held);
            expect(bucket.delay(held)).to.equal(0);
        }
    });

    it("allows after a 429 what got through, and then slowly more", () => {
        const bucket = new Bucket(vault);
        for (let index = 0; index < 200; index += 1) {
            bucket.take(index);
            bucket.settle(index, true);
        }
        bucket.throttled(1_000, 2_000);
        expect(bucket.places(3_000)).to.be.closeTo(194, 0.01);
        bucket.throttled(1_200, 0);
        expect(bucket.places(3_000), "the same news").to.be.closeTo(194, 0.01);
        expect(bucket.places(13_000)).to.be.closeTo(224, 0.01);
        expect(bucket.places(100_000)).to.equal(300);
    });

    it("never stops for good, however often it is throttled", () => {
        const bucket = new Bucket({ count: 10, perMilliseconds: 1_000 });
        for (let time = 0; time < 100_000; time += 1_000) bucket.throttled(time, 0);
        expect(bucket.places(100_000)).to.be.at.least(1);
        expect(bucket.delay(100_000)).to.equal(0);
    });

    it("paces nothing without a rate", () => {
        const bucket = new Bucket();
        for (let index = 0; index < 10_000; index += 1) bucket.take(0);
        expect(bucket.delay(0)).to.equal(0);
        bucket.throttled(0, 3_000);
        expect(bucket.delay(1_000)).to.equal(2_000);
    });

    it("takes as long as it says before", () => {
        const ways = fc.integer({ min: 0, max: 150 });
        fc.assert(
            fc.property(figures, fc.integer({ min: 1, max: 1_500 }), ways, (rate, requests, way) => {
                const world = { windows: "fixed", phase: 0, concurrency: 1_500, random: () => 0.5 } as const;
                const { milliseconds } = runThrottlingWorld({
                    ...world,
                    rate,
                    requests: Math.min(requests, rate.count * 20),
                    longestWay: way,
                });
                const said = pacedMilliseconds(rate, Math.min(requests, rate.count * 20), way);
                // The last one is on its way while nothing else is.
                expect(said).to.be.closeTo(milliseconds - way, 5 + milliseconds * 0.03);
            }),
            { numRuns: 60 },
        );
    });
});
