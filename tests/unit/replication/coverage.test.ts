import { expect } from "chai";
import fc from "fast-check";
import { Coverage, recentVersion } from "../../../providers/core/replication/coverage.js";
import { RecentCounts } from "../../../providers/core/replication/recent-counts.js";
import { versionDigest } from "../../../providers/core/replication/set-digest.js";

describe("what a record covers", () => {
    const items = fc.uniqueArray(fc.tuple(fc.string(), fc.string()), {
        selector: ([name, version]) => `${name} ${version}`,
        maxLength: 20,
    });
    const item = ([name, version]: readonly [string, string]) => ({ name, version, properties: {} });
    const summary = { count: 0, bytes: 0, digest: "" };

    it("by version: exactly what is in it", () => {
        fc.assert(
            fc.property(items, fc.nat(20), (all, kept) => {
                const recent = all
                    .slice(0, kept)
                    .map(([name, version]) => recentVersion(versionDigest(name, version)));
                const coverage = new Coverage({ ...summary, targetRecent: recent.join("") });
                expect(all.filter((one) => coverage.has(item(one)))).to.deep.equal(all.slice(0, kept));
            }),
        );
    });

    it("by time: what changed until the watermark", () => {
        const coverage = new Coverage({ ...summary, targetWatermark: new Date(5_000).toISOString() });
        const changed = (time: number) => ({ ...item(["a", "1"]), modified: new Date(time) });
        expect(coverage.has(changed(5_000))).to.equal(true);
        expect(coverage.has(changed(5_001))).to.equal(false);
        expect(coverage.has(item(["a", "1"]))).to.equal(false);
        expect(new Coverage(undefined).has(changed(0))).to.equal(false);
    });
});

describe("recent changes", () => {
    const span = 100;
    const spans = 64;

    it("are counted as long as they are among the last seconds, and never too few", () => {
        const time = fc.nat(120).map((number) => number * 1_000);
        fc.assert(
            fc.property(fc.array(time), time, (times, from) => {
                const counts = new RecentCounts();
                for (const time of times) counts.add(time);
                const told = counts.after(from);
                const later = times.filter((time) => time > from);
                // Whole seconds are counted exactly.
                if (told === Number.POSITIVE_INFINITY) expect(new Set(times).size).to.be.above(spans);
                else expect(told).to.equal(later.length);
                if (new Set(later).size < spans) expect(told).to.be.below(Number.POSITIVE_INFINITY);
            }),
        );
    });

    it("are never too few within a second either, and too many only by those of a tenth of it", () => {
        const time = fc.nat(10_000);
        fc.assert(
            fc.property(fc.array(time), time, (times, from) => {
                const counts = new RecentCounts();
                for (const time of times) counts.add(time);
                const told = counts.after(from);
                expect(told).to.be.at.least(times.filter((time) => time > from).length);
                if (told !== Number.POSITIVE_INFINITY)
                    expect(told).to.be.at.most(times.filter((time) => time > from - span).length);
                else expect(Math.max(...times) - from).to.be.above((spans - 1) * span);
            }),
        );
    });
});
