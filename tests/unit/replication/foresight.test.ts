import { expect } from "chai";
import type { Item, Loss, Outlook } from "../../../providers/core/contract.js";
import { DataplaneError } from "../../../providers/core/errors.js";
import { FakeReplica } from "./fake-run.js";
import type { FakeStore } from "./fake-store.js";

const loss = (item: string, more: Partial<Loss> = {}): Loss => ({
    item,
    what: "thing",
    reason: "it can't be",
    ...more,
});

function seeded(options: ConstructorParameters<typeof FakeReplica>[0] = {}): FakeReplica {
    const replica = new FakeReplica(options);
    for (const name of ["a", "b"]) replica.source.change(name, `content of ${name}`);
    return replica;
}

/** Optional operations of stores, put on the fake. */
function give(store: FakeStore, operations: object): void {
    Object.assign(store, operations);
}

describe("what a target foresees", () => {
    it("is lost before anything is read, or found after all", async () => {
        const replica = seeded();
        replica.source.change("c", "content of c", { extra: { lost: loss("c") } });
        give(replica.target, {
            foresee: (item: Item) => {
                if (item.name === "a") return Promise.resolve({ ...item, lost: loss("a") });
                const { lost: _unused, ...carried } = item;
                return Promise.resolve(carried);
            },
        });
        const result = await replica.up();
        expect(result.summary).to.include({ created: 2, lost: 1 });
        expect(result.losses).to.deep.equal([loss("a")]);
        expect(replica.target.contents()).to.have.all.keys("b", "c");
        expect(replica.source.calls.filter(({ name, operation }) => name === "a" && operation === "get")).to
            .be.empty;
    });

    it("fails one item with its reason, and the others go on", async () => {
        const replica = seeded();
        give(replica.target, {
            foresee: (item: Item) =>
                item.name === "a"
                    ? Promise.reject(new DataplaneError("InvalidItem", '"a" needs another tier'))
                    : Promise.resolve(item),
        });
        const result = await replica.up();
        expect(result.summary).to.include({ created: 1, failed: 1 });
        expect(result.failures[0]?.error.message).to.equal('"a" needs another tier');
    });

    it("is asked again, and the item goes another way, when the service won't move the data", async () => {
        const replica = seeded({ serverSideCopy: true, concurrency: 1 });
        let refused = 0;
        give(replica.target, {
            foresee: (item: Item) =>
                Promise.resolve(refused > 0 && item.name === "b" ? { ...item, lost: loss("b") } : item),
            copyFrom: () => {
                refused += 1;
                return Promise.reject(
                    new DataplaneError("AccessDenied", "no", { serviceCode: "ServerSideCopyRefused" }),
                );
            },
        });
        const result = await replica.up();
        expect(refused).to.equal(1);
        expect(result.summary).to.include({ created: 1, lost: 1, failed: 0 });
        expect(result.summary.paths).to.deep.equal({ streamed: 1 });
    });

    it("depends on what is at the target, and on who makes the content", async () => {
        const replica = seeded({ serverSideCopy: true, overrides: true });
        replica.target.change("b", "other");
        const seen = new Map<string, Outlook>();
        give(replica.target, {
            foresee: (item: Item, _source: unknown, outlook: Outlook) => {
                seen.set(item.name, outlook);
                return Promise.resolve(item);
            },
        });
        await replica.up({ overrides: { a: "given" }, selection: { rename: { a: "c" } } });
        expect(seen.get("a")).to.deep.equal({ name: "c", existing: undefined, streamed: true });
        expect(seen.get("b")?.streamed).to.equal(false);
        expect(seen.get("b")?.existing?.name).to.equal("b");
    });

    it("can send one item through this process, and leave the others to the service", async () => {
        const replica = seeded({ serverSideCopy: true });
        give(replica.target, {
            foresee: (item: Item) => Promise.resolve(item.name === "a" ? { ...item, streamed: true } : item),
        });
        const result = await replica.up();
        expect(result.summary.paths).to.deep.equal({ streamed: 1, "server-side": 1 });
    });

    it("is asked again for the one item that the service won't move, and the others still move", async () => {
        const replica = seeded({ serverSideCopy: true, concurrency: 1 });
        const copy = replica.target.copyFrom;
        if (copy === undefined) throw new Error("the fake moves nothing");
        const streamed: boolean[] = [];
        give(replica.target, {
            foresee: (item: Item, _source: unknown, outlook: Outlook) => {
                if (item.name === "a") streamed.push(outlook.streamed);
                return Promise.resolve(item);
            },
            copyFrom: (...given: Parameters<typeof copy>) =>
                given[2].name === "a"
                    ? Promise.reject(
                          new DataplaneError("InvalidItem", "no", {
                              serviceCode: "ServerSideCopyRefusedForItem",
                          }),
                      )
                    : copy(...given),
        });
        const result = await replica.up();
        expect(streamed).to.deep.equal([false, true]);
        expect(result.summary.paths).to.deep.equal({ streamed: 1, "server-side": 1 });
    });
});

describe("what stays behind", () => {
    it("is told after each run, and costs fidelity unless it is minor", async () => {
        const replica = seeded();
        give(replica.target, {
            shortfall: (source: Item, target: Item) => {
                expect(target.name).to.equal(source.name);
                return [loss(source.name, source.name === "a" ? { minor: true } : {})];
            },
        });
        for (const _round of [1, 2]) {
            const result = await replica.up();
            expect(result.losses).to.deep.equal([loss("a", { minor: true }), loss("b")]);
            expect(result.summary.fidelity).to.equal(0.5);
        }
    });

    it("counts an item that only waits as faithful", async () => {
        const replica = seeded();
        replica.source.change("c", "", { extra: { lost: loss("c", { minor: true }) } });
        const result = await replica.up();
        expect(result.summary).to.include({ created: 2, lost: 1, fidelity: 1 });
    });
});

describe("a write that was killed half-way", () => {
    const continues = (content: string, existing: string): boolean => content.startsWith(existing);

    it("is gone on with instead of being a conflict", async () => {
        const replica = seeded({ comparesValues: true });
        give(replica.target, { continues });
        replica.target.change("a", "content");
        const result = await replica.up();
        expect(result.summary).to.include({ created: 1, updated: 1, conflicts: 0 });
        expect(replica.target.contents()).to.deep.equal(replica.source.contents());
    });

    it("is a conflict where the target holds something else", async () => {
        const replica = seeded({ comparesValues: true });
        give(replica.target, { continues });
        replica.target.change("a", "context");
        expect((await replica.up()).summary).to.include({ created: 1, updated: 0, conflicts: 1 });
    });
});
