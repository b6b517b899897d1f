import { expect } from "chai";
import type { Bench } from "../bench.js";
import { counts, hasContents, replicates, succeeded, templates, type Check } from "../check.js";
import type { Sample } from "../fixture.js";

/** The decision table, line by line and end to end. */
export const decisionChecks: readonly Check[] = [
    {
        name: "create: what the target lacks is made, and a second run writes nothing",
        applies: replicates,
        run: async (bench) => {
            const samples = await seeded(bench, 4);
            const result = await bench.replicate();
            succeeded(result);
            expect(counts(result)).to.deep.equal({ created: 4 });
            expect(result.summary.fidelity).to.equal(1);
            expect(await bench.differences(samples)).to.deep.equal([]);
            expect(Object.values(result.copied)).to.have.lengthOf(4);
            for (const record of Object.values(result.copied))
                expect(record).to.include({ origin: "created" });
            await writesNothing(bench, { same: 4 });
        },
    },
    {
        name: "same: what is equal already is adopted and not written",
        applies: replicates,
        run: async (bench) => {
            const samples = await seeded(bench, 3);
            await bench.seed("target", samples);
            await writesNothing(bench, { same: 3 });
            for (const record of Object.values(bench.copied))
                expect(record).to.include({ origin: "adopted" });
        },
    },
    {
        name: "update: what changed at the source is brought to our copy",
        applies: replicates,
        run: async (bench) => {
            const samples = await seeded(bench, 3);
            succeeded(await bench.replicate());
            const changed = await change(bench, "source", samples, 1);
            const result = await bench.replicate();
            succeeded(result);
            expect(counts(result)).to.deep.equal({ same: 2, updated: 1 });
            expect(await bench.differences(changed)).to.deep.equal([]);
        },
    },
    {
        name: "update: other properties alone are brought too",
        applies: replicates,
        run: async (bench) => {
            const samples = await seeded(bench, 2);
            succeeded(await bench.replicate());
            bench.tick();
            await bench.seed("source", [bench.fixture.changed(bench.fixture.sample(0), "properties")]);
            const result = await bench.replicate();
            succeeded(result);
            expect(counts(result)).to.deep.equal({ same: 1, updated: 1 });
            expect(await bench.differences(samples)).to.deep.equal([]);
        },
    },
    {
        name: "conflict: what somebody else wrote fails and stays, unless the user says otherwise",
        applies: replicates,
        run: async (bench) => {
            const samples = await seeded(bench, 2);
            const foreign = bench.fixture.changed(samples[0] ?? bench.fixture.sample(0), kindOfChange(bench));
            await bench.seed("target", [foreign]);
            const before = await bench.target.items.read(foreign.name);
            const failed = await bench.replicate();
            expect(counts(failed)).to.deep.equal({ created: 1, conflicts: 1 });
            expect(failed.failures).to.have.lengthOf(1);
            const [{ item, error } = { item: "", error: undefined }] = failed.failures;
            expect(item).to.equal(foreign.name);
            expect(error?.code).to.equal("Conflict");
            expect(`${error?.message ?? ""} ${error?.detail.remedy ?? ""}`)
                .to.include(foreign.name)
                .and.include("onConflict");
            expect(await bench.target.items.read(foreign.name)).to.deep.equal(before);

            const skipped = await bench.replicate({ onConflict: "skip" });
            succeeded(skipped);
            expect(counts(skipped)).to.deep.equal({ same: 1, conflicts: 1 });
            expect(await bench.target.items.read(foreign.name)).to.deep.equal(before);

            const overwritten = await bench.replicate({ onConflict: "overwrite" });
            succeeded(overwritten);
            expect(counts(overwritten)).to.deep.equal({ same: 1, updated: 1 });
            expect(await bench.differences(samples)).to.deep.equal([]);
        },
    },
    {
        name: "conflict: our copy that somebody changed since is no longer ours",
        applies: replicates,
        run: async (bench) => {
            const samples = await seeded(bench, 2);
            succeeded(await bench.replicate());
            await change(bench, "target", samples, 1);
            const result = await bench.replicate();
            expect(counts(result)).to.deep.equal({ same: 1, conflicts: 1 });
            expect(await bench.differences(samples)).to.have.lengthOf(1);
        },
    },
    {
        name: "keep and prune: our copy of what is gone goes only when asked to, foreign items never",
        applies: replicates,
        run: async (bench) => {
            const [gone, stays] = await seeded(bench, 2);
            if (gone === undefined || stays === undefined) throw new Error("no samples");
            const foreign = bench.fixture.sample(7);
            await bench.seed("target", [foreign]);
            succeeded(await bench.replicate());
            await bench.source.items.remove(gone.name);
            const kept = await bench.replicate();
            succeeded(kept);
            expect(counts(kept)).to.deep.equal({ same: 1, kept: 1 });
            const pruned = await bench.replicate({ prune: true });
            succeeded(pruned);
            expect(counts(pruned)).to.deep.equal({ same: 1, pruned: 1 });
            expect((await bench.target.items.names()).sort()).to.deep.equal(
                [stays.name, foreign.name].sort(),
            );
        },
    },
    {
        name: "keep: our copy that somebody changed is not pruned",
        applies: replicates,
        run: async (bench) => {
            const samples = await seeded(bench, 1);
            succeeded(await bench.replicate());
            await change(bench, "target", samples, 1);
            await bench.source.items.remove(samples[0]?.name ?? "");
            await bench.replicate({ prune: true });
            expect(await bench.target.items.names()).to.deep.equal(samples.map(({ name }) => name));
        },
    },
    {
        name: "lose: what can't be carried is reported with a reason, and the rest goes on",
        applies: (entry, fixture) => replicates(entry) && fixture.uncarriable !== undefined,
        run: async (bench) => {
            const samples = await seeded(bench, 2);
            const name = (await bench.fixture.uncarriable?.(bench.source.items)) ?? "";
            const result = await bench.replicate();
            succeeded(result);
            expect(counts(result)).to.deep.equal({ created: 2, lost: 1 });
            expect(result.losses.map(({ item }) => item)).to.deep.equal([name]);
            expect(result.losses[0]?.reason).to.match(/\w{5}/);
            expect(result.summary.fidelity).to.be.closeTo(2 / 3, 0.001);
            expect(await bench.differences(samples)).to.deep.equal([]);
        },
    },
    {
        name: "a template is superseded by a replication",
        applies: (entry, fixture) => templates(entry) && hasContents(entry, fixture),
        run: async (bench) => {
            const samples = await seeded(bench, 2);
            const template = await bench.replicate({ mode: "template" });
            succeeded(template);
            expect(counts(template)).to.deep.equal({ created: 2 });
            expect(await bench.differences(samples)).to.have.lengthOf(2);
            bench.tick();
            const full = await bench.replicate();
            succeeded(full);
            expect(counts(full)).to.deep.equal({ updated: 2 });
            expect(await bench.differences(samples)).to.deep.equal([]);
            bench.tick();
            succeeded(await bench.replicate({ mode: "template" }));
            expect(await bench.differences(samples), "back to template").to.deep.equal([]);
            await writesNothing(bench, { same: 2 });
        },
    },
    {
        name: "items get another name where the type allows it",
        applies: ({ element }) => element.features.rename && element.features.modes.includes("replication"),
        run: async (bench) => {
            const [sample] = await seeded(bench, 1);
            const to = bench.fixture.sample(9).name;
            const rename = { [sample?.name ?? ""]: to };
            succeeded(await bench.replicate({ selection: { rename } }));
            expect(await bench.target.items.names()).to.deep.equal([to]);
            await writesNothing(bench, { same: 1 }, { rename });
        },
    },
];

async function seeded(bench: Bench, count: number): Promise<Sample[]> {
    const samples = bench.samples(count);
    await bench.seed("source", samples);
    return samples;
}

function kindOfChange(bench: Bench): "content" | "properties" {
    return bench.fixture.sample(0).content === undefined ? "properties" : "content";
}

/** Changes the first items at a side. */
async function change(
    bench: Bench,
    side: "source" | "target",
    samples: readonly Sample[],
    count: number,
): Promise<Sample[]> {
    bench.tick();
    const changed = samples
        .slice(0, count)
        .map((sample) => bench.fixture.changed(sample, kindOfChange(bench)));
    await bench.seed(side, changed);
    return changed;
}

/** Runs once more; everything is right already. */
async function writesNothing(
    bench: Bench,
    expected: Record<string, number>,
    selection: { rename?: Record<string, string> } = {},
): Promise<void> {
    bench.azure.requests.clear();
    const result = await bench.replicate({ selection });
    succeeded(result);
    expect(counts(result)).to.deep.equal(expected);
    expect(bench.writes("target"), "writes at the target").to.equal(0);
}
