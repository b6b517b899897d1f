import { expect } from "chai";
import { formatBytes, formatDuration } from "../../../providers/core/replication/format.js";
import { planLine, planPreview } from "../../../providers/core/replication/plan.js";
import { FakeReplica, listed } from "./fake-run.js";
import type { FakeOptions } from "./fake-store.js";

function plan(replica: FakeReplica, more: Partial<Parameters<typeof planPreview>[0]> = {}) {
    return planPreview({
        element: replica.element,
        mode: "replication",
        selection: {},
        source: listed(replica.source),
        target: listed(replica.target),
        ...more,
    });
}

/** A source of five items, and a target that knows three of them. */
function replica(options: FakeOptions = {}): FakeReplica {
    const made = new FakeReplica(options);
    for (const name of ["new", "placeholder", "equal", "changed", "tagged"])
        made.source.change(name, "12345");
    made.clock.advance(1_000);
    made.target.change("equal", "12345");
    made.target.change("changed", "12345");
    made.target.change("tagged", "12345", { properties: { tag: "old" } });
    made.target.change("placeholder", "", { placeholder: true });
    made.target.change("foreign", "12345");
    made.clock.advance(1_000);
    made.source.change("changed", "1234567890");
    return made;
}

const counts = ({ create, update, leave, lose, bytes }: Awaited<ReturnType<typeof planPreview>>) => ({
    create,
    update,
    leave,
    lose,
    bytes,
});

describe("the plan of a preview", () => {
    for (const digest of [true, false]) {
        it(`compares listings by ${digest ? "digests" : "times"}, without a call to a store`, async () => {
            const made = replica({ digest });
            expect(counts(await plan(made))).to.deep.equal({
                create: 1,
                update: 3,
                leave: 1,
                lose: 0,
                bytes: 20,
            });
            expect([...made.source.calls, ...made.target.calls]).to.deep.equal([]);
        });
    }

    it("would touch nothing that exists in template mode, and copy no bytes", async () => {
        const summary = await plan(replica(), { mode: "template" });
        expect(counts(summary)).to.deep.equal({ create: 1, update: 0, leave: 4, lose: 0, bytes: 0 });
    });

    it("would create all where there is no target yet, but for what is left out or can't be carried", async () => {
        const made = replica();
        made.source.change("lost", "1", { extra: { lost: { item: "lost", what: "item", reason: "no" } } });
        const summary = await planPreview({
            element: made.element,
            mode: "replication",
            selection: { exclude: ["equal"] },
            source: listed(made.source),
        });
        expect(counts(summary)).to.deep.equal({ create: 4, update: 0, leave: 0, lose: 1, bytes: 25 });
    });

    it("counts the writes that items say they take", async () => {
        const made = new FakeReplica();
        made.source.change("plain", "1");
        made.source.change("versions", "1", { extra: { writes: 12 } });
        made.source.change("equal", "1", { extra: { writes: 100 } });
        made.target.change("equal", "1");
        expect((await plan(made)).estimate.requests).to.equal(13);
    });

    it("is one line", async () => {
        const facts = { bytes: 4.2 * 1024 ** 3, seconds: 110, requests: 30 };
        const summary = {
            create: 12,
            update: 3,
            leave: 85,
            lose: 0,
            bytes: facts.bytes,
            serverSide: true,
            paths: {},
            estimate: facts,
        };
        expect(planLine(summary)).to.equal(
            "would create 12, update 3, leave 85 (4.2 GiB, 30 requests, about 2 min, server-side)",
        );
        expect(
            planLine({ ...summary, serverSide: false, bytes: 0, lose: 2 }, { ...facts, seconds: 0.2 }),
        ).to.equal("would create 12, update 3, leave 85, lose 2 (30 requests, about 1 s)");
        expect(planLine({ ...summary, create: 0, update: 0 })).to.equal("would create 0, update 0, leave 85");
        expect(planLine(await plan(replica({ serverSideCopy: true })))).to.match(/server-side\)$/);
    });
});

describe("figures for people", () => {
    it("are short", () => {
        const bytes: [number, string][] = [
            [0, "0 B"],
            [1_023, "1023 B"],
            [1_536, "1.5 KiB"],
            [10 * 1024 ** 2, "10 MiB"],
            [4.2 * 1024 ** 3, "4.2 GiB"],
            [2 ** 60, "1024 PiB"],
        ];
        for (const [value, text] of bytes) expect(formatBytes(value)).to.equal(text);
        const durations: [number, string][] = [
            [0, "1 s"],
            [59.2, "60 s"],
            [61, "2 min"],
            [5_400, "90 min"],
            [5_401, "2 h"],
            [172_800, "48 h"],
            [172_801, "3 d"],
        ];
        for (const [value, text] of durations) expect(formatDuration(value)).to.equal(text);
    });
});
