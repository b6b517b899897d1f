import { expect } from "chai";
import fc from "fast-check";
import { ByteBudget } from "../../../providers/core/replication/byte-budget.js";

describe("a budget of bytes", () => {
    it("is never overdrawn, serves in order, and serves everybody", async () => {
        const jobs = fc.array(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.nat(3), fc.boolean()));
        await fc.assert(
            fc.asyncProperty(jobs, async (needs) => {
                const budget = new ByteBudget(10);
                const begun: number[] = [];
                let held = 0;
                const all = needs.map(([bytes, turns, fails], index) =>
                    budget.hold(bytes, async () => {
                        begun.push(index);
                        held += Math.min(bytes, 10);
                        expect(held).to.be.at.most(10);
                        for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
                        held -= Math.min(bytes, 10);
                        if (fails) throw new Error("work failed");
                    }),
                );
                const results = await Promise.allSettled(all);
                expect(begun).to.deep.equal(needs.map((_, index) => index));
                for (const [index, { status }] of results.entries()) {
                    expect(status).to.equal(needs[index]?.[2] === true ? "rejected" : "fulfilled");
                }
                expect(held).to.equal(0);
            }),
        );
    });
});
