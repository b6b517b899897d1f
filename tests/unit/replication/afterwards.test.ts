import { expect } from "chai";
import { DataplaneError } from "../../../providers/core/errors.js";
import { drift } from "../../../providers/core/replication/drift.js";
import { forEachBounded } from "../../../providers/core/replication/pool.js";
import { removeOwned } from "../../../providers/core/replication/remove.js";
import type { ReplicationRequest } from "../../../providers/core/replication/types.js";
import { FakeReplica, listed } from "./fake-run.js";
import type { FakeOptions } from "./fake-store.js";

async function copied(
    options: FakeOptions = {},
    request: Partial<ReplicationRequest> = {},
): Promise<FakeReplica> {
    const replica = new FakeReplica(options);
    for (const name of ["g/a", "g/b", "h/c"]) replica.source.change(name, `content of ${name}`);
    await replica.up(request);
    return replica;
}

describe("drift", () => {
    const ask = async (replica: FakeReplica, request: Partial<ReplicationRequest> = {}) => {
        const items = await replica.preview(request);
        const found = await drift({
            element: replica.element,
            detail: replica.element.features.detail,
            items,
            copied: replica.copied,
            target: listed(replica.target),
            ...(request.selection?.rename === undefined ? {} : { rename: request.selection.rename }),
            ...(request.mode === undefined ? {} : { mode: request.mode }),
        });
        return { items, found };
    };

    it("shows by name what changed and what is gone, and leaves the rest", async () => {
        const replica = await copied();
        const { items, found } = await ask(replica);
        expect(found).to.deep.equal(items);
        replica.target.change("g/a", "of somebody else");
        replica.target.drop("g/b");
        replica.target.change("foreign", "of somebody else");
        replica.source.change("never copied", "new");
        const after = await ask(replica);
        expect(after.found).to.deep.equal({
            "g/a": "changed at target (target-4)",
            "h/c": after.items["h/c"],
            "never copied": after.items["never copied"],
        });
    });

    it("finds renamed items under their names at the target", async () => {
        const request = { selection: { rename: { "g/a": "x" } } };
        const replica = await copied({}, request);
        const { items, found } = await ask(replica, request);
        expect(found).to.deep.equal(items);
        replica.target.drop("x");
        expect((await ask(replica, request)).found).to.have.keys("g/b", "h/c");
    });

    it("is no drift in template mode when a placeholder got its value", async () => {
        const replica = await copied({}, { mode: "template" });
        replica.target.change("g/a", "a value");
        replica.target.drop("g/b");
        const { items, found } = await ask(replica, { mode: "template" });
        expect(found).to.deep.equal({ "g/a": items["g/a"], "h/c": items["h/c"] });
    });

    it("marks by group what changed, and leaves out a group that is gone", async () => {
        const replica = await copied({ groups: true });
        const { items, found } = await ask(replica);
        expect(found).to.deep.equal(items);
        replica.target.change("g/a", "of somebody else");
        replica.target.drop("h/c");
        const after = await ask(replica);
        expect(after.found).to.have.all.keys("g");
        expect(after.found["g"]).to.include({ count: 2 });
        expect(after.found["g"])
            .to.have.property("digest")
            .that.matches(/^changed at target \([0-9a-f]{32}\)$/);
    });

    it("does not see what was foreign before as drift", async () => {
        const replica = new FakeReplica({ groups: true });
        replica.source.change("g/a", "content");
        replica.target.change("g/foreign", "of somebody else");
        await replica.up();
        replica.target.change("g/foreign", "changed again");
        const { items, found } = await ask(replica);
        expect(found).to.deep.equal(items);
    });
});

describe("removal of what a replica owns", () => {
    const remove = (replica: FakeReplica, owner = "me") =>
        removeOwned({
            element: replica.element,
            store: replica.target,
            copied: replica.copied,
            detail: replica.element.features.detail,
            owner,
            signal: new AbortController().signal,
        });

    it("takes what carries the marker and is as it was, and tells why it leaves the rest", async () => {
        const replica = await copied({}, { owner: "me" });
        replica.target.change("foreign", "of somebody else");
        replica.target.change("g/a", "changed", { owner: "me" });
        const adopted = replica.target.entries.get("g/b");
        if (adopted !== undefined) adopted.owner = "another";
        const { removed, left } = await remove(replica);
        expect(removed).to.equal(1);
        expect(left).to.have.deep.members([
            { item: "g/a", reason: "it was changed since it was copied" },
            { item: "g/b", reason: "it does not carry the marker of this replica" },
        ]);
        expect(Object.keys(replica.target.contents())).to.deep.equal(["foreign", "g/a", "g/b"]);
    });

    it("leaves what changes at the last moment", async () => {
        const replica = await copied({}, { owner: "me" });
        replica.target.before = ({ operation, name }, store) => {
            if (operation === "remove" && name === "g/a")
                store.change("g/a", "at the last moment", { owner: "me" });
        };
        const { removed, left } = await remove(replica);
        expect(removed).to.equal(2);
        expect(left.map(({ item }) => item)).to.deep.equal(["g/a"]);
    });

    it("goes by the marker and the watermark by group", async () => {
        const replica = await copied({ groups: true }, { owner: "me" });
        replica.clock.advance(5_000);
        replica.target.change("g/a", "changed", { owner: "me" });
        replica.target.change("g/foreign", "of somebody else");
        const { removed, left } = await remove(replica);
        expect(removed).to.equal(2);
        expect(left.map(({ item }) => item)).to.deep.equal(["g/a"]);
        expect(Object.keys(replica.target.contents())).to.deep.equal(["g/a", "g/foreign"]);
    });

    it("fails after it removed what it could", async () => {
        const replica = await copied({}, { owner: "me" });
        replica.target.before = ({ operation, name }) => {
            if (operation === "remove" && name === "g/a") throw new DataplaneError("AccessDenied", "no");
        };
        const failure = await remove(replica).catch(String);
        expect(failure).to.match(/DataplaneError: no/);
        expect(Object.keys(replica.target.contents())).to.deep.equal(["g/a"]);
    });
});

describe("the bounded pool", () => {
    it("takes from the stream only what it has room for", async () => {
        let taken = 0;
        let [running, most, ahead] = [0, 0, 0];
        async function* stream(): AsyncGenerator<number> {
            for (; taken < 100; taken++) {
                await Promise.resolve();
                yield taken;
            }
        }
        let finished = 0;
        await forEachBounded(stream(), { concurrency: 4, signal: new AbortController().signal }, async () => {
            running += 1;
            most = Math.max(most, running);
            ahead = Math.max(ahead, taken - finished);
            await new Promise((resolve) => setImmediate(resolve));
            running -= 1;
            finished += 1;
        });
        expect([finished, most]).to.deep.equal([100, 4]);
        expect(ahead).to.be.at.most(6);
    });

    it("finishes what it began before it throws, and begins nothing after", async () => {
        const log: string[] = [];
        async function* stream(): AsyncGenerator<number> {
            for (let index = 0; index < 20; index++) {
                await Promise.resolve();
                yield index;
            }
        }
        const work = async (index: number): Promise<void> => {
            log.push(`begin ${String(index)}`);
            await new Promise((resolve) => setImmediate(resolve));
            if (index === 1) throw new Error("the second one");
            log.push(`end ${String(index)}`);
        };
        const signal = new AbortController().signal;
        const failure = await forEachBounded(stream(), { concurrency: 2, signal }, work).catch(String);
        expect(failure).to.equal("Error: the second one");
        const begun = log.filter((line) => line.startsWith("begin")).length;
        expect(log.filter((line) => line.startsWith("end"))).to.have.length(begun - 1);
        expect(begun).to.be.below(6);
    });
});
