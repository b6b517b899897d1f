import { expect } from "chai";
import fc from "fast-check";
import type { RateLimit } from "../../../providers/core/contract.js";
import { Bucket } from "../../../providers/core/http/bucket.js";
import { createHttpClient } from "../../../providers/core/http/client.js";
import { isDataplaneError } from "../../../providers/core/errors.js";
import { Pacer } from "../../../providers/core/http/pace.js";
import { systemTiming } from "../../../providers/core/http/timing.js";
import { chainElement, FakeService, FakeTiming, request } from "./support/fake-http.js";

/** When requests leave that arrive with these pauses between them. */
function departures(bucket: Bucket, pauses: readonly number[]): number[] {
    let now = 0;
    return pauses.map((pause) => {
        now += pause;
        now += bucket.delay(now);
        bucket.take(now);
        return now;
    });
}

/** The most requests in any window of that length. */
function fullestWindow(times: readonly number[], length: number): number {
    return Math.max(
        0,
        ...times.map((end) => times.filter((time) => time > end - length && time <= end).length),
    );
}

const figures = fc.record({
    count: fc.integer({ min: 1, max: 400 }),
    perMilliseconds: fc.integer({ min: 100, max: 20_000 }),
});

describe("a bucket", () => {
    it("never fills a sliding window beyond the documented rate", () => {
        const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })), {
            maxLength: 600,
        });
        fc.assert(
            fc.property(figures, pauses, (rate, waits) => {
                const times = departures(new Bucket(rate), waits);
                expect(fullestWindow(times, rate.perMilliseconds)).to.be.at.most(rate.count);
            }),
            { numRuns: 60 },
        );
    });

    it("uses at least nine tenths of a documented rate", () => {
        const rate = { count: 300, perMilliseconds: 10_000 };
        const times = departures(new Bucket(rate), Array<number>(3_000).fill(0));
        expect(times.at(-1)).to.be.at.most(10 * rate.perMilliseconds * 1.15);
    });

    it("slows down after a 429, holds back as long as asked, and recovers", () => {
        const bucket = new Bucket({ count: 100, perMilliseconds: 1_000 });
        bucket.throttled(0, 5_000);
        expect(bucket.delay(0)).to.equal(5_000);
        expect(bucket.factor(5_000)).to.equal(0.6);
        bucket.throttled(200, 0);
        expect(bucket.factor(5_000), "the same news").to.equal(0.6);
        bucket.throttled(5_000, 0);
        expect(bucket.factor(5_000)).to.be.closeTo(0.36, 0.001);
        expect(bucket.factor(65_000)).to.be.closeTo(0.86, 0.001);
        expect(bucket.factor(200_000)).to.equal(1);
    });

    it("never stops for good, however often it is throttled", () => {
        const bucket = new Bucket({ count: 10, perMilliseconds: 1_000 });
        for (let time = 0; time < 100_000; time += 1_000) bucket.throttled(time, 0);
        expect(bucket.factor(100_000)).to.be.greaterThan(0);
        expect(departures(bucket, [100_000, 0, 0]).at(-1)).to.be.lessThan(200_000);
    });
});

function rate(overrides: Partial<RateLimit> = {}): RateLimit {
    return {
        name: "writes",
        count: 2,
        perMilliseconds: 1_000,
        applies: (method) => method === "PUT",
        source: "https://example.com",
        ...overrides,
    };
}

function pacedClient(pacer: Pacer, timing: FakeTiming, service: FakeService, rates = [rate()]) {
    const limits = { concurrency: 1, rates, requestsPerItem: () => ({}) };
    return createHttpClient({
        side: "target",
        element: chainElement({ limits }),
        baseClient: service,
        timing,
        pacer,
    });
}

describe("pacing", () => {
    it("holds back what counts against a rate, and nothing else", async () => {
        const timing = new FakeTiming();
        const service = new FakeService({ status: 200 });
        const { client, meter } = pacedClient(new Pacer(), timing, service);
        for (let i = 0; i < 5; i += 1) await client.sendRequest(request("GET"));
        expect(timing.time).to.equal(0);
        for (let i = 0; i < 5; i += 1) await client.sendRequest(request("PUT"));
        expect(timing.time).to.be.at.least(2_000);
        expect(meter.byKind()).to.deep.include({
            writes: { requests: 5, retries: 0, throttled: 0 },
            other: { requests: 5, retries: 0, throttled: 0 },
        });
        expect(meter.total.requests).to.equal(10);
    });

    it("shares a host's rate among stores, and keeps hosts apart", async () => {
        const timing = new FakeTiming();
        const service = new FakeService({ status: 200 });
        const pacer = new Pacer();
        const [first, second] = [pacedClient(pacer, timing, service), pacedClient(pacer, timing, service)];
        await first.client.sendRequest(request("PUT", "https://one/x"));
        await second.client.sendRequest(request("PUT", "https://two/x"));
        expect(timing.time).to.equal(0);
        await second.client.sendRequest(request("PUT", "https://one/x"));
        expect(timing.time).to.be.greaterThan(0);
    });

    it("holds every store back after a 429, also where no rate is documented", async () => {
        const timing = new FakeTiming();
        const pacer = new Pacer();
        const throttling = new FakeService({ status: 429, headers: { "retry-after": "3" } }, { status: 200 });
        const calm = new FakeService({ status: 200 });
        const first = pacedClient(pacer, timing, throttling, []);
        const limited = createHttpClient({
            side: "target",
            element: chainElement(),
            baseClient: throttling,
            timing,
            pacer,
            retry: { attempts: 1 },
        });
        expect((await limited.client.sendRequest(request())).status).to.equal(429);
        expect(timing.time).to.equal(0);
        await pacedClient(pacer, timing, calm, []).client.sendRequest(request());
        expect(timing.time).to.equal(3_000);
        await first.client.sendRequest(request());
        expect(timing.time).to.equal(3_000);
    });

    it("lets those behind go on when one in line gives up", async () => {
        const controller = new AbortController();
        const service = new FakeService({ status: 200 });
        const slow = [rate({ count: 1, perMilliseconds: 30 })];
        const pacer = new Pacer();
        const make = (signal?: AbortSignal) =>
            createHttpClient({
                side: "target",
                element: chainElement({
                    limits: { concurrency: 1, rates: slow, requestsPerItem: () => ({}) },
                }),
                baseClient: service,
                timing: systemTiming,
                pacer,
                ...(signal === undefined ? {} : { signal }),
            }).client;
        const [patient, hasty] = [make(), make(controller.signal)];
        const all = [patient, patient, hasty, patient].map((client) =>
            client.sendRequest(request("PUT", "https://a/b")).then(
                () => "sent",
                (error: unknown) => (isDataplaneError(error, "Cancelled") ? "cancelled" : error),
            ),
        );
        controller.abort();
        expect(await Promise.all(all)).to.deep.equal(["sent", "sent", "cancelled", "sent"]);
        expect(service.sent).to.have.length(3);
    });
});
