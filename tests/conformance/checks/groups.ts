import { expect } from "chai";
import type { GroupSummary } from "../../../providers/core/replication/types.js";
import { systemTiming } from "../../../providers/core/replication/timing.js";
import { collect, type Bench } from "../bench.js";
import { counts, succeeded, type Check } from "../check.js";
import { quickTiming } from "../quick-timing.js";

/** Records by group: one per container or partition, with watermarks in the service's own clock. */
export const groupChecks: readonly Check[] = [
    {
        name: "by group: copies, has nothing to do, brings changes, and leaves what is not ours",
        applies: ({ element }) => element.features.detail === "groups",
        run: async (bench) => {
            const samples = bench.samples(6);
            const [gone, changed, byHand] = samples;
            if (gone === undefined || changed === undefined || byHand === undefined)
                throw new Error("no samples");
            await bench.seed("source", samples);
            const created = await replicateGroups(bench);
            succeeded(created);
            expect(counts(created)).to.deep.equal({ created: 6 });
            expect(await bench.differences(samples)).to.deep.equal([]);

            bench.azure.requests.clear();
            const again = await replicateGroups(bench);
            succeeded(again);
            expect(counts(again)).to.deep.equal({ same: 6 });
            expect(bench.writes("target"), "writes").to.equal(0);

            const foreign = bench.fixture.sample(6);
            await bench.source.items.remove(gone.name);
            await bench.seed("source", [bench.fixture.changed(changed, "content")]);
            await bench.seed("target", [foreign, bench.fixture.changed(byHand, "content")]);
            const result = await replicateGroups(bench);
            expect(counts(result)).to.deep.equal({ updated: 1, same: 3, conflicts: 1, kept: 1 });
            expect(result.failures.map(({ item }) => item)).to.deep.equal([byHand.name]);
            expect((await bench.differences(samples)).sort()).to.deep.equal([gone.name, byHand.name].sort());
            expect(await bench.target.items.read(foreign.name), "foreign").to.not.equal(undefined);
        },
    },
    {
        name: "by group: a group that was not previewed is not written",
        applies: ({ element }) => element.features.detail === "groups",
        run: async (bench) => {
            await bench.seed("source", bench.samples(6));
            const groups = Object.keys(await groupsOf(bench));
            const [first = ""] = groups;
            expect(groups.length).to.be.at.least(2);
            succeeded(await replicateGroups(bench, [first]));
            const there = await collect((await bench.open("target")).list());
            expect([...new Set(there.map(({ group }) => group))]).to.deep.equal([first]);
        },
    },
];

/** On the real clock where it counts: a record stands on the second in which the service wrote. */
async function replicateGroups(bench: Bench, only?: readonly string[]) {
    const groups = await groupsOf(bench);
    const items = Object.fromEntries(Object.entries(groups).filter(([name]) => only?.includes(name) ?? true));
    return bench.replicate({
        detail: "groups",
        items,
        timing: { ...quickTiming(), replication: systemTiming },
    });
}

async function groupsOf(bench: Bench): Promise<Record<string, GroupSummary>> {
    const items = await collect((await bench.open("source")).list());
    return Object.fromEntries(items.map(({ group = "" }) => [group, { count: 0, bytes: 0, digest: "" }]));
}
