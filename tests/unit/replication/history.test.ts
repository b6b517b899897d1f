import { expect } from "chai";
import fc from "fast-check";
import { DataplaneError } from "../../../providers/core/errors.js";
import type { OnConflict } from "../../../providers/core/replication/types.js";
import { FakeReplica } from "./fake-run.js";
import type { Call, FakeOptions, FakeStore } from "./fake-store.js";

/** Something that happens to the two stores between runs. */
type Event =
    | { kind: "sourceChanges" | "sourceLoses" | "foreignWrites" | "foreignRemoves"; name: string }
    | { kind: "timePasses"; seconds: number };

/** A run, and what goes wrong in it after so many writes at the target. */
interface Up {
    kind: "up";
    mode: "template" | "replication";
    onConflict: OnConflict;
    prune: boolean;
    exclude: string[];
    fault: "none" | "killed" | "answerLost" | "refused" | "unreachable" | "cancelled" | "listingBreaks";
    at: number;
    /** What else happens while it runs. */
    meanwhile: Event | undefined;
}

type Step = Event | Up;

const names = ["g/a", "g/b", "g/c", "h/a", "h/b"];
const name = fc.constantFrom(...names);

const event: fc.Arbitrary<Event> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("sourceChanges" as const), name }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("sourceLoses" as const), name }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("foreignWrites" as const), name }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("foreignRemoves" as const), name }) },
    {
        weight: 2,
        arbitrary: fc.record({
            kind: fc.constant("timePasses" as const),
            seconds: fc.constantFrom(0.3, 1, 60, 3600),
        }),
    },
);

function up(variant: Variant): fc.Arbitrary<Up> {
    const faults: Up["fault"][] = ["none"];
    if (variant.faults) faults.push("answerLost", "refused", "unreachable", "cancelled", "listingBreaks");
    // Without any proof of equality a copy without a record is in conflict, by the decision table.
    if (variant.proof) faults.push("killed");
    return fc.record({
        kind: fc.constant("up" as const),
        mode: fc.constantFrom("replication" as const, "replication" as const, "template" as const),
        onConflict: fc.constantFrom<OnConflict>("fail", "skip", "overwrite"),
        prune: variant.detail === "groups" ? fc.constant(false) : fc.boolean(),
        exclude: fc.subarray(names, { maxLength: 2 }),
        fault: fc.constantFrom(...faults),
        at: fc.nat({ max: 6 }),
        meanwhile: variant.faults ? fc.option(event, { nil: undefined }) : fc.constant(undefined),
    });
}

interface Variant {
    what: string;
    detail: "items" | "groups";
    options: FakeOptions;
    /** Contents can be proven equal without records. */
    proof: boolean;
    /** Runs may fail. By group and without a proof the records of a failed run may not know its copies. */
    faults: boolean;
}

const variants: Variant[] = [
    {
        what: "by name, digests",
        detail: "items",
        options: { digest: true, order: "key" },
        proof: true,
        faults: true,
    },
    {
        what: "by name, values",
        detail: "items",
        options: { comparesValues: true },
        proof: true,
        faults: true,
    },
    {
        what: "by name, server-side",
        detail: "items",
        options: { digest: true, serverSideCopy: true },
        proof: true,
        faults: true,
    },
    { what: "by name, no proof", detail: "items", options: {}, proof: false, faults: true },
    {
        what: "by group, digests",
        detail: "groups",
        options: { digest: true, order: "key" },
        proof: true,
        faults: true,
    },
    {
        what: "by group, values",
        detail: "groups",
        options: { comparesValues: true },
        proof: true,
        faults: true,
    },
    { what: "by group, no proof", detail: "groups", options: { order: "key" }, proof: false, faults: false },
];

/** Plays a history and checks after each run what must hold whatever happens. */
class History {
    readonly replica: FakeReplica;
    #content = 0;
    #broken = false;

    constructor(readonly variant: Variant) {
        this.replica = new FakeReplica({ ...variant.options, groups: variant.detail === "groups" });
    }

    happens(event: Event): void {
        const { source, target, clock } = this.replica;
        // Every content is another one, so that nobody's item is equal by accident.
        const content = `${event.kind === "foreignWrites" ? "foreign" : "source"} ${String((this.#content += 1))}`;
        switch (event.kind) {
            case "sourceChanges":
                source.change(event.name, content);
                break;
            case "sourceLoses":
                source.drop(event.name);
                break;
            case "foreignWrites":
                target.change(event.name, content);
                break;
            case "foreignRemoves":
                target.drop(event.name);
                break;
            case "timePasses":
                clock.advance(event.seconds * 1000);
                break;
        }
    }

    async runs(step: Up): Promise<void> {
        const { source, target } = this.replica;
        const selection = { exclude: step.exclude };
        const items = await this.replica.preview({ selection });
        const before = new Map([...target.entries].map(([key, entry]) => [key, { ...entry }]));
        const foreignRemoved = new Set<string>();
        const controller = new AbortController();
        const writesBefore = target.writes.length;
        this.#arrange(step, controller, foreignRemoved, writesBefore);
        const recordsBefore = this.replica.copied;
        const result = await this.replica.up({
            selection,
            items,
            mode: step.mode,
            onConflict: step.onConflict,
            prune: step.prune,
            signal: controller.signal,
        });
        source.before = source.after = target.before = target.after = () => undefined;
        // Of a process that was killed nothing comes back.
        if (step.fault === "killed") this.replica.copied = recordsBefore;

        expect(source.writes, "the source is never written to").to.deep.equal([]);
        const writes = target.writes.slice(writesBefore);
        this.#checkCeiling(step, writes, Object.keys(items));
        this.#checkUntouched(step, before, foreignRemoved);
        if (step.fault === "killed") return;
        for (const { item, error } of result.failures) {
            if (error.code !== "Conflict" || item === "") continue;
            const shown = target.entries.get(item)?.content ?? "foreign, and gone by now";
            expect(shown, "only foreign items are in conflict").to.match(/^foreign/);
        }
    }

    #arrange(step: Up, controller: AbortController, removed: Set<string>, writesBefore: number): void {
        const { source, target } = this.replica;
        const reached = (store: FakeStore) => store.writes.length - writesBefore > step.at;
        let killed = false;
        let faults = 0;
        this.#broken = false;
        target.before = ({ operation }) => {
            if (killed) throw new DataplaneError("InvalidItem", "the process is dead");
            if (!reached(target) || faults > 0) return;
            if (step.fault === "refused" && operation !== "list") {
                faults += 1;
                throw new DataplaneError("InvalidItem", "refused on purpose");
            }
            if (step.fault === "unreachable" && operation !== "list") {
                faults += 1;
                throw new DataplaneError("Unreachable", "unreachable on purpose");
            }
        };
        target.after = () => {
            if (killed) throw new DataplaneError("InvalidItem", "the process is dead");
            if (!reached(target) || faults > 0) return;
            if (step.fault === "killed") killed = true;
            if (step.fault === "cancelled") controller.abort();
            if (step.fault !== "answerLost" && step.fault !== "killed") return;
            faults += 1;
            throw new DataplaneError(
                step.fault === "killed" ? "InvalidItem" : "Unreachable",
                "the answer is lost",
            );
        };
        let calls = 0;
        // A run that leaves no records must be repeated before the source changes again: see `losesRecords`. And
        // without any proof, a lost answer leaves nothing but the size that was listed to know a copy by.
        const { detail, proof } = this.variant;
        const alone = detail === "groups" ? step.fault !== "none" : !proof && step.fault === "answerLost";
        let happened = step.fault === "killed" || alone;
        const meanwhile = (): void => {
            calls += 1;
            if (happened || step.meanwhile === undefined || calls <= step.at + 2 || step.fault === "killed")
                return;
            happened = true;
            if (step.meanwhile.kind === "foreignRemoves") removed.add(step.meanwhile.name);
            this.happens(step.meanwhile);
        };
        source.before = ({ operation }) => {
            meanwhile();
            if (killed) throw new DataplaneError("InvalidItem", "the process is dead");
            if (
                step.fault === "listingBreaks" &&
                operation === "page" &&
                source.count("page") % 3 === step.at % 3
            ) {
                this.#broken = true;
                throw new DataplaneError("Throttled", "the listing breaks");
            }
        };
    }

    #checkCeiling(step: Up, writes: readonly Call[], items: readonly string[]): void {
        for (const write of writes) {
            if (write.operation === "remove") {
                expect(step.prune && step.mode === "replication", "nothing is removed unasked").to.equal(
                    true,
                );
                expect(this.#broken, "nothing is pruned after a broken listing").to.equal(false);
                continue;
            }
            const previewed =
                this.variant.detail === "groups"
                    ? items.includes(write.name.split("/")[0] ?? "")
                    : items.includes(write.name);
            expect(previewed, `${write.name} was previewed`).to.equal(true);
            expect(step.exclude).to.not.include(write.name);
            if (step.mode === "template") expect(write.operation).to.equal("putEmpty");
        }
        expect(step.mode === "template" ? this.replica.source.calls.at(-1)?.operation : "").to.not.equal(
            "get",
        );
    }

    /** What somebody else put there stays, unless the user said overwrite; template mode leaves all that was there. */
    #checkUntouched(
        step: Up,
        before: ReadonlyMap<string, { content: string; version: string }>,
        removed: ReadonlySet<string>,
    ): void {
        for (const [key, entry] of before) {
            const foreign = entry.content.startsWith("foreign");
            if (removed.has(key) || (!foreign && step.mode !== "template")) continue;
            if (foreign && step.onConflict === "overwrite" && step.mode !== "template") {
                expect(this.replica.target.entries.has(key), `${key} is still there`).to.equal(true);
                continue;
            }
            const now = this.replica.target.entries.get(key)?.content;
            const changedAgain = step.meanwhile?.kind === "foreignWrites" && step.meanwhile.name === key;
            if (!changedAgain) expect(now, `${key} is untouched`).to.equal(entry.content);
        }
    }
}

const quiet: Up = {
    kind: "up",
    mode: "replication",
    onConflict: "fail",
    prune: false,
    exclude: [],
    fault: "none",
    at: 0,
    meanwhile: undefined,
};

describe("any history of runs", () => {
    for (const variant of variants) {
        it(`keeps its promises and converges (${variant.what})`, async () => {
            const step = fc.oneof<fc.Arbitrary<Step>[]>(event, up(variant));
            await fc.assert(
                fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
                    const history = new History(variant);
                    for (const seed of names.slice(0, 3))
                        history.happens({ kind: "sourceChanges", name: seed });
                    for (const each of steps) {
                        if (each.kind !== "up") history.happens(each);
                        else await history.runs(each);
                        if (each.kind === "up" && losesRecords(variant, each)) await history.runs(quiet);
                    }
                    await converges(history);
                }),
                { numRuns: 150 },
            );
        });
    }
});

/**
 * A run whose records say nothing of its copies: a killed one, and by group any that was disturbed. The next run finds
 * them by their contents; what the source did in between would be a conflict, so that run follows at once.
 */
function losesRecords({ detail }: Variant, { fault, meanwhile }: Up): boolean {
    return fault === "killed" || (detail === "groups" && (fault !== "none" || meanwhile !== undefined));
}

/** After a whole run all is there but for conflicts, and one more run writes nothing. */
async function converges(history: History): Promise<void> {
    const { replica } = history;
    history.happens({ kind: "timePasses", seconds: 7200 });
    await history.runs(quiet);
    const conflicts = new Set(replica.last?.failures.map(({ item }) => item));
    const source = replica.source.contents();
    const target = replica.target.contents();
    for (const [item, content] of Object.entries(source)) {
        if (!conflicts.has(item)) expect(target[item], item).to.equal(content);
    }
    const writes = replica.target.writes.length;
    history.happens({ kind: "timePasses", seconds: 7200 });
    await history.runs(quiet);
    expect(replica.last?.summary).to.include({ created: 0, updated: 0 });
    expect(replica.target.writes.length, "nothing is left to do").to.equal(writes);
}
