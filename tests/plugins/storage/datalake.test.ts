import { expect } from "chai";
import fc from "fast-check";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { startLocalAzure, type Cast } from "../../emulator-services/local.js";
import { failureOf, itemsOf } from "../helpers.js";
import { LakeWorld, principalId, toItems } from "./lake-world.js";
import { Kill } from "./transfers-world.js";

const basic = "user::rwx,group::r-x,other::---";
const [alice, bob, carol] = [principalId(1), principalId(2), principalId(3)];

describe("accounts with a hierarchical namespace", () => {
    let cast: Cast;
    before(async () => {
        cast = await startLocalAzure();
    });
    after(() => cast.azure.stop());

    /** Some 100 directories and files, many with access control of their own. */
    async function fill(world: LakeWorld): Promise<void> {
        await world.container("lake");
        const files = world.lake("source").getFileSystemClient("lake");
        await files
            .getDirectoryClient("")
            .setAccessControl(
                toItems(
                    `${basic},default:user::rwx,default:user:${alice}:r-x,default:group::r-x,default:other::---`,
                ),
            );
        for (const number of Array.from({ length: 20 }, (_, at) => at)) {
            const directory = `d${String(number % 4)}/e-${String(number)}`;
            await files.getDirectoryClient(directory).create({ metadata: { number: String(number) } });
            // Names that a tree lists in another order than a flat account.
            for (const name of [`${directory}/x`, `${directory}-y`, `${directory}/z/deep`])
                await world.upload(`lake/${name}`, `canary ${name}`);
            if (number % 3 === 0)
                await files
                    .getDirectoryClient(directory)
                    .setAccessControl(toItems(`${basic},user:${bob}:rwx`), { owner: bob, group: carol });
            if (number % 4 === 0)
                await world.setAcl(
                    `lake/${directory}/x`,
                    `user::rw-,group::r--,other::r--,user:${alice}:r--`,
                    alice,
                );
        }
        const dfs = files.getFileClient("d0/by-path");
        await dfs.create();
        await dfs.append("of the other endpoint", 0, 21);
        await dfs.flush(21);
    }

    function clean({ failures, summary }: ReplicationResult): unknown {
        const { conflicts, failed, fidelity } = summary;
        return { failures: failures.map(({ error }) => error.message), conflicts, failed, fidelity };
    }
    const faithful = { failures: [], conflicts: 0, failed: 0, fidelity: 1 };

    for (const detail of ["items", "groups"] as const) {
        it(`arrive without any difference, and are left alone by the next run, with records by ${detail}`, async () => {
            const world = new LakeWorld(cast, { together: true });
            await fill(world);
            expect(clean(await world.run("directories", { detail }))).to.deep.equal(faithful);
            expect(clean(await world.run("blobs", { detail }))).to.deep.equal(faithful);
            const [source, target] = [await world.read("source"), await world.read("target")];
            expect(Object.keys(source).length).to.be.greaterThan(100);
            expect(target).to.deep.equal(source);
            cast.azure.requests.clear();
            const again = [await world.run("directories", { detail }), await world.run("blobs", { detail })];
            const written = again.map(({ summary }) => summary.created + summary.updated);
            // By group, a file without an MD5 that changed a moment ago is not covered yet, and is copied once more.
            expect(written).to.deep.equal(detail === "items" ? [0, 0] : [0, 1]);
            if (detail === "items") expect(cast.azure.requests.writes(/core\.windows\.net/)).to.equal(0);
        });
    }

    it("arrive whole though the copy is killed ten times", async () => {
        const world = new LakeWorld(cast, { together: true });
        await fill(world);
        const kills = fc.sample(
            fc.record({
                lived: fc.integer({ min: 1, max: 60 }),
                when: fc.constantFrom("before" as const, "after" as const),
            }),
            { numRuns: 10, seed: 7 },
        );
        for (const [index, { lived, when }] of kills.entries()) {
            const { signal, wrap } = new Kill(lived, when, []);
            await world
                .run(index < 3 ? "directories" : "blobs", { signal, wrap, forget: true })
                .catch(() => undefined);
            if (index === 2)
                expect(clean(await world.run("directories", { forget: true }))).to.deep.equal(faithful);
        }
        expect(clean(await world.run("blobs", { forget: true }))).to.deep.equal(faithful);
        expect(await world.read("target")).to.deep.equal(await world.read("source"));
    });

    it("get new access control without their content", async () => {
        const world = new LakeWorld(cast, { together: true });
        await world.container("lake");
        await world.upload("lake/d/f", "content");
        await world.run("directories");
        await world.run("blobs");
        await world.setAcl("lake/d/f", `user::rw-,group::r--,other::---,user:${bob}:r--`);
        for (const detail of ["items", "groups"] as const) {
            const { summary } = await world.run("blobs", { detail });
            if (detail === "items") expect([summary.updated, summary.paths.properties]).to.deep.equal([1, 1]);
        }
        expect(await world.read("target")).to.deep.equal(await world.read("source"));
    });

    it("lose principals of another tenant, unless they are mapped", async () => {
        const world = new LakeWorld(cast, { options: { principals: { [alice]: bob } } });
        await world.container("lake");
        await world.upload("lake/f", "content");
        await world.setAcl(
            "lake/f",
            `user::rw-,user:${alice}:r--,user:${carol}:rw-,group::r--,other::---`,
            alice,
        );
        const { losses } = await world.run("blobs");
        expect(losses.map(({ item, what }) => [item, what])).to.have.deep.members([
            ["lake/f", "access control"],
        ]);
        expect(losses[0]?.reason).to.contain(carol).and.not.contain(alice);
        const { owner, acl } = await world
            .lake("target")
            .getFileSystemClient("lake")
            .getFileClient("f")
            .getAccessControl();
        expect(owner).to.equal(bob);
        expect(acl.map(({ entityId }) => entityId).filter((id) => id !== "")).to.deep.equal([bob]);
        expect((await world.run("blobs")).summary).to.include({ same: 1, updated: 0 });
    });

    it("leave access control behind without the role for it, and say so; or fail where it must come along", async () => {
        const settings = { together: true, role: "Storage Blob Data Contributor" };
        const world = new LakeWorld(cast, settings);
        await world.container("lake");
        await world.upload("lake/d/f", "content");
        await world.setAcl("lake/d/f", "user::rw-,group::r--,other::r--", alice);
        const runs = [await world.run("directories"), await world.run("blobs")];
        expect(runs.map((run) => run.failures)).to.deep.equal([[], []]);
        expect(runs[1]?.losses.map(({ item, what }) => [item, what])).to.deep.equal([
            ["lake/d/f", "access control"],
        ]);
        const [item] = await itemsOf((await world.open("blobs", "target")).list());
        expect(item).to.not.have.property("placeholder");
        const strict = new LakeWorld(cast, { ...settings, options: { accessControl: true } });
        await strict.container("lake");
        await strict.upload("lake/f", "content");
        expect((await strict.run("blobs")).failures.map(({ error }) => error.code)).to.deep.equal([
            "AccessDenied",
        ]);
    });

    it("lose directories and access control into a flat account", async () => {
        const world = new LakeWorld(cast, { trees: { source: true, target: false } });
        await world.container("lake");
        for (const name of ["a/x", "a-b"]) await world.upload(`lake/${name}`, name);
        const directories = await world.run("directories");
        expect(directories.losses.map(({ item }) => item).sort()).to.deep.equal(["lake/a"]);
        const { losses, summary } = await world.run("blobs");
        expect(losses.map(({ item, what }) => [item, what])).to.have.deep.members([
            ["lake/a-b", "access control"],
            ["lake/a/x", "access control"],
        ]);
        expect(summary).to.include({ created: 2 });
        expect((await world.run("blobs")).summary).to.include({ same: 2 });
    });

    it("take what flat accounts hold, but not tags, page blobs and empty parts of names", async () => {
        const world = new LakeWorld(cast, { trees: { source: false, target: true } });
        await world.container("lake");
        for (const name of ["a/x", "a-b", "b//c"]) await world.upload(`lake/${name}`, name);
        const container = world.blobs("source").getContainerClient("lake");
        await container.getBlockBlobClient("a-b").setTags({ one: "1" });
        await container.getPageBlobClient("disk").create(512);
        for (const detail of ["items", "groups"] as const) {
            const { losses, failures, summary } = await world.run("blobs", { detail });
            expect(losses.map(({ item, what }) => [item, what])).to.have.deep.members([
                ["lake/a-b", "index tags"],
                ["lake/disk", "item"],
            ]);
            expect(failures.map(({ item, error }) => [item, error.code])).to.deep.equal([
                ["lake/b//c", "InvalidItem"],
            ]);
            expect(summary.created + summary.same).to.equal(2);
        }
    });

    it("are listed by name where only their blob endpoint is known, and no access control is asked for", async () => {
        const world = new LakeWorld(cast, { byBlobUrl: true });
        await world.container("lake");
        for (const name of ["a/x", "a-b", "a/b-c", "a/b/c"]) await world.upload(`lake/${name}`, name);
        const listed = await itemsOf((await world.open("blobs", "source")).list());
        expect(listed.map(({ name }) => name)).to.deep.equal([
            "lake/a-b",
            "lake/a/b-c",
            "lake/a/b/c",
            "lake/a/x",
        ]);
        expect(clean(await world.run("blobs"))).to.deep.equal(faithful);
        expect(await itemsOf((await world.open("directories", "source")).list())).to.deep.equal([]);
    });

    it("remove directories that are gone, the deepest first, and never one that somebody filled", async () => {
        const world = new LakeWorld(cast, { together: true });
        await world.container("lake");
        const files = world.lake("source").getFileSystemClient("lake");
        for (const name of ["a/b/c", "d/e"]) await files.getDirectoryClient(name).create();
        await world.run("directories");
        await world.upload("lake/d/e/theirs", "theirs", "target");
        for (const name of ["a", "d"]) await files.getDirectoryClient(name).delete(true);
        const { summary } = await world.run("directories", { prune: true });
        expect(summary).to.include({ pruned: 3, failed: 0 });
        expect(Object.keys(await world.read("target"))).to.deep.equal([
            "lake",
            "lake/d",
            "lake/d/e",
            "lake/d/e/theirs",
        ]);
    });

    it("never touch a directory or a root that somebody else has changed", async () => {
        const world = new LakeWorld(cast, { together: true });
        await world.container("lake");
        const lists = { source: `${basic},user:${alice}:r-x`, target: `${basic},user:${bob}:r-x` };
        for (const side of ["source", "target"] as const) {
            const files = world.lake(side).getFileSystemClient("lake");
            await files.getDirectoryClient("d").create();
            for (const path of ["", "d"])
                await files.getDirectoryClient(path).setAccessControl(toItems(lists[side]));
        }
        const before = await world.read("target");
        const { failures } = await world.run("directories");
        expect(failures.map(({ item, error }) => [item, error.code])).to.have.deep.members([
            ["lake", "Conflict"],
            ["lake/d", "Conflict"],
        ]);
        expect(await world.read("target")).to.deep.equal(before);
    });

    for (const detail of ["items", "groups"] as const) {
        it(`follow renames, which leave ETags and times as they are, with records by ${detail}`, async () => {
            const world = new LakeWorld(cast, { together: true });
            await world.container("lake");
            for (const name of ["a/x", "b/x"]) await world.upload(`lake/${name}`, `canary ${name}`);
            // Older than any watermark of the run, as files are that lie there for long.
            const later = (): number => Date.now() + 3_600_000;
            await world.run("directories", { detail });
            await world.run("blobs", { detail, now: later });
            const files = world.lake("source").getFileSystemClient("lake");
            await files.getDirectoryClient("a").move("c");
            await files.getDirectoryClient("b").move("a");
            const runs = [
                await world.run("directories", { detail, prune: detail === "items" }),
                await world.run("blobs", { detail, now: later }),
            ];
            expect(runs.map(({ failures }) => failures)).to.deep.equal([[], []]);
            const [source, target] = [await world.read("source"), await world.read("target")];
            // What is gone is kept.
            expect(target).to.deep.include(source);
            expect(target["lake/a/x"]).to.deep.include({ content: "canary b/x" });
        });
    }

    it("follow renames of files without MD5: by item always, by group where sizes differ", async () => {
        for (const [detail, followed] of [
            ["items", ["c", "b b"]],
            // Neither the service nor the record of a group tells the two apart.
            ["groups", ["a", "b b"]],
        ] as const) {
            const world = new LakeWorld(cast, { together: true });
            await world.container("lake");
            const files = world.lake("source").getFileSystemClient("lake");
            const contents = { same: "a", "same-later": "c", other: "a", "other-later": "b b" };
            for (const [name, content] of Object.entries(contents)) {
                // Files of the dfs endpoint have none.
                const file = files.getFileClient(name);
                await file.create();
                await file.append(content, 0, content.length);
                await file.flush(content.length);
            }
            const now = (): number => Date.now() + 3_600_000;
            await world.run("blobs", { detail, now });
            for (const name of ["same", "other"]) await files.getFileClient(`${name}-later`).move(name);
            const { failures } = await world.run("blobs", { detail, now });
            expect(failures).to.deep.equal([]);
            const target = await world.read("target");
            const arrived = ["same", "other"].map((name) => target[`lake/${name}`] as { content: string });
            expect(arrived.map(({ content }) => content)).to.deep.equal(followed);
        }
    });

    it("say what is wrong with an option before anything is read", async () => {
        const world = new LakeWorld(cast, { options: { principals: { [alice]: "" } } });
        expect(String(await failureOf(world.run("directories")))).to.contain("principals");
    });
});
