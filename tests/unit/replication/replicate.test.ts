import { expect } from "chai";
import { DataplaneError } from "../../../providers/core/errors.js";
import type { ItemRecord } from "../../../providers/core/replication/types.js";
import { FakeReplica } from "./fake-run.js";

const actions = ({ last }: FakeReplica) => {
    const { created, updated, same, kept, pruned, conflicts, lost, failed } = last?.summary ?? fail();
    const counts = { created, updated, same, kept, pruned, conflicts, lost, failed };
    return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
};

function fail(): never {
    throw new Error("nothing has run yet");
}

function seeded(
    options: ConstructorParameters<typeof FakeReplica>[0] = {},
    names = ["a", "b", "c"],
): FakeReplica {
    const replica = new FakeReplica(options);
    for (const name of names)
        replica.source.change(name, `content of ${name}`, { properties: { tag: name } });
    return replica;
}

describe("replicate", () => {
    for (const order of ["key", "none"] as const) {
        it(`copies all, then nothing, then what changed (order: ${order})`, async () => {
            const replica = seeded({ order });
            await replica.up();
            expect(actions(replica)).to.deep.equal({ created: 3 });
            expect(replica.target.contents()).to.deep.equal(replica.source.contents());
            expect(replica.last?.summary).to.include({ fidelity: 1, bytes: 36 });
            expect(replica.copied["a"]).to.include({ origin: "created" });

            const [writes, reads] = [replica.target.writes.length, replica.source.count("get")];
            await replica.up();
            expect(actions(replica)).to.deep.equal({ same: 3 });
            expect([replica.target.writes.length, replica.source.count("get")]).to.deep.equal([
                writes,
                reads,
            ]);

            replica.source.change("b", "new");
            replica.source.change("d", "new too");
            replica.source.drop("c");
            await replica.up();
            expect(actions(replica)).to.deep.equal({ created: 1, updated: 1, same: 1, kept: 1 });
            expect(replica.target.contents()).to.deep.equal({
                ...replica.source.contents(),
                c: "content of c",
            });
            expect(replica.source.writes).to.deep.equal([]);
        });
    }

    it("writes nothing that was not previewed, and does not take it for gone", async () => {
        const replica = seeded();
        await replica.up();
        const items = await replica.preview();
        delete (items as Record<string, string>)["a"];
        replica.source.change("late", "not previewed");
        replica.source.change("a", "changed");
        await replica.up({ items, prune: true });
        expect(actions(replica)).to.deep.equal({ same: 2 });
        expect(replica.target.contents())
            .to.deep.include({ a: "content of a" })
            .and.not.have.property("late");
        await replica.up();
        expect(actions(replica)).to.deep.equal({ created: 1, updated: 1, same: 2 });
    });

    it("passes over an item that vanished since the preview", async () => {
        const replica = seeded();
        const items = await replica.preview();
        replica.source.drop("a");
        await replica.up({ items });
        expect(actions(replica)).to.deep.equal({ created: 2 });
        expect(replica.last?.failures).to.deep.equal([]);
    });

    it("records the version that was listed before the content was read", async () => {
        const replica = seeded();
        replica.source.before = ({ operation, name }, store) => {
            if (operation === "get" && name === "a") store.change("a", "changed while copying");
        };
        await replica.up();
        replica.source.before = () => undefined;
        expect(replica.target.contents()["a"]).to.equal("changed while copying");
        await replica.up();
        expect(actions(replica)).to.deep.equal({ updated: 1, same: 2 });
    });

    it("prunes only what is on record and unchanged, after whole listings", async () => {
        const replica = seeded();
        replica.target.change("foreign", "of somebody else");
        await replica.up();
        replica.target.change("b", "changed by somebody else");
        for (const name of ["a", "b"]) replica.source.drop(name);
        await replica.up();
        expect(actions(replica)).to.deep.equal({ same: 1, kept: 1 });
        await replica.up({ prune: true });
        expect(actions(replica)).to.deep.equal({ same: 1, pruned: 1 });
        expect(Object.keys(replica.target.contents())).to.deep.equal(["b", "c", "foreign"]);
        expect(Object.keys(replica.copied)).to.deep.equal(["b", "c"]);
    });

    it("keeps what changes just before it would be pruned, and tries again what only failed to go", async () => {
        const replica = seeded();
        await replica.up();
        for (const name of ["a", "b"]) replica.source.drop(name);
        let refused = false;
        replica.target.before = ({ operation, name }, store) => {
            if (operation !== "remove") return;
            if (name === "a") store.change("a", "of somebody else");
            if (name !== "b" || refused) return;
            refused = true;
            throw new DataplaneError("Throttled", "later");
        };
        const { failures } = await replica.up({ prune: true });
        expect(failures).to.deep.equal([]);
        expect(actions(replica)).to.deep.equal({ same: 1, kept: 1, pruned: 1 });
        expect(Object.keys(replica.target.contents())).to.deep.equal(["a", "c"]);
    });

    for (const side of ["source", "target"] as const) {
        for (const order of ["key", "none"] as const) {
            it(`prunes nothing when the ${side}'s listing breaks off (order: ${order})`, async () => {
                const replica = seeded({ order }, ["a", "b", "c", "d", "e", "f", "g"]);
                await replica.up();
                const before = replica.copied;
                const items = await replica.preview();
                // The first is known to be gone before the listing breaks, the second is not; both stay.
                for (const name of ["a", "e"]) replica.source.drop(name);
                replica[side].before = ({ operation, name }) => {
                    if (operation === "page" && name >= "c")
                        throw new DataplaneError("Unreachable", "page lost");
                };
                await replica.up({ items, prune: true });
                expect(replica.target.count("remove")).to.equal(0);
                expect(replica.last?.failures.map(({ item, error }) => [item, error.message])).to.deep.equal([
                    ["", "page lost"],
                ]);
                expect(Object.keys(replica.copied)).to.deep.equal(Object.keys(before));
            });
        }
    }

    describe("conflicts", () => {
        const foreign = (): FakeReplica => {
            const replica = seeded({ comparesValues: true });
            replica.target.change("a", "of somebody else", { properties: { tag: "a" } });
            replica.target.change("b", "content of b", { properties: { tag: "b" } });
            return replica;
        };

        it("fail by default, naming item and setting; what is equal is adopted", async () => {
            const replica = foreign();
            await replica.up();
            expect(actions(replica)).to.deep.equal({ created: 1, same: 1, conflicts: 1 });
            const [failure] = replica.last?.failures ?? [];
            expect(failure?.item).to.equal("a");
            expect(failure?.error).to.include({ code: "Conflict" });
            expect(failure?.error.message).to.contain('"a"');
            expect(failure?.error.detail).to.deep.include({ argument: "onConflict", item: "a" });
            expect(replica.copied).to.not.have.property("a");
            expect(replica.copied["b"]).to.include({ origin: "adopted" });
            expect(replica.last?.summary.fidelity).to.be.closeTo(2 / 3, 1e-9);
        });

        it("are left where the user says skip, and written over where overwrite", async () => {
            const replica = foreign();
            await replica.up({ onConflict: "skip" });
            expect(actions(replica)).to.deep.equal({ created: 1, same: 1, conflicts: 1 });
            expect(replica.last?.failures).to.deep.equal([]);
            expect(replica.target.contents()["a"]).to.equal("of somebody else");
            await replica.up({ onConflict: "overwrite" });
            expect(actions(replica)).to.deep.equal({ updated: 1, same: 2 });
            expect(replica.target.contents()).to.deep.equal(replica.source.contents());
        });

        it("arise where somebody changed our copy since, also between listing and writing", async () => {
            const replica = seeded();
            await replica.up();
            replica.source.change("a", "new");
            replica.target.change("a", "of somebody else");
            replica.source.change("b", "new");
            replica.target.before = ({ operation, name }, store) => {
                if (operation === "put" && name === "b") store.change("b", "at the last moment");
            };
            await replica.up();
            expect(actions(replica)).to.deep.equal({ same: 1, conflicts: 2 });
            expect(replica.target.contents()).to.include({ a: "of somebody else", b: "at the last moment" });
        });
    });

    describe("template mode", () => {
        it("makes placeholders, reads no content and touches nothing that exists", async () => {
            const replica = seeded();
            replica.target.change("a", "of somebody else");
            replica.target.change("extra", "of somebody else");
            await replica.up({ mode: "template" });
            expect(actions(replica)).to.deep.equal({ created: 2, same: 1 });
            expect(replica.source.count("get") + replica.target.count("get")).to.equal(0);
            expect(replica.target.writes.map(({ operation }) => operation)).to.deep.equal([
                "putEmpty",
                "putEmpty",
            ]);
            expect(replica.target.contents()).to.deep.equal({
                a: "of somebody else",
                b: "",
                c: "",
                extra: "of somebody else",
            });
        });

        it("gives way to replication, and coming back changes nothing", async () => {
            const replica = seeded();
            await replica.up({ mode: "template" });
            await replica.up();
            expect(actions(replica)).to.deep.equal({ updated: 3 });
            expect(replica.target.contents()).to.deep.equal(replica.source.contents());
            const copied = replica.copied;
            const writes = replica.target.writes.length;
            replica.source.change("a", "new");
            replica.source.drop("b");
            await replica.up({ mode: "template", prune: true });
            expect(replica.target.writes.length).to.equal(writes);
            expect(replica.copied).to.deep.equal(copied);
            await replica.up();
            expect(actions(replica)).to.deep.equal({ updated: 1, same: 1, kept: 1 });
        });

        it("does not take what exists for a copy later", async () => {
            const replica = seeded();
            replica.target.change("a", "of somebody else", { properties: { tag: "a" } });
            await replica.up({ mode: "template" });
            await replica.up();
            expect(actions(replica)).to.deep.equal({ updated: 2, conflicts: 1 });
        });
    });

    it("brings only the properties where contents are equal", async () => {
        const replica = seeded({ digest: true });
        await replica.up();
        replica.source.change("a", "content of a", { properties: { tag: "new" } });
        await replica.up();
        expect(actions(replica)).to.deep.equal({ updated: 1, same: 2 });
        expect(replica.last?.summary).to.deep.include({ bytes: 0, paths: { properties: 1 } });
        expect(replica.target.entries.get("a")?.properties).to.deep.equal({ tag: "new" });
    });

    it("reports losses and carries the rest", async () => {
        const replica = seeded();
        const tags = { item: "a", what: "tags", reason: "too many tags" };
        replica.source.change("a", "content", { extra: { losses: [tags] } });
        const whole = { item: "b", what: "item", reason: "not exportable" };
        replica.source.change("b", "content", { extra: { lost: whole } });
        await replica.up();
        expect(actions(replica)).to.deep.equal({ created: 2, lost: 1 });
        expect(replica.last?.losses).to.have.deep.members([tags, whole]);
        expect(replica.last?.summary.fidelity).to.be.closeTo(1 / 3, 1e-9);
        expect(replica.last?.failures).to.deep.equal([]);
    });

    it("renames, and keeps its record under the new name", async () => {
        const replica = seeded();
        await replica.up({ selection: { rename: { a: "x" }, exclude: ["c"] } });
        expect(Object.keys(replica.target.contents())).to.deep.equal(["b", "x"]);
        expect(Object.keys(replica.copied)).to.deep.equal(["b", "x"]);
        await replica.up({ selection: { rename: { a: "x" }, exclude: ["c"] } });
        expect(actions(replica)).to.deep.equal({ same: 2 });
    });

    it("writes what the user gives instead of the source's content", async () => {
        const replica = seeded({ comparesValues: true });
        const overrides = { a: "given" };
        await replica.up({ overrides });
        expect(replica.source.calls).to.not.deep.include({ operation: "get", name: "a" });
        expect(replica.target.contents()["a"]).to.equal("given");
        await replica.up({ overrides });
        expect(actions(replica)).to.deep.equal({ same: 3 });
        await replica.up({ overrides: { a: "given anew" } });
        expect(actions(replica)).to.deep.equal({ updated: 1, same: 2 });
        await replica.up();
        expect(replica.target.contents()).to.deep.equal(replica.source.contents());
    });

    describe("ownership", () => {
        it("marks what it creates, takes over from another replica, leaves the rest unmarked", async () => {
            const replica = seeded({ comparesValues: true });
            replica.target.change("a", "content of a", { properties: { tag: "a" }, owner: "another" });
            replica.target.change("b", "content of b", { properties: { tag: "b" } });
            const owners = () =>
                [...replica.target.entries.values()].map(({ name, owner }) => `${name} ${owner ?? "-"}`);
            await replica.up({ owner: "me" });
            expect(owners().sort()).to.deep.equal(["a me", "b -", "c me"]);
            await replica.up({ owner: "me" });
            expect(actions(replica)).to.deep.equal({ same: 3 });
            expect(replica.target.count("mark")).to.equal(1);
            replica.source.change("b", "new");
            await replica.up({ owner: "me" });
            expect(owners().sort()).to.deep.equal(["a me", "b -", "c me"]);
        });

        it("marks later what it created without a marker", async () => {
            const replica = seeded();
            await replica.up();
            await replica.up({ owner: "me" });
            expect([...replica.target.entries.values()].map(({ owner }) => owner)).to.deep.equal([
                "me",
                "me",
                "me",
            ]);
            expect(replica.copied["a"]).to.include({
                origin: "created",
                target: replica.target.entries.get("a")?.version,
            });
        });
    });

    it("runs as many at once as the service bears, and no more", async () => {
        const names = Array.from({ length: 39 }, (_, index) => `item-${String(index)}`);
        const replica = seeded({ concurrency: 3 }, names);
        // Each read waits until three of them run at once: with fewer the run would never end.
        let waiting: (() => void)[] = [];
        replica.source.before = async ({ operation }) => {
            if (operation !== "get") return;
            await new Promise<void>((resolve) => {
                waiting.push(resolve);
                if (waiting.length < 3) return;
                for (const go of waiting) go();
                waiting = [];
            });
        };
        await replica.up();
        expect(replica.source.mostRunning).to.equal(3);
        expect(replica.target.mostRunning).to.be.at.most(3);
    });

    it("refuses what can't be, before anything is read", async () => {
        const refusals: [Parameters<FakeReplica["up"]>[0], RegExp, object?][] = [
            [{ selection: { rename: { a: "b" } } }, /"a" and "b"/],
            [{ selection: { rename: { a: "no!" } } }, /exclamation/],
            [{ selection: { rename: { a: "x" } } }, /can't be renamed/, { rename: false }],
            [{ overrides: { a: "x" } }, /take no overrides/, { overrides: false }],
            [{ mode: "template" }, /template mode/, { modes: ["replication"] }],
            [{ owner: "me" }, /marker/, { marker: false }],
            [{ detail: "groups", prune: true }, /prune needs detail/],
        ];
        for (const [request, message, features] of refusals) {
            const replica = seeded(features);
            const items = await replica.preview();
            const error = await replica.up({ items, ...request }).then(
                () => undefined,
                (thrown: unknown) => thrown,
            );
            expect(error).to.be.an("error").with.property("message").that.matches(message);
            expect([...replica.source.calls, ...replica.target.calls]).to.deep.equal([]);
        }
    });

    it("fails one item with an invalid name and copies the others", async () => {
        const replica = seeded({}, ["a", "no!"]);
        await replica.up();
        expect(actions(replica)).to.deep.equal({ created: 1, failed: 1 });
        expect(replica.last?.failures[0]).to.have.nested.property("error.code", "InvalidItem");
    });

    it("keeps names that mean something to JavaScript", async () => {
        const names = ["__proto__", "constructor", "toString"];
        const replica = seeded({}, names);
        await replica.up();
        expect(Object.keys(replica.copied)).to.have.members(names);
        await replica.up();
        expect(actions(replica)).to.deep.equal({ same: 3 });
        const record = Object.entries(replica.copied).find(
            ([name]) => name === "__proto__",
        )?.[1] as ItemRecord;
        expect(record.origin).to.equal("created");
    });

    it("tells its progress", async () => {
        const replica = seeded();
        const events: string[] = [];
        await replica.up({
            onProgress: ({ kind, done, total }) => events.push(`${kind} ${String(done)}/${String(total)}`),
        });
        expect(events).to.deep.equal(["listing 0/3", "item 1/3", "item 2/3", "item 3/3", "done 3/3"]);
    });
});
