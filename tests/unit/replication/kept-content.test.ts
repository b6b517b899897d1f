import { expect } from "chai";
import { DataplaneError } from "../../../providers/core/errors.js";
import { FakeReplica } from "./fake-run.js";

async function copied(): Promise<FakeReplica> {
    const replica = new FakeReplica();
    replica.source.change("a", "one");
    await replica.up();
    return replica;
}

describe("a changed source that keeps its content", () => {
    it("gives its properties alone", async () => {
        const replica = await copied();
        replica.target.keepsContent = () => true;
        replica.source.change("a", "one", { properties: { tag: "new" } });
        const { summary } = await replica.up();
        expect(summary).to.deep.include({ updated: 1, paths: { properties: 1 } });
        expect(replica.target.entries.get("a")?.properties).to.deep.equal({ tag: "new" });
        expect((await replica.up()).summary).to.include({ same: 1, updated: 0 });
    });

    it("says nothing about a target that somebody else wrote", async () => {
        const replica = await copied();
        replica.target.keepsContent = () => true;
        replica.source.change("a", "two");
        replica.target.change("a", "other");
        expect((await replica.up()).summary).to.include({ conflicts: 1, updated: 0 });
    });

    it("is not asked about what a write of the same run left", async () => {
        const replica = await copied();
        const asked: string[] = [];
        replica.target.keepsContent = ({ name }) => {
            asked.push(name);
            return asked.length > 1;
        };
        replica.source.change("a", "two");
        let failures = 0;
        replica.target.after = ({ operation }) => {
            if (operation === "put" && failures++ === 0) throw new DataplaneError("Corrupt", "damaged");
        };
        const { summary } = await replica.up();
        expect(summary).to.deep.include({ updated: 1, paths: { streamed: 1 } });
        expect(replica.target.contents()).to.deep.equal({ a: "two" });
        expect(asked).to.deep.equal(["a"]);
    });
});
