import { expect } from "chai";
import fc from "fast-check";
import { DataplaneError } from "../../../providers/core/errors.js";
import { summariseGroups } from "../../../providers/core/replication/groups.js";
import { SetDigest } from "../../../providers/core/replication/set-digest.js";
import type { GroupRecord } from "../../../providers/core/replication/types.js";
import { FakeReplica } from "./fake-run.js";
import type { FakeOptions } from "./fake-store.js";

const quarter = 15 * 60 * 1000;

/** Two groups of two items, copied from a source that has been at rest for an hour. */
async function copied(options: FakeOptions = {}): Promise<FakeReplica> {
    const replica = new FakeReplica({ groups: true, order: "key", ...options });
    for (const name of ["g/a", "g/b", "h/a", "h/b"]) replica.source.change(name, `content of ${name}`);
    replica.clock.advance(4 * quarter);
    await replica.up();
    return replica;
}

const record = (replica: FakeReplica, group: string) => replica.copied[group] as GroupRecord;

describe("groups", () => {
    it("have a digest that doesn't depend on the order, and tells every difference", () => {
        const pairs = fc.uniqueArray(fc.tuple(fc.string(), fc.string()), {
            selector: ([name]) => name,
            maxLength: 20,
        });
        const digest = (of: readonly (readonly [string, string])[]): string => {
            const sum = new SetDigest();
            for (const [name, version] of of) sum.add(name, version);
            return sum.toString();
        };
        fc.assert(
            fc.property(pairs, pairs, (a, b) => {
                expect(digest(a)).to.match(/^[0-9a-f]{32}$/);
                expect(digest([...a].reverse())).to.equal(digest(a));
                const alike = JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
                expect(digest(a) === digest(b)).to.equal(alike);
            }),
        );
        expect(digest([["ab", "c"]])).to.not.equal(digest([["a", "bc"]]));
    });

    it("are summed up with count and bytes", () => {
        const summaries = summariseGroups();
        summaries.add({ name: "g/a", version: "1", properties: {}, bytes: 2, group: "g" });
        summaries.add({ name: "g/b", version: "1", properties: {}, bytes: 3, group: "g" });
        summaries.add({ name: "x", version: "1", properties: {} });
        expect(summaries.summaries()).to.have.all.keys("g", "");
        expect(summaries.summaries()["g"]).to.include({ count: 2, bytes: 5 });
    });
});

describe("replicate by group", () => {
    describe("where properties change without the clock showing it", () => {
        /** As Set Blob Tags does: another version, and the time of before. */
        const tag = (store: FakeReplica["source"], name: string, value: string): void => {
            const { content, modified } = store.entries.get(name) ?? { content: "", modified: 0 };
            store.change(name, content, { properties: { tags: value }, modified });
        };
        const tagged = async (): Promise<FakeReplica> => {
            const replica = await copied();
            replica.target.differsSilently = (a, b) => a.properties["tags"] !== b.properties["tags"];
            replica.clock.advance(quarter);
            return replica;
        };

        it("carries those of the source, and leaves the content alone", async () => {
            const replica = await tagged();
            tag(replica.source, "g/a", "new");
            const { summary } = await replica.up();
            expect(summary).to.deep.include({ updated: 1, same: 3, paths: { properties: 1 } });
            expect(replica.target.entries.get("g/a")?.properties).to.deep.equal({ tags: "new" });
            expect((await replica.up()).summary).to.include({ updated: 0, same: 4 });
        });

        it("takes those of the target alone for somebody's change", async () => {
            const replica = await tagged();
            tag(replica.target, "g/a", "by hand");
            expect((await replica.up()).summary).to.include({ updated: 0, same: 3, conflicts: 1 });
            expect((await replica.up({ onConflict: "overwrite" })).summary).to.include({
                updated: 1,
                same: 3,
            });
            expect(replica.target.entries.get("g/a")?.properties).to.deep.equal({});
        });
    });

    it("copies all, then nothing, then what changed, and reads nothing to know", async () => {
        const replica = await copied();
        expect(replica.last?.summary).to.include({ created: 4 });
        expect(record(replica, "g")).to.include({ count: 2, bytes: 28 });
        const reads = replica.source.count("get");
        replica.clock.advance(2 * quarter);
        await replica.up();
        expect(replica.last?.summary).to.include({ same: 4, updated: 0, conflicts: 0 });
        expect(replica.source.count("get")).to.equal(reads);

        replica.source.change("g/a", "new");
        replica.source.change("g/c", "new too");
        replica.clock.advance(quarter);
        await replica.up();
        expect(replica.last?.summary).to.include({ created: 1, updated: 1, same: 3, conflicts: 0 });
        expect(replica.target.contents()).to.deep.equal(replica.source.contents());
    });

    it("does not wait for the clock, and lists only groups that it wrote to", async () => {
        const replica = await copied();
        expect(replica.clock.slept).to.deep.equal([]);
        replica.clock.advance(quarter);
        replica.source.change("g/a", "new");
        await replica.up();
        expect(replica.target.calls.filter(({ operation }) => operation === "list").at(-1)?.name).to.equal(
            "g",
        );
    });

    it("knows what it wrote just now by its version, until the clock covers it", async () => {
        const replica = await copied();
        const recent = record(replica, "g").targetRecent;
        expect(recent, "two versions").to.have.length(16);
        expect(record(replica, "g").targetWatermark).to.satisfy(
            (until: string) => Date.parse(until) < replica.clock.now() - 1_000,
        );
        const lists = replica.target.count("list");
        await replica.up();
        expect(replica.target.count("list"), "no closing listing").to.equal(lists + 1);
        expect(record(replica, "g").targetRecent).to.equal(recent);

        replica.source.change("g/a", "new");
        await replica.up();
        expect(replica.last?.summary).to.include({ updated: 1, same: 3, conflicts: 0 });
        replica.clock.advance(2 * quarter);
        await replica.up();
        replica.clock.advance(2 * quarter);
        await replica.up();
        expect(record(replica, "g")).to.not.have.property("targetRecent");
        replica.source.change("g/b", "new");
        await replica.up();
        expect(replica.last?.summary).to.include({ updated: 1, same: 3, conflicts: 0 });
    });

    it("waits for the clock where too much is new to be recorded one by one", async () => {
        const replica = new FakeReplica({ groups: true, order: "key" });
        for (let number = 0; number <= 12_000; number += 1) replica.source.change(`g/${number}`, "content");
        replica.clock.advance(2 * quarter);
        await replica.up();
        expect(replica.clock.slept).to.deep.equal([1_500]);
        expect(record(replica, "g")).to.not.have.property("targetRecent");
        replica.source.change("g/7", "new");
        await replica.up();
        expect(replica.last?.summary).to.include({ updated: 1, same: 12_000, conflicts: 0 });
    });

    it("takes a later change at the target for somebody else's, even within the second of the last write", async () => {
        const replica = await copied();
        replica.target.change("g/a", "of somebody else");
        replica.source.change("g/a", "new");
        await replica.up();
        expect(replica.last?.summary).to.include({ conflicts: 1, same: 3 });
        await replica.up({ onConflict: "skip" });
        expect(record(replica, "g").exceptions).to.deep.equal(["g/a"]);
        replica.clock.advance(2 * quarter);
        replica.source.change("g/b", "new");
        await replica.up({ onConflict: "skip" });
        replica.clock.advance(2 * quarter);
        replica.source.change("g/a", "newer");
        await replica.up();
        expect(replica.last?.summary, "an exception stays one").to.include({ conflicts: 1 });
        expect(replica.target.contents()["g/a"]).to.equal("of somebody else");
    });

    it("sees a change at the source behind the listing's back", async () => {
        const replica = new FakeReplica({ groups: true, order: "key" });
        for (const name of ["g/a", "g/b", "g/c", "g/d", "g/e"]) replica.source.change(name, "old");
        replica.clock.advance(2 * quarter);
        // While page two is fetched, an item of page one changes, and then, later, one of page three.
        replica.source.before = ({ operation, name }, store) => {
            if (operation !== "page" || name !== "g/c") return;
            store.before = () => undefined;
            store.change("g/a", "changed unseen");
            replica.clock.advance(5_000);
            store.change("g/e", "changed before it was listed");
        };
        const get = replica.source.get.bind(replica.source);
        replica.source.get = async (item) => (item.name === "g/a" ? "old" : get(item));
        await replica.up();
        replica.source.get = get;
        replica.clock.advance(2 * quarter);
        await replica.up();
        expect(replica.last?.summary.conflicts).to.equal(0);
        expect(replica.target.contents()).to.deep.equal(replica.source.contents());
    });

    it("keeps a failed item pending: neither lost nor in conflict, while the group's record moves on", async () => {
        const replica = await copied();
        replica.source.change("g/a", "new");
        replica.source.change("g/b", "new");
        replica.source.before = ({ operation, name }) => {
            if (operation === "get" && name === "g/a") throw new DataplaneError("InvalidItem", "unreadable");
        };
        replica.clock.advance(2 * quarter);
        await replica.up();
        expect(replica.last?.summary).to.include({ updated: 1, failed: 1 });
        expect(record(replica, "g").pending).to.deep.equal(["g/a"]);
        replica.source.before = () => undefined;
        replica.clock.advance(2 * quarter);
        await replica.up();
        expect(replica.last?.summary).to.include({ updated: 1, same: 3, conflicts: 0 });
        expect(replica.target.contents()).to.deep.equal(replica.source.contents());
    });

    it("keeps an item pending that the target refused, and the old record where a write is in doubt", async () => {
        for (const code of ["InvalidItem", "Unreachable"] as const) {
            const replica = await copied();
            const before = record(replica, "g");
            replica.source.change("g/a", "new");
            replica.target.before = ({ operation }) => {
                if (operation === "put") throw new DataplaneError(code, "on purpose");
            };
            replica.clock.advance(2 * quarter);
            await replica.up();
            expect(replica.last?.summary).to.include({ failed: 1 });
            if (code === "Unreachable") expect(record(replica, "g")).to.deep.equal(before);
            else expect(record(replica, "g").pending).to.deep.equal(["g/a"]);
            replica.target.before = () => undefined;
            await replica.up();
            expect(replica.last?.summary).to.include({ updated: 1, same: 3 });
            expect(replica.target.contents()).to.deep.equal(replica.source.contents());
        }
    });

    it("does not take an item that came back into the selection for unchanged", async () => {
        const replica = await copied();
        const without = { selection: { exclude: ["g/a"] } };
        replica.clock.advance(quarter);
        replica.source.change("g/a", "changed while left out");
        replica.source.change("g/b", "changed and copied");
        replica.clock.advance(2 * quarter);
        await replica.up(without);
        expect(record(replica, "g").pending).to.deep.equal(["g/a"]);
        expect(replica.target.contents()["g/a"]).to.equal("content of g/a");
        await replica.up();
        expect(replica.last?.summary).to.include({ updated: 1, same: 3 });
        expect(replica.target.contents()).to.deep.equal(replica.source.contents());
    });

    it("writes nothing to a group that was not previewed and keeps its record", async () => {
        const replica = await copied();
        const before = record(replica, "h");
        const items = await replica.preview();
        delete (items as Record<string, unknown>)["h"];
        for (const name of ["g/a", "h/a", "i/a"]) replica.source.change(name, "new");
        await replica.up({ items });
        expect(replica.target.contents()).to.include({ "g/a": "new", "h/a": "content of h/a" });
        expect(replica.target.contents()).to.not.have.property("i/a");
        expect(record(replica, "h")).to.deep.equal(before);
    });

    it("takes nothing for its own where more is foreign than a record can name", async () => {
        const replica = new FakeReplica({ groups: true, order: "key", concurrency: 64 });
        replica.source.change("g/a", "content");
        for (let index = 0; index < 1_000; index++) replica.target.change(`g/foreign-${String(index)}`, "");
        await replica.up();
        expect(record(replica, "g").exceptions).to.have.length(1_000);
        expect(record(replica, "g")).to.have.property("targetWatermark");
        replica.target.change("g/foreign-too", "");
        replica.source.change("g/b", "content");
        await replica.up();
        expect(record(replica, "g")).to.have.all.keys("count", "bytes", "digest");
        replica.source.change("g/a", "new");
        await replica.up();
        expect(replica.last?.summary).to.include({ conflicts: 2 });
    });

    it("keeps the old record where somebody else wrote meanwhile", async () => {
        const replica = await copied();
        const before = record(replica, "g");
        replica.source.change("g/a", "new");
        replica.target.before = ({ operation }, store) => {
            if (operation === "put") store.change("g/intruder", "of somebody else");
        };
        replica.clock.advance(quarter);
        await replica.up();
        expect(replica.last?.summary).to.include({ updated: 1, failed: 0 });
        expect(record(replica, "g")).to.deep.equal(before);
        expect(record(replica, "h")).to.have.property("targetWatermark");
    });
});
