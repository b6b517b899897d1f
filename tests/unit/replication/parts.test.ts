import { expect } from "chai";
import { DataplaneError } from "../../../providers/core/errors.js";
import { Tally } from "../../../providers/core/replication/tally.js";
import { systemTiming } from "../../../providers/core/replication/timing.js";
import { FakeReplica } from "./fake-run.js";

describe("parts of a run", () => {
    it("tell at most a thousand losses and failures one by one, and count the rest", () => {
        const tally = new Tally();
        for (let index = 0; index < 1_005; index++) {
            const item = `item ${String(index)}`;
            tally.lost({ item, what: "item", reason: "no" });
            tally.notCarried("failed", { item, error: new DataplaneError("InvalidItem", "no") });
        }
        expect(tally.losses()).to.have.length(1_001);
        expect(tally.losses().at(-1)?.reason).to.equal("5 more losses are counted but not listed");
        expect(tally.failures()).to.have.length(1_001);
        expect(tally.failures().at(-1)?.error.message).to.equal("5 more items failed and are not listed");
        expect(tally.summary(1)).to.include({ lost: 1_005, failed: 1_005, fidelity: 0 });
        expect(new Tally().summary(1).fidelity).to.equal(1);
    });

    it("sleep by the real clock until they are woken by a cancellation", async () => {
        const controller = new AbortController();
        await systemTiming.sleep(0, controller.signal);
        const sleeping = systemTiming.sleep(3_600_000, controller.signal).catch((error: unknown) => error);
        controller.abort();
        expect(await sleeping).to.include({ name: "DataplaneError", code: "Cancelled" });
        expect(systemTiming.now()).to.be.closeTo(Date.now(), 60_000);
    });

    it("own a copy whose answer was lost and whose source vanished meanwhile", async () => {
        const replica = new FakeReplica({ digest: true });
        replica.source.change("a", "content");
        replica.target.after = ({ operation }, store) => {
            if (operation !== "put") return;
            store.after = () => undefined;
            replica.source.drop("a");
            throw new DataplaneError("Unreachable", "the answer is lost");
        };
        const { summary, failures, copied } = await replica.up();
        expect(failures).to.deep.equal([]);
        expect(summary).to.include({ created: 0, kept: 1, failed: 0 });
        expect(copied["a"]).to.include({ source: "", origin: "created" });
        replica.source.change("a", "back again");
        expect((await replica.up()).summary).to.include({ updated: 1, conflicts: 0 });
    });

    it("name the plugin's fault where an element type can't do what it declares", async () => {
        const replica = new FakeReplica();
        replica.source.change("a", "content");
        Object.assign(replica.target, { putEmpty: undefined });
        const { failures } = await replica.up({ mode: "template" });
        expect(failures.map(({ error }) => error.code)).to.deep.equal(["Plugin"]);
    });

    it("stop asking one by one for what a closing listing lacks", async () => {
        const replica = new FakeReplica({ concurrency: 64 });
        for (let index = 0; index < 150; index++) replica.source.change(String(index), "content");
        replica.target.before = ({ operation }, store) => {
            if (operation === "list" && store.count("list") === 2) store.entries.clear();
        };
        const { summary } = await replica.up();
        expect(summary).to.include({ created: 0, failed: 150 });
        expect(replica.target.count("find")).to.equal(300);
    });
});
