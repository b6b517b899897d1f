import { expect } from "chai";
import { resourceChanges } from "../../../engine-support/index.js";
import { differences, failedWith, succeeded, textOf, type RecordedStack } from "./recorded-stack.js";
import { canary, countVersions, filesWith, readSecrets, type TestVault, type World } from "./world.js";

/** A replica of secrets through its whole life, in two tenants. */
export function secretsLife(world: () => World): void {
    describe("secrets: a whole life", () => {
        let source: TestVault;
        let target: TestVault;
        let stack: RecordedStack;
        const values: Record<string, string> = {
            "db-password": `${canary}-db`,
            "api-key": `${canary}-api`,
            certificate: `${canary}-certificate`,
        };
        const declare = (change: object = {}) =>
            stack.declare({
                app: {
                    type: "keyvault.Secrets",
                    source: source.id,
                    target: target.id,
                    mode: "replication",
                    accessTimeout: 1,
                    ...change,
                },
            });

        before(async () => {
            source = world().vault("production", "life-source");
            target = world().vault("staging", "life-target");
            for (const [name, value] of Object.entries(values)) {
                await source.secrets.setSecret(name, value, {
                    contentType: "text/plain",
                    tags: { team: "core" },
                });
            }
            stack = await world().stack("life");
            await declare();
        });
        after(() => stack[Symbol.asyncDispose]());
        beforeEach(() => {
            world().azure.requests.clear();
        });

        it("previews each item by name, and the plan in one line", async () => {
            const preview = succeeded(await stack.preview());
            for (const name of Object.keys(values)) expect(preview.stdout).to.include(name);
            expect(textOf(preview)).to.match(/would create 3/);
            expect(resourceChanges(preview.events)).to.include({ create: 2 });
            expect(world().azure.requests.writes(target.host), "writes").to.equal(0);
        });

        it("copies with up, and says what it did", async () => {
            const up = succeeded(await stack.up());
            expect(textOf(up)).to.match(/secrets: 3 created/);
            expect(await readSecrets(target)).to.deep.equal(values);
            const { properties } = await target.secrets.getSecret("db-password");
            expect(properties).to.deep.include({ contentType: "text/plain", tags: { team: "core" } });
            const { summary, copied, losses } = await stack.outputs("app");
            expect(summary).to.include({ created: 3, failed: 0, fidelity: 1 });
            expect(Object.keys(copied)).to.have.members(Object.keys(values));
            expect(losses).to.deep.equal([]);
        });

        it("has nothing to do the second time, and writes nothing", async () => {
            const up = succeeded(await stack.up());
            expect(resourceChanges(up.events)).to.deep.equal({ same: 2 });
            expect(world().azure.requests.writes(target.host)).to.equal(0);
            expect(world().azure.requests.writes(source.host)).to.equal(0);
        });

        it("takes another spelling of source and target for the same", async () => {
            await declare({
                source: `https://${source.host.toUpperCase()}/`,
                target: target.id.toLowerCase(),
            });
            const preview = succeeded(await stack.preview());
            expect(resourceChanges(preview.events)).to.deep.equal({ same: 2 });
            await declare();
        });

        it("shows exactly what changed, by name, and applies it", async () => {
            world().tick();
            values["api-key"] = `${canary}-api-rotated`;
            values["new-one"] = `${canary}-new`;
            await source.secrets.setSecret("api-key", values["api-key"], {
                contentType: "text/plain",
                tags: { team: "core" },
            });
            await source.secrets.setSecret("new-one", values["new-one"]);
            const preview = succeeded(await stack.preview());
            expect(differences(preview.events, "app")).to.deep.equal(["items.api-key", "items.new-one"]);
            expect(textOf(preview)).to.match(/would create 1, update 1, leave 2/);
            succeeded(await stack.up());
            expect(await readSecrets(target)).to.deep.equal(values);
            expect((await stack.outputs("app")).summary).to.include({ created: 1, updated: 1, same: 2 });
        });

        it("goes on after a partial failure where it stopped", async () => {
            world().tick();
            values["part-a"] = `${canary}-part-a`;
            values["part-b"] = `${canary}-part-b`;
            await source.secrets.setSecret("part-a", values["part-a"]);
            await source.secrets.setSecret("part-b", values["part-b"]);
            const fault = world().azure.faults.add({
                host: new RegExp(target.host),
                method: "PUT",
                path: /part-a/,
                kind: { type: "status", status: 400, code: "BadParameter" },
            });
            failedWith(await stack.up(), "part-a", "BadParameter", "1 failed", "run `pulumi up` again");
            fault.remove();
            expect(Object.keys(await readSecrets(target)))
                .to.include("part-b")
                .and.not.include("part-a");
            expect(Object.keys((await stack.outputs("app")).copied))
                .to.include("part-b")
                .and.not.include("part-a");

            world().azure.requests.clear();
            const up = succeeded(await stack.up());
            expect(resourceChanges(up.events)).to.include({ update: 1 });
            expect(world().azure.requests.writes(target.host), "only the failed one").to.equal(1);
            expect(await readSecrets(target)).to.deep.equal(values);
            expect(resourceChanges(succeeded(await stack.preview()).events)).to.deep.equal({ same: 2 });
        });

        it("shows drift after a refresh, and refuses to overwrite what somebody changed", async () => {
            world().tick();
            await target.secrets.setSecret("certificate", `${canary}-changed-by-hand`);
            await target.secrets.beginDeleteSecret("part-a");
            const refresh = succeeded(await stack.refresh());
            expect(differences(refresh.events, "app")).to.not.deep.equal([]);
            const preview = succeeded(await stack.preview());
            expect(differences(preview.events, "app")).to.deep.equal(["items.certificate", "items.part-a"]);
            failedWith(await stack.up(), "certificate", "onConflict");
            const found = await readSecrets(target);
            expect(found["part-a"], "made again").to.equal(values["part-a"]);
            expect(found["certificate"]).to.equal(`${canary}-changed-by-hand`);
        });

        it("overwrites when it is told to", async () => {
            await declare({ onConflict: "overwrite" });
            succeeded(await stack.up());
            expect(await readSecrets(target)).to.deep.equal(values);
            await declare();
            succeeded(await stack.up());
        });

        it("keeps what is gone at the source, unless it is told to prune", async () => {
            await source.secrets.beginDeleteSecret("new-one");
            delete values["new-one"];
            const preview = succeeded(await stack.preview());
            expect(differences(preview.events, "app")).to.deep.equal(["items.new-one"]);
            succeeded(await stack.up());
            expect(Object.keys(await readSecrets(target))).to.include("new-one");
            await target.secrets.setSecret("foreign", `${canary}-foreign`);
            await declare({ prune: true });
            succeeded(await stack.up());
            expect(await readSecrets(target)).to.deep.equal({ ...values, foreign: `${canary}-foreign` });
        });

        it("keeps the data when it is destroyed", async () => {
            const before = await readSecrets(target);
            succeeded(await stack.destroy());
            expect(await readSecrets(target)).to.deep.equal(before);
            expect((await stack.stack.exportState()).deployment.resources ?? []).to.deep.equal([]);
        });

        it("adopts its own copies when it comes back", async () => {
            succeeded(await stack.up());
            expect(world().azure.requests.writes(target.host)).to.equal(0);
            const { summary, copied } = await stack.outputs("app");
            expect(summary).to.include({ created: 0, same: 5 });
            expect(copied["db-password"]).to.include({ origin: "adopted" });
        });

        it("never wrote to the source", async () => {
            const versions = await countVersions(source);
            expect(versions).to.deep.equal({
                "db-password": 1,
                "api-key": 2,
                certificate: 1,
                "part-a": 1,
                "part-b": 1,
            });
        });

        it("left no value and no password anywhere", async () => {
            const needles = [canary, ...world().passwords];
            expect(await filesWith(stack.stack.folder, needles)).to.deep.equal([]);
            const state = JSON.stringify(await stack.stack.exportState());
            for (const text of [state, ...stack.printed]) {
                for (const needle of needles)
                    expect(text.includes(needle), needle.slice(0, 6)).to.equal(false);
            }
        });
    });
}
