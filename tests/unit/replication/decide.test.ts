import { expect } from "chai";
import fc from "fast-check";
import type { Item } from "../../../providers/core/contract.js";
import { decide, type Case } from "../../../providers/core/replication/decide.js";
import type { Action } from "../../../providers/core/replication/types.js";

const item = (name: string, more: Partial<Item> = {}): Item => ({
    name,
    version: "1",
    properties: {},
    ...more,
});

/** What a source can be, as far as the table cares. */
const sources = {
    absent: undefined,
    plain: item("a"),
    placeholder: item("a", { placeholder: true }),
    lostWhole: item("a", { lost: { item: "a", what: "item", reason: "it can't leave" } }),
    lostValue: item("a", { lost: { item: "a", what: "value", reason: "its value can't be read" } }),
};
const targets = { absent: undefined, plain: item("a"), placeholder: item("a", { placeholder: true }) };

type Source = keyof typeof sources;
type Target = keyof typeof targets;

interface Row {
    source: Source;
    target: Target;
    rest: Omit<Case, "source" | "target">;
}

/** The table of the design, written a second time: one line per row, first match wins. */
const rows: readonly [Action, (row: Row) => boolean][] = [
    ["keep", (row) => row.source === "absent" && row.target === "absent"],
    [
        "prune",
        ({ source, rest }) =>
            source === "absent" &&
            rest.standing.ours &&
            rest.prune &&
            rest.complete &&
            rest.mode !== "template",
    ],
    ["keep", ({ source }) => source === "absent"],
    ["lose", ({ source }) => source === "lostWhole"],
    [
        "lose",
        ({ source, rest }) =>
            ["lostValue", "placeholder"].includes(source) && rest.mode === "replication" && !rest.overridden,
    ],
    ["create", ({ target }) => target === "absent"],
    ["same", ({ rest }) => rest.mode === "template"],
    ["update", ({ target }) => target === "placeholder"],
    ["same", ({ rest }) => rest.equal === "proven" && rest.propertiesEqual],
    ["update", ({ rest }) => rest.standing.ours || rest.onConflict === "overwrite"],
    ["conflict", () => true],
];

const anyRow: fc.Arbitrary<Row> = fc.record({
    source: fc.constantFrom<Source>("absent", "plain", "placeholder", "lostWhole", "lostValue"),
    target: fc.constantFrom<Target>("absent", "plain", "placeholder"),
    rest: fc.record({
        standing: fc.record({ ours: fc.boolean(), sourceUnchanged: fc.boolean() }),
        complete: fc.boolean(),
        mode: fc.constantFrom("template" as const, "replication" as const),
        onConflict: fc.constantFrom("fail" as const, "skip" as const, "overwrite" as const),
        prune: fc.boolean(),
        overridden: fc.boolean(),
        equal: fc.constantFrom("proven" as const, "different" as const, "unknown" as const),
        propertiesEqual: fc.boolean(),
    }),
});

describe("the decision table", () => {
    it("is the table of the design", () => {
        fc.assert(
            fc.property(anyRow, (row) => {
                const decided = decide({
                    source: sources[row.source],
                    target: targets[row.target],
                    ...row.rest,
                });
                expect(decided.action).to.equal(rows.find(([, matches]) => matches(row))?.[0]);
            }),
            { numRuns: 5_000 },
        );
    });

    it("hands on both items and says why where it isn't plain", () => {
        const decided = decide({
            source: sources.plain,
            target: targets.plain,
            standing: { ours: false, sourceUnchanged: false },
            complete: true,
            mode: "replication",
            onConflict: "fail",
            prune: false,
            overridden: false,
            equal: "unknown",
            propertiesEqual: true,
        });
        expect(decided.source).to.equal(sources.plain);
        expect(decided.target).to.equal(targets.plain);
        expect(decided.reason).to.match(/not written by this replica/);
    });
});
