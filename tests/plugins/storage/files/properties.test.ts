import { randomBytes } from "node:crypto";
import { FileSystemAttributes } from "@azure/storage-file-share";
import { expect } from "chai";
import type { ReplicationResult } from "../../../../providers/core/replication/types.js";
import { Accounts } from "../accounts.js";
import { Kill } from "../transfers-world.js";
import { FileWorld } from "./file-world.js";
import { readTree } from "./tree.js";

const mebibyte = 1024 * 1024;
const permission = "O:S-1-5-21-1111-2222-3333-9G:SYD:PAI(A;;FA;;;SY)";

function told(result: ReplicationResult): string[] {
    return result.failures.map(({ item, error }) => `${item}: ${error.message}`);
}

describe("a change of a file that leaves its content", function () {
    this.timeout(120_000);
    let accounts: Accounts;
    let world: FileWorld;
    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        world = await FileWorld.begin(accounts);
        await source("small").uploadData(randomBytes(1000));
        await source("large").uploadData(randomBytes(5 * mebibyte));
        expect(told(await world.run())).to.deep.equal([]);
        accounts.cast.azure.requests.clear();
    });

    const source = (name: string) => world.root("source").getFileClient(name);
    const share = (side: "source" | "target") => world.service(side).getShareClient("box");

    /** The source's file is not read, nor the target's written but for what belongs to it. */
    async function expectPropertiesAlone(result: ReplicationResult): Promise<void> {
        expect(told(result)).to.deep.equal([]);
        expect(result.summary).to.include({ updated: 2, conflicts: 0 });
        expect(result.summary.paths).to.deep.equal({ properties: 2 });
        const moved = accounts.cast.azure.requests.filter(
            ({ method, path }) => /^\/box\/(?:small|large)(?:\?comp=range|$)/.test(path) && method !== "HEAD",
        );
        expect(moved).to.deep.equal([]);
        expect(await readTree(share("target"))).to.deep.equal(await readTree(share("source")));
    }

    const both = (change: (name: string) => Promise<unknown>) =>
        Promise.all(["small", "large"].map((name) => change(name)));

    it("of its permission", async () => {
        await both((name) => source(name).setProperties({ filePermission: permission }));
        await expectPropertiesAlone(await world.run());
    });

    it("of its times and attributes", async () => {
        await both((name) =>
            source(name).setProperties({
                creationTime: new Date("2001-02-03T04:05:06Z"),
                changeTime: new Date("2003-02-03T04:05:06Z"),
                fileAttributes: FileSystemAttributes.parse("ReadOnly|Hidden"),
            }),
        );
        await expectPropertiesAlone(await world.run());
    });

    it("of its metadata and headers", async () => {
        await both(async (name) => {
            await source(name).setMetadata({ other: "metadata" });
            await source(name).setHttpHeaders({ fileContentType: "image/png" });
        });
        await expectPropertiesAlone(await world.run());
    });

    it("is brought whole after a kill at any request", async () => {
        for (const requests of [1, 2, 3]) {
            await source("small").setMetadata({ other: `metadata ${String(requests)}` });
            const { signal, wrap } = new Kill(requests, "after", []);
            await world.run({ signal, wrap }).catch(() => undefined);
            const left = await world.open("target").then((target) => target.find("box/small"));
            expect(left?.placeholder).to.equal(requests < 3 ? true : undefined);
            expect(told(await world.run())).to.deep.equal([]);
            expect(await readTree(share("target"))).to.deep.equal(await readTree(share("source")));
        }
    });

    it("is not taken for one where the file was written, even with as many bytes", async () => {
        await both((name) => source(name).uploadRange(randomBytes(1000), 0, 1000));
        const result = await world.run();
        expect(told(result)).to.deep.equal([]);
        expect(result.summary.paths).to.deep.equal({ "server-side": 1, streamed: 1 });
        expect(await readTree(share("target"))).to.deep.equal(await readTree(share("source")));
    });
});
