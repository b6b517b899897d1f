import { randomBytes } from "node:crypto";
import { FileSystemAttributes, type ShareFileClient } from "@azure/storage-file-share";
import { expect } from "chai";
import type { ReplicationResult } from "../../../../providers/core/replication/types.js";
import { itemsOf } from "../../helpers.js";
import { Accounts } from "../accounts.js";
import { Kill, watching, withoutCopies } from "../transfers-world.js";
import { FileWorld } from "./file-world.js";
import { fillTree, readTree } from "./tree.js";

const mebibyte = 1024 * 1024;

async function rangesOf(file: ShareFileClient): Promise<unknown[]> {
    const ranges: unknown[] = [];
    for await (const range of file.listRanges()) ranges.push(range);
    return ranges;
}

function told(result: ReplicationResult): string[] {
    return result.failures.map(({ item, error }) => `${item}: ${error.message}`);
}

describe("files and directories of Azure Files", () => {
    let accounts: Accounts;
    let world: FileWorld;
    before(async () => {
        accounts = await Accounts.start();
    });
    after(() => accounts.cast.azure.stop());
    beforeEach(async () => {
        accounts.cast.azure.faults.clear();
        world = await FileWorld.begin(accounts);
    });

    const share = (side: "source" | "target") => world.service(side).getShareClient("box");

    it("arrive 200 of them without any difference, and are left alone by the next runs", async () => {
        await fillTree(share("source"), 200);
        const result = await world.run();
        expect(told(result)).to.deep.equal([]);
        expect(result.summary).to.include({ created: 200, fidelity: 1 });
        const source = await readTree(share("source"));
        expect(Object.keys(source)).to.have.length(200);
        expect(await readTree(share("target"))).to.deep.equal(source);

        for (const forget of [false, true]) {
            accounts.cast.azure.requests.clear();
            const again = await world.run({ forget });
            expect(again.summary, JSON.stringify(told(again))).to.include({ same: 200, conflicts: 0 });
            expect(again.summary).to.not.have.property("compared");
            const { requests } = accounts.cast.azure;
            expect(requests.filter(({ write }) => write).map(({ path }) => path)).to.deep.equal([]);
        }
    });

    for (const [way, wrap] of [
        ["server-side", undefined],
        ["streamed", withoutCopies],
    ] as const) {
        it(`are as sparse as they were, ${way}`, async () => {
            const content = randomBytes(5 * mebibyte);
            const file = world.root("source").getFileClient("sparse");
            await file.create(64 * mebibyte);
            await file.uploadRange(content.subarray(0, 1024), 10 * mebibyte, 1024);
            await file.uploadRange(content.subarray(0, 4 * mebibyte), 40 * mebibyte, 4 * mebibyte);
            const result = await world.run(wrap === undefined ? {} : { wrap });
            expect(told(result)).to.deep.equal([]);
            expect(result.summary.paths).to.deep.equal({ [way]: 1 });
            const target = world.root("target").getFileClient("sparse");
            expect(await rangesOf(target)).to.deep.equal(await rangesOf(file));
            const found = await target.downloadToBuffer(40 * mebibyte, 4 * mebibyte);
            expect(found.equals(content.subarray(0, 4 * mebibyte))).to.equal(true);
        });
    }

    for (const wrapCopies of [false, true]) {
        it(`end whole after ten kills, ${wrapCopies ? "through this process" : "by the service"}`, async () => {
            const count = 30;
            await fillTree(share("source"), count);
            await world
                .root("source")
                .getFileClient("large")
                .uploadData(randomBytes(13 * mebibyte));
            const expected = await readTree(share("source"));
            const sizes = { pagesBetweenMarks: 8 * mebibyte, copiedBlocksAtOnce: 2 };
            for (let kill = 0; kill < 10; kill++) {
                const { signal, wrap } = new Kill((kill * 7) % 13, kill % 2 === 0 ? "before" : "after", []);
                const both = (client: Parameters<typeof wrap>[0]) =>
                    wrapCopies ? withoutCopies(wrap(client)) : wrap(client);
                await world.run({ signal, wrap: both, sizes, forget: true }).catch(() => undefined);
            }
            const left = await itemsOf((await world.open("target")).list());
            expect(left.length).to.be.within(1, count + 1);
            accounts.cast.azure.requests.clear();
            const result = await world.run({
                sizes,
                forget: true,
                ...(wrapCopies ? { wrap: withoutCopies } : {}),
            });
            expect(told(result)).to.deep.equal([]);
            expect(result.summary).to.include({ conflicts: 0, failed: 0, fidelity: 1 });
            expect(await readTree(share("target"))).to.deep.equal(expected);
        });
    }

    it("go on after a kill where they were, if the source is still the same", async () => {
        await world
            .root("source")
            .getFileClient("large")
            .uploadData(randomBytes(24 * mebibyte));
        const sizes = { pagesBetweenMarks: 8 * mebibyte, copiedBlocksAtOnce: 1 };
        // The permission, the file, four ranges, two marks; then the fifth range does not leave.
        const { signal, wrap } = new Kill(8, "before", []);
        await world.run({ signal, wrap, sizes, forget: true }).catch(() => undefined);
        const [left] = await itemsOf((await world.open("target")).list());
        expect(left?.placeholder).to.equal(true);
        accounts.cast.azure.requests.clear();
        const result = await world.run({ sizes, forget: true });
        expect(told(result)).to.deep.equal([]);
        const ranges = accounts.cast.azure.requests.filter(
            ({ method, path }) => method === "PUT" && path.endsWith("comp=range"),
        );
        expect(ranges).to.have.length(2);
        expect(await readTree(share("target"))).to.deep.equal(await readTree(share("source")));
    });

    it("bring the directories that they are in, where a selection leaves those out", async () => {
        const directory = world.root("source").getDirectoryClient("a");
        await directory.create({ metadata: { kept: "yes" } });
        await directory.getDirectoryClient("b").create();
        const file = directory.getDirectoryClient("b").getFileClient("c.txt");
        await file.create(2);
        await file.uploadRange("hi", 0, 2);
        const result = await world.run({ selection: { include: ["**/*.txt"] } });
        expect(told(result)).to.deep.equal([]);
        expect(await readTree(share("target"))).to.deep.equal(await readTree(share("source")));
        const wider = await world.run();
        expect(wider.summary).to.include({ same: 3, conflicts: 0 });
    });

    it("that may only be read are written over and removed all the same, directories after what is in them", async () => {
        const attributes = FileSystemAttributes.parse("ReadOnly");
        const directory = world.root("source").getDirectoryClient("d");
        await directory.create();
        const file = directory.getFileClient("f");
        const seed = async (text: string) => {
            await file.create(text.length);
            await file.uploadRange(text, 0, text.length);
            await file.setProperties({ fileAttributes: attributes });
        };
        await seed("one");
        expect(told(await world.run({ owner: "replica" }))).to.deep.equal([]);
        await file.setProperties({ fileAttributes: FileSystemAttributes.parse("Archive") });
        await seed("another");
        const second = await world.run({ owner: "replica" });
        expect(told(second)).to.deep.equal([]);
        expect(second.summary).to.include({ updated: 1 });
        await file.setProperties({ fileAttributes: FileSystemAttributes.parse("Archive") });
        await file.delete();
        await directory.delete();
        const pruned = await world.run({ owner: "replica", prune: true });
        expect(told(pruned)).to.deep.equal([]);
        expect(pruned.summary).to.include({ pruned: 2 });
        expect(await readTree(share("target"))).to.deep.equal({});
    });

    it("of an account that lists no shares to tokens are an error that says what else to do", async () => {
        const wrap = watching(({ url }) =>
            url.includes("/?comp=list")
                ? { status: 409, code: "FileOAuthManagementApiRestrictedToSrp" }
                : undefined,
        );
        const result = await world.run({ wrap });
        expect(result.failures.map(({ error }) => error.detail.remedy).join()).to.include("AzCopy");
    });

    it("that are leased at the target are errors that say what to do", async () => {
        const file = world.root("source").getFileClient("leased");
        await file.create(0);
        expect(told(await world.run())).to.deep.equal([]);
        await world.root("target").getFileClient("leased").getShareLeaseClient().acquireLease();
        await file.create(1);
        const result = await world.run();
        expect(told(result).join()).to.include("has a lease at the target");
    });
});
