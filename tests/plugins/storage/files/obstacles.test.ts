import { randomBytes } from "node:crypto";
import { expect } from "chai";
import type { ReplicationResult } from "../../../../providers/core/replication/types.js";
import { Accounts } from "../accounts.js";
import { FileWorld } from "./file-world.js";

const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;

function told(result: ReplicationResult): string[] {
    return result.failures.map(({ item, error }) => `${item}: ${error.message}`);
}

describe("what is in the way of files", function () {
    this.timeout(120_000);
    let accounts: Accounts;
    let world: FileWorld;
    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        world = await FileWorld.begin(accounts);
    });

    const file = (side: "source" | "target", name: string) => world.root(side).getFileClient(name);
    const share = (side: "source" | "target") => world.service(side).getShareClient("box");
    const fill = (side: "source" | "target", bytes: number) => {
        accounts.cast.azure.files.fill(world.host(side).split(".")[0] ?? "", "box", bytes);
    };

    describe("a quota that is smaller than the files", () => {
        beforeEach(async () => {
            await share("target").setProperties({ quotaInGB: 1 });
            await file("source", "a-small").uploadData(Buffer.from("hello"));
            await file("source", "large").create(2 * gibibyte);
            accounts.cast.azure.requests.clear();
        });

        it("is one error before anything is written, with both figures", async () => {
            fill("source", 2 * gibibyte);
            const result = await world.run({ detail: "groups" });
            expect(result.failures).to.have.length(1);
            const [{ error } = { error: undefined }] = result.failures;
            expect(error?.code).to.equal("InvalidArgument");
            expect(error?.message).to.include(
                'the share "box" has a quota of 1 GiB, and its files take 2.0 GiB',
            );
            expect(error?.detail.remedy).to.include("Raise the quota");
            expect(accounts.cast.azure.requests.filter(({ write }) => write)).to.deep.equal([]);
        });

        it("holds sparse ones all the same", async () => {
            const result = await world.run({ detail: "groups" });
            expect(told(result)).to.deep.equal([]);
            expect(result.summary).to.include({ created: 2 });
        });
    });

    it("a share that is full in the middle is an error of the file, and the others come along", async () => {
        await share("target").setProperties({ quotaInGB: 1 });
        await file("source", "large").uploadData(randomBytes(5 * mebibyte));
        await file("source", "medium").uploadData(randomBytes(3 * mebibyte));
        await file("source", "small").uploadData(Buffer.from("hello"));
        fill("target", gibibyte - 2 * mebibyte);
        const result = await world.run();
        expect(told(result).sort()).to.deep.equal(
            ["large", "medium"].map(
                (name) =>
                    `box/${name}: "box/${name}" does not fit into its share at the target, whose quota is reached`,
            ),
        );
        for (const { error } of result.failures)
            expect(error.detail.remedy).to.include("Raise the quota of the share");
        expect((await file("target", "small").downloadToBuffer()).toString()).to.equal("hello");
        await share("target").setProperties({ quotaInGB: 2 });
        expect(told(await world.run())).to.deep.equal([]);
    });

    it("a file that is open at the target is an error that names it, and goes on once it is closed", async () => {
        await file("source", "open").uploadData(Buffer.from("one"));
        expect(told(await world.run())).to.deep.equal([]);
        await file("source", "open").uploadData(Buffer.from("two"));
        accounts.cast.azure.files.openHandle(world.host("target").split(".")[0] ?? "", "box", "open");
        const result = await world.run();
        expect(told(result)).to.deep.equal(['box/open: "box/open" is open at the target']);
        expect(result.failures[0]?.error.detail.remedy).to.include("close-handle");
        await file("target", "open").forceCloseAllHandles();
        expect(told(await world.run())).to.deep.equal([]);
        expect((await file("target", "open").downloadToBuffer()).toString()).to.equal("two");
    });

    it("an NFS share is a loss with its reason, before anything of it is read", async () => {
        const { arm } = accounts.cast.azure;
        const id = world.pair.ids.source;
        arm.put(id, { ...arm.get(id), kind: "FileStorage", sku: { name: "Premium_LRS" } });
        await world
            .service("source")
            .getShareClient("nfs")
            .create({ protocols: { nfsEnabled: true }, quota: 100 });
        await file("source", "a").uploadData(Buffer.from("hello"));
        accounts.cast.azure.requests.clear();
        const result = await world.run();
        expect(told(result)).to.deep.equal([]);
        expect(result.summary).to.include({ created: 1, lost: 1 });
        expect(result.losses.map(({ item, reason }) => `${item}: ${reason}`)).to.deep.equal([
            "nfs: it is an NFS share, whose owners, modes and links are not carried",
        ]);
        expect(accounts.cast.azure.requests.filter(({ path }) => path.startsWith("/nfs"))).to.deep.equal([]);
    });
});
