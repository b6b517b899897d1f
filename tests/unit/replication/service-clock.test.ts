import { expect } from "chai";
import fc from "fast-check";
import { ServiceClock } from "../../../providers/core/replication/service-clock.js";

const shown = (time: number, step: number): Date => new Date(Math.floor(time / step) * step);
/** How finely services show times: most in seconds. */
const steps = fc.constantFrom(1, 1_000);

describe("the service's clock", () => {
    it("is in a later second than every change when the wait is over, and the wait is never long", () => {
        const writes = fc.array(
            fc.record({ after: fc.nat(700), onTheWay: fc.nat(300), found: fc.boolean() }),
            { minLength: 1 },
        );
        fc.assert(
            fc.property(
                writes,
                fc.integer({ min: -1e6, max: 1e6 }),
                fc.nat(5_000),
                steps,
                (sent, ahead, later, step) => {
                    const clock = new ServiceClock(step);
                    const start = 1_800_000_000_000;
                    let [now, newest] = [start, Number.NEGATIVE_INFINITY];
                    for (const { after, onTheWay, found } of sent) {
                        now += after;
                        const modified = shown(now + ahead, step);
                        newest = Math.max(newest, modified.getTime());
                        if (found) clock.saw(modified);
                        else clock.wrote(modified, now + onTheWay);
                        now += onTheWay;
                    }
                    now += later;
                    const left = clock.untilLater(now);
                    if (sent.every(({ found }) => found)) {
                        expect(left).to.equal(undefined);
                        return;
                    }
                    const end = now + Math.max(0, left ?? Number.NaN);
                    expect(shown(end + ahead, step).getTime()).to.be.above(newest);
                    const last = sent.at(-1);
                    if (last?.found === false)
                        expect(end).to.be.at.most(Math.max(now, now - later + step + 500));
                },
            ),
        );
    });

    it("shows a later time than what is settled on every change from now on, and on no more than some seconds", () => {
        const times = fc.integer({ min: 0, max: 1e6 });
        fc.assert(
            fc.property(
                fc.array(fc.tuple(fc.nat(700), fc.nat(300)), { minLength: 1 }),
                fc.integer({ min: -1e6, max: 1e6 }),
                fc.record({ later: times, after: times, step: steps }),
                (sent, ahead, { later, after, step }) => {
                    const clock = new ServiceClock(step);
                    let now = 1_800_000_000_000;
                    for (const [pause, onTheWay] of sent) {
                        now += pause;
                        clock.wrote(shown(now + ahead, step), now + onTheWay);
                        now += onTheWay;
                    }
                    const settled = clock.settledUntil(now + later) ?? Number.NaN;
                    expect(shown(now + later + after + ahead, step).getTime()).to.be.above(settled);
                    // A step for each: the tick, and the step that is told; the way; and what clocks differ.
                    expect(settled).to.be.at.least(now + later + ahead - 3 * step - 300 - 500);
                },
            ),
        );
        expect(new ServiceClock().settledUntil(1_000)).to.equal(undefined);
    });

    it("is waited for by what comes right after its tick", () => {
        const clock = new ServiceClock();
        clock.wrote(new Date(10_000), 500);
        expect(clock.untilLater(500)).to.equal(1_500);
        // Written 400 ms later, and still in the same second: the first one tells more.
        clock.wrote(new Date(10_000), 900);
        expect(clock.untilLater(900)).to.equal(1_100);
    });

    it("is unknown where a write does not show when it was", () => {
        const clock = new ServiceClock();
        clock.wrote(new Date(10_000), 500);
        clock.wrote(undefined, 600);
        expect(clock.untilLater(600)).to.equal(undefined);
    });
});
