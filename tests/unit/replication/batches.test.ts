import { expect } from "chai";
import fc from "fast-check";
import type { BatchAnswer, BatchWrite, Batching } from "../../../providers/core/batching.js";
import type { ElementType } from "../../../providers/core/contract.js";
import { DataplaneError } from "../../../providers/core/errors.js";
import { guardStore } from "../../../providers/core/guarded-store.js";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { FakeReplica } from "./fake-run.js";
import { fakeElement, FakeStore } from "./fake-store.js";

const limits = { items: 5, bytes: 100 };
const batching: Batching<string> = {
    ...limits,
    source: "https://example.com",
    key: (name) => name.split("/")[0] ?? "",
    size: (_item, content) => content.length,
};

/** A store that writes batches, whole or not at all. */
class BatchStore extends FakeStore {
    readonly batches: (readonly BatchWrite<string>[])[] = [];
    beforeBatch: (number: number, writes: readonly BatchWrite<string>[]) => void = () => undefined;
    afterBatch: (number: number) => void = () => undefined;
    requests = 0;
    mostRequests = 0;

    async putMany(writes: readonly BatchWrite<string>[]): Promise<BatchAnswer> {
        const number = this.batches.push(writes);
        this.requests += 1;
        this.mostRequests = Math.max(this.mostRequests, this.requests);
        try {
            await new Promise((resolve) => setImmediate(resolve));
            this.beforeBatch(number, writes);
            const refused = writes.findIndex(
                ({ item, options }) => this.entries.get(item.name)?.version !== options.existing?.version,
            );
            if (refused >= 0) {
                return { refused, error: new DataplaneError("Conflict", "not as it was", { status: 412 }) };
            }
            const written = [];
            for (const { item, content, options } of writes) {
                written.push(await this.put(item, content, options));
            }
            this.afterBatch(number);
            return { written };
        } finally {
            this.requests -= 1;
        }
    }
}

class BatchReplica {
    readonly replica = new FakeReplica({ digest: true, order: "key", concurrency: 3 });
    readonly element: ElementType<string> = {
        ...fakeElement({ digest: true, order: "key", concurrency: 3 }),
        batches: batching,
    };
    readonly target = new BatchStore(this.element, this.replica.clock, "target");

    seed(partitions: readonly number[], content = "x"): void {
        for (const [partition, count] of partitions.entries()) {
            for (let row = 0; row < count; row += 1)
                this.replica.source.change(
                    `p${String(partition)}/${String(row).padStart(3, "0")}`,
                    `${content}${String(row)}`,
                );
        }
    }

    up(signal = new AbortController().signal): Promise<ReplicationResult> {
        const target = guardStore(this.target, { side: "target" });
        return this.replica.up({ element: this.element, target, signal });
    }
}

const cut = (): Error => Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

describe("writes that go together", () => {
    it("are full where there is enough, of one partition, and no more at once than the service takes", async () => {
        const world = new BatchReplica();
        world.seed([20, 10, 15]);
        const { summary, failures } = await world.up();
        expect(failures).to.deep.equal([]);
        expect(summary.created).to.equal(45);
        expect(world.target.contents()).to.deep.equal(world.replica.source.contents());
        expect(world.target.batches.map((writes) => writes.length)).to.deep.equal(Array(9).fill(5));
        for (const writes of world.target.batches) {
            expect(new Set(writes.map(({ item }) => batching.key(item.name))).size).to.equal(1);
        }
        expect(world.target.mostRequests).to.equal(3);
    });

    it("keep to the bytes of a request", async () => {
        const world = new BatchReplica();
        world.seed([8], "y".repeat(40));
        await world.up();
        expect(world.target.batches.map((writes) => writes.length)).to.deep.equal([2, 2, 2, 2]);
    });

    it("go alone where there is one of its partition", async () => {
        const world = new BatchReplica();
        world.seed(Array<number>(30).fill(1));
        const { summary } = await world.up();
        expect(summary.created).to.equal(30);
        expect(world.target.batches).to.deep.equal([]);
    });

    it("fail one by one: what is refused settles by itself, the rest is sent again", async () => {
        const world = new BatchReplica();
        world.seed([5]);
        let meddled = false;
        world.target.beforeBatch = () => {
            if (!meddled) world.target.change("p0/002", "somebody else's");
            meddled = true;
        };
        const { summary, failures } = await world.up();
        expect(summary).to.include({ created: 4, conflicts: 1 });
        expect(failures.map(({ item, error }) => [item, error.code])).to.deep.equal([["p0/002", "Conflict"]]);
        expect(world.target.batches.map((writes) => writes.length)).to.deep.equal([5, 4]);
        expect(world.target.contents()["p0/002"]).to.equal("somebody else's");
        expect(Object.keys(world.replica.copied)).to.not.include("p0/002");
    });

    it("whose answer is lost are found, and not written twice", async () => {
        const world = new BatchReplica();
        world.seed([5, 3]);
        world.target.afterBatch = (number) => {
            if (number === 1) throw cut();
        };
        const { summary, failures } = await world.up();
        expect(failures).to.deep.equal([]);
        expect(summary).to.include({ created: 8 });
        expect(world.target.count("put")).to.equal(8);
    });

    it("are sent one by one where the service takes no such request, and the item at fault fails", async () => {
        const world = new BatchReplica();
        world.seed([4]);
        world.target.beforeBatch = () => {
            throw new DataplaneError("Unexpected", "too large", { status: 413 });
        };
        world.target.before = ({ operation, name }) => {
            if (operation === "put" && name === "p0/001")
                throw new DataplaneError("InvalidItem", "refused", { status: 400 });
        };
        const { summary, failures } = await world.up();
        expect(summary).to.include({ created: 3, failed: 1 });
        expect(failures.map(({ item }) => item)).to.deep.equal(["p0/001"]);
    });

    it("converge, whatever is lost, refused or killed on the way", async () => {
        const fault = fc.constantFrom("none", "lost", "cut", "kill", "refuse");
        const change = fc.record({
            partition: fc.integer({ min: 0, max: 3 }),
            row: fc.integer({ min: 0, max: 12 }),
        });
        await fc.assert(
            fc.asyncProperty(
                fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 }),
                fc.array(fc.array(fault, { maxLength: 6 }), { minLength: 1, maxLength: 3 }),
                fc.array(change, { maxLength: 6 }),
                async (partitions, runs, changes) => {
                    const world = new BatchReplica();
                    world.seed(partitions);
                    for (const faults of runs) {
                        const controller = new AbortController();
                        const first = world.target.batches.length;
                        world.target.beforeBatch = (number) => {
                            const kind = faults[number - first - 1];
                            if (kind === "cut") throw cut();
                            if (kind === "refuse")
                                throw new DataplaneError("Unexpected", "no", { status: 413 });
                        };
                        world.target.afterBatch = (number) => {
                            const kind = faults[number - first - 1];
                            if (kind === "kill") controller.abort();
                            if (kind === "kill" || kind === "lost") throw cut();
                        };
                        await world.up(controller.signal);
                        for (const { partition, row } of changes) {
                            const name = `p${String(partition)}/${String(row).padStart(3, "0")}`;
                            if (world.replica.source.entries.has(name))
                                world.replica.source.change(name, `changed ${String(runs.length)}`);
                        }
                    }
                    world.target.beforeBatch = () => undefined;
                    world.target.afterBatch = () => undefined;
                    // What a killed run wrote, and the source changed since, is nobody's: a conflict, never lost.
                    const { summary, failures } = await world.up();
                    expect(failures.every(({ error }) => error.code === "Conflict")).to.equal(true);
                    const copies = world.target.contents();
                    const conflicting = new Set(failures.map(({ item }) => item));
                    for (const [name, content] of Object.entries(world.replica.source.contents())) {
                        if (!conflicting.has(name)) expect(copies[name], name).to.equal(content);
                    }
                    if (changes.length === 0) expect(summary.conflicts).to.equal(0);
                    for (const writes of world.target.batches) {
                        expect(writes.length).to.be.within(2, limits.items);
                        expect(new Set(writes.map(({ item }) => item.name)).size).to.equal(writes.length);
                    }
                },
            ),
            { numRuns: 200 },
        );
    });
});
