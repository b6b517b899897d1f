import { expect } from "chai";
import { DataplaneError } from "../../../providers/core/errors.js";
import type { StreamComparison } from "../../../providers/core/contract.js";
import { FakeReplica } from "./fake-run.js";

/** Three items on both sides, without digests or records, of which "b" differs in its content. */
function killed(): { replica: FakeReplica; compared: string[] } {
    const replica = new FakeReplica({ concurrency: 1 });
    const compared: string[] = [];
    for (const name of ["a", "b", "c"]) {
        replica.source.change(name, `content ${name}`);
        replica.target.change(name, name === "b" ? "changed b" : `content ${name}`);
    }
    replica.target.equalStreams = (a: string, b: string): Promise<StreamComparison> => {
        compared.push(a);
        return Promise.resolve({ equal: a === b, bytes: a.length });
    };
    return { replica, compared };
}

describe("contents that are streams", () => {
    it("are compared where a conflict hangs on it, and counted", async () => {
        const { replica, compared } = killed();
        const { summary, failures } = await replica.up();
        expect(summary).to.include({ same: 2, conflicts: 1 });
        expect(summary.compared).to.deep.equal({ items: 3, bytes: 27 });
        expect(failures.map(({ item }) => item)).to.deep.equal(["b"]);
        expect(compared).to.have.length(3);
        // Adopted: from now on the record proves them.
        await replica.up();
        expect(replica.last?.summary.compared).to.deep.equal({ items: 1, bytes: 9 });
    });

    it("are not read where properties or lengths tell, or the user wants to overwrite", async () => {
        const { replica, compared } = killed();
        replica.target.change("a", "content a", { properties: { color: "red" } });
        replica.target.change("b", "longer than b");
        await replica.up({ selection: { exclude: ["c"] } });
        expect(replica.last?.summary).to.include({ conflicts: 2 });
        expect(compared).to.deep.equal([]);
        await replica.up({ onConflict: "overwrite" });
        expect(compared).to.deep.equal([]);
        expect(replica.target.contents()["c"]).to.equal("content c");
    });

    it("are not compared with what the user gives, or as they are before texts in them are replaced", async () => {
        const { replica, compared } = killed();
        await replica.up({ overrides: { a: "given" }, selection: { include: ["a"] } });
        await replica.up({ rewrite: { content: "text" }, selection: { include: ["c"] } });
        expect(compared).to.deep.equal([]);
    });

    it("that can't be read are an error of the side that refuses", async () => {
        const { replica } = killed();
        replica.source.before = ({ operation }) => {
            if (operation === "get") throw new DataplaneError("AccessDenied", "no");
        };
        const { failures } = await replica.up();
        expect(failures.map(({ error }) => error.detail.side)).to.deep.equal(["source", "source", "source"]);
    });
});

describe("one item that the service does not move itself", () => {
    it("is streamed, and the others are still left to the service", async () => {
        const replica = new FakeReplica({ serverSideCopy: true, concurrency: 1 });
        for (const name of ["a", "b", "c"]) replica.source.change(name, name);
        replica.target.before = ({ operation, name }) => {
            if (operation !== "copyFrom" || name !== "a") return;
            throw new DataplaneError("Unexpected", "no", { serviceCode: "ServerSideCopyRefusedForItem" });
        };
        const { summary } = await replica.up();
        expect(summary.paths).to.deep.equal({ streamed: 1, "server-side": 2 });
        expect(summary.streamedBecause).to.equal("no");
        expect(replica.target.contents()).to.deep.equal({ a: "a", b: "b", c: "c" });
    });
});

describe("a source that changes while it is copied", () => {
    const restless = (changes: number): FakeReplica => {
        const replica = new FakeReplica({ serverSideCopy: true });
        replica.source.change("a", "0");
        let changed = 0;
        replica.target.before = ({ operation }) => {
            if (operation !== "copyFrom" || changed === changes) return;
            changed += 1;
            replica.source.change("a", String(changed));
            throw new DataplaneError("Conflict", "it changed", { item: "a", side: "source" });
        };
        return replica;
    };

    it("once is copied as it is then", async () => {
        const replica = restless(1);
        expect((await replica.up()).summary).to.include({ created: 1, failed: 0 });
        expect(replica.target.contents()).to.deep.equal({ a: "1" });
    });

    it("again is an error that names it, and copied by the next run", async () => {
        const replica = restless(2);
        const { failures } = await replica.up();
        expect(failures.map(({ item, error }) => [item, error.code])).to.deep.equal([["a", "Conflict"]]);
        expect(replica.target.count("copyFrom")).to.equal(2);
        expect(replica.target.contents()).to.deep.equal({});
        expect((await replica.up()).summary).to.include({ created: 1, failed: 0 });
    });
});
