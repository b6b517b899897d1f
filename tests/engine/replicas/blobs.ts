import { expect } from "chai";
import { resourceChanges } from "../../../engine-support/index.js";
import { differences, failedWith, succeeded, textOf, type RecordedStack } from "./recorded-stack.js";
import { filesWith, readBlobs, type TestAccount, type World } from "./world.js";

const small = "content of a blob";

/** The contents of an account through their life, by group, which is how blobs stand unless the user says otherwise. */
export function blobsLife(world: () => World): void {
    describe("blobs and containers: a whole life", () => {
        let source: TestAccount;
        let target: TestAccount;
        let stack: RecordedStack;

        const put = async (account: TestAccount, name: string, text: string): Promise<void> => {
            const [container = "", ...path] = name.split("/");
            const blob = account.blobs.getContainerClient(container).getBlockBlobClient(path.join("/"));
            await blob.upload(text, text.length, { metadata: { kind: "test" } });
        };

        before(async () => {
            source = world().account("production", "lifesource");
            target = world().account("staging", "lifetarget");
            for (const name of ["docs", "photos"]) await source.blobs.createContainer(name);
            for (const name of ["docs/a.txt", "docs/b.txt", "photos/2026/x.jpg", "photos/2026/y.jpg"]) {
                await put(source, name, `${small} ${name}`);
            }
            stack = await world().stack("bloblife");
            await stack.declare({
                media: {
                    type: "StorageReplica",
                    source: source.id,
                    target: target.id,
                    mode: "replication",
                    accessTimeout: 1,
                },
            });
        });
        after(() => stack[Symbol.asyncDispose]());
        beforeEach(() => {
            world().azure.requests.clear();
        });

        it("shows containers by name and blobs by container", async () => {
            const preview = succeeded(await stack.preview());
            expect(preview.stdout).to.match(/docs\s*: \{[^}]*count\s*: 2/);
            expect(preview.stdout).to.match(/photos\s*: \{[^}]*count\s*: 2/);
            expect(textOf(preview)).to.match(/would create 4.*server-side/);
            expect(world().azure.requests.writes(target.host)).to.equal(0);
        });

        it("copies them in order, by the service itself", async () => {
            succeeded(await stack.up());
            expect(await readBlobs(target)).to.deep.equal(await readBlobs(source));
            const { summary } = await stack.outputs("media-blobs");
            expect(summary).to.deep.include({ created: 4, failed: 0, paths: { "server-side": 4 } });
        });

        it("has nothing to do the second time, and writes nothing", async () => {
            const up = succeeded(await stack.up());
            expect(Object.keys(resourceChanges(up.events))).to.deep.equal(["same"]);
            expect(world().azure.requests.writes(target.host)).to.equal(0);
            expect(world().azure.requests.writes(source.host)).to.equal(0);
        });

        it("shows the container in which something changed, copies that, and keeps what is gone", async () => {
            await put(source, "docs/a.txt", `${small} changed`);
            await put(source, "docs/c.txt", `${small} new`);
            await source.blobs.getContainerClient("docs").deleteBlob("b.txt");
            const preview = succeeded(await stack.preview());
            expect(
                differences(preview.events, "media-blobs").filter((path) => path.includes("photos")),
            ).to.deep.equal([]);
            expect(differences(preview.events, "media-blobs")).to.include("items.docs.digest");
            world().azure.requests.clear();
            succeeded(await stack.up());
            expect(await readBlobs(target)).to.deep.equal({
                ...(await readBlobs(source)),
                "docs/b.txt": `${small} docs/b.txt`,
            });
            const { summary } = await stack.outputs("media-blobs");
            expect(summary).to.include({ created: 1, updated: 1, same: 2, kept: 1 });
        });

        it("shows what somebody changed at the target after a refresh, and does not overwrite it", async () => {
            await put(target, "photos/2026/x.jpg", `${small} by hand`);
            const refresh = succeeded(await stack.refresh());
            expect(differences(refresh.events, "media-blobs").join()).to.include("photos");
            failedWith(await stack.up(), "photos/2026/x.jpg", "onConflict");
            expect((await readBlobs(target))["photos/2026/x.jpg"]).to.equal(`${small} by hand`);
        });

        it("keeps the data when it is destroyed, and left no content in its files", async () => {
            const before = await readBlobs(target);
            succeeded(await stack.destroy());
            expect(await readBlobs(target)).to.deep.equal(before);
            expect(await filesWith(stack.stack.folder, [small, ...world().passwords])).to.deep.equal([]);
            expect(stack.printed.filter((text) => text.includes(small))).to.deep.equal([]);
        });
    });
}
