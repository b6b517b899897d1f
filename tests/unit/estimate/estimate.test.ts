import { expect } from "chai";
import fc from "fast-check";
import type { Limits, RateLimit } from "../../../providers/core/contract.js";
import { estimate, type EstimateRequest } from "../../../providers/core/estimate/estimate.js";
import { fakeElement } from "../replication/fake-store.js";

const rate = (name: string, count: number): RateLimit => ({
    name,
    count,
    perMilliseconds: 10_000,
    applies: () => true,
    source: "https://example.com",
});

const vault: Limits = {
    concurrency: 24,
    rates: [rate("reads", 4_000), rate("writes", 300)],
    requestsPerItem: () => ({ reads: 2, writes: 1 }),
    bytesPerSecond: 1_000,
};

function ask(more: Partial<EstimateRequest> = {}, limits: Limits = vault): EstimateRequest {
    const element = { ...fakeElement(), limits };
    return { element, mode: "replication", items: 1_000, bytes: 0, ...more };
}

const counts = fc.integer({ min: 0, max: 20_000 });

describe("an estimate", () => {
    it("is what the slowest rate takes", () => {
        expect(estimate(ask()).seconds).to.be.closeTo(1_000 / 30, 1);
        expect(estimate(ask({ items: 12_000 })).seconds).to.be.closeTo(400, 5);
        expect(estimate(ask({ items: 0 }))).to.deep.equal({ seconds: 0, bytes: 0, requests: 0 });
    });

    it("counts writes, not items, where items take more or less than one", () => {
        expect(estimate(ask({ items: 100, writes: 1_000 }))).to.deep.equal(estimate(ask()));
        expect(estimate(ask({ items: 100 })).seconds).to.be.lessThan(5);
    });

    it("counts bytes where they go through this process", () => {
        const { features } = fakeElement();
        const serverSide = { features: { ...features, serverSideCopy: true }, limits: vault };
        expect(estimate(ask({ bytes: 60_000 })).seconds).to.equal(60);
        expect(estimate(ask({ bytes: 60_000, mode: "template" })).seconds).to.be.lessThan(40);
        expect(estimate(ask({ bytes: 60_000, element: serverSide })).seconds).to.be.lessThan(40);
    });

    it("counts the way of requests in parallel where nothing else holds", () => {
        const free: Limits = { concurrency: 5, rates: [], requestsPerItem: () => ({}) };
        expect(estimate(ask({ items: 100 }, free))).to.deep.equal({ seconds: 1, bytes: 0, requests: 100 });
    });

    it("counts the closing listing where pages are small", () => {
        const paged: Limits = { ...vault, itemsPerPage: 25 };
        const without = estimate(ask());
        const { seconds, requests } = estimate(ask({}, paged));
        expect(seconds - without.seconds).to.be.closeTo(2, 0.001);
        expect(requests - without.requests).to.equal(40);
        expect(estimate(ask({ items: 0 }, paged)).seconds).to.equal(0);
    });

    it("never shrinks when there is more to do, and never promises more than a rate allows", () => {
        fc.assert(
            fc.property(counts, counts, counts, (writes, more, bytes) => {
                const { seconds } = estimate(ask({ writes, bytes }));
                expect(estimate(ask({ writes: writes + more, bytes })).seconds).to.be.at.least(seconds);
                expect(estimate(ask({ writes, bytes: bytes + more })).seconds).to.be.at.least(seconds);
                // One window's worth may be out before the first window ends.
                expect(seconds).to.be.at.least((writes - 300) / 30);
                expect(seconds).to.be.at.least(bytes / 1_000);
            }),
        );
    });
});
