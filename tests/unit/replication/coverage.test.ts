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
    it("are counted as long as they are among the last seconds, and never too few", () => {
        fc.assert(
            fc.property(fc.array(fc.nat(40)), fc.nat(40), (times, from) => {
                const counts = new RecentCounts();
                for (const time of times) counts.add(time);
                const told = counts.after(from);
                const seconds = new Set(times.filter((time) => time > from)).size;
                const others = new Set(times).size - seconds;
                if (told === Number.POSITIVE_INFINITY) expect(seconds + others).to.be.above(16);
                else expect(told).to.equal(times.filter((time) => time > from).length);
                if (seconds < 16) expect(told).to.be.below(Number.POSITIVE_INFINITY);
            }),
        );
    });
});
