import { expect } from "chai";
import { failedWith, succeeded, textOf, type RecordedStack, type ReplicaConfig } from "./recorded-stack.js";
import { canary, filesWith, readSecrets, type TestVault, type World } from "./world.js";

const given = `${canary}-given-by-the-user`;

/** What the settings of a replica change; many replicas in one stack, since each command costs seconds. */
export function variants(world: () => World): void {
    describe("settings of replicas", () => {
        const pairs: Record<string, { source: TestVault; target: TestVault }> = {};
        let stack: RecordedStack;
        let replicas: Record<string, ReplicaConfig>;

        const pair = (name: string) => {
            const found = pairs[name];
            if (found === undefined) throw new Error(`no pair ${name}`);
            return found;
        };

        before(async () => {
            for (const name of ["template", "owned", "warned", "skipped", "renamed"]) {
                const source = world().vault("production", `${name}-source`);
                const target = world().vault("staging", `${name}-target`);
                pairs[name] = { source, target };
                for (const secret of ["one", "two"]) {
                    await source.secrets.setSecret(secret, `${canary}-${name}-${secret}`);
                }
            }
            await pair("owned").target.secrets.setSecret("two", `${canary}-owned-two`);
            await pair("owned").target.secrets.setSecret("foreign", `${canary}-foreign`);
            await pair("skipped").target.secrets.setSecret("two", `${canary}-somebody-else`);
            const of = (name: string, change: object = {}): ReplicaConfig => ({
                type: "keyvault.Secrets",
                source: pair(name).source.id,
                target: pair(name).target.id,
                mode: "replication",
                accessTimeout: 1,
                ...change,
            });
            replicas = {
                template: of("template", { mode: "template" }),
                owned: of("owned", { onDelete: "delete" }),
                warned: of("warned", { onItemError: "warn" }),
                skipped: of("skipped", { onConflict: "skip" }),
                renamed: of("renamed", { rename: { one: "first" } }),
            };
            stack = await world().stack("variants");
            await stack.declare(replicas, { renamed: { two: given } });
        });
        after(() => stack[Symbol.asyncDispose]());

        it("lets the stack go on after a failed item where it is told to, and warns", async () => {
            world().azure.requests.clear();
            const fault = world().azure.faults.add({
                host: /warned-target/,
                method: "PUT",
                path: /two/,
                kind: { type: "status", status: 400, code: "BadParameter" },
            });
            const up = succeeded(await stack.up());
            fault.remove();
            expect(textOf(up)).to.match(/warning: .*two.*BadParameter/);
            expect(await readSecrets(pair("warned").target)).to.deep.equal({ one: `${canary}-warned-one` });
        });

        it("template mode makes disabled names and reads no value", async () => {
            expect(await readSecrets(pair("template").target)).to.deep.equal({
                one: "(disabled)",
                two: "(disabled)",
            });
            const reads = world().azure.requests.filter(
                ({ host, path }) => host === pair("template").source.host && /^\/secrets\/[^?]/.test(path),
            );
            expect(reads).to.deep.equal([]);
        });

        it("skips a conflict where it is told to", async () => {
            expect(await readSecrets(pair("skipped").target)).to.deep.equal({
                one: `${canary}-skipped-one`,
                two: `${canary}-somebody-else`,
            });
        });

        it("renames, and takes contents from the user", async () => {
            expect(await readSecrets(pair("renamed").target)).to.deep.equal({
                first: `${canary}-renamed-one`,
                two: given,
            });
        });

        it("tries again what failed, supersedes placeholders, and deletes what is its own", async () => {
            world().tick();
            const { owned: _gone, ...rest } = replicas;
            const replication = { ...rest["template"], type: "keyvault.Secrets", mode: "replication" };
            await stack.declare({ ...rest, template: replication }, { renamed: { two: given } });
            succeeded(await stack.up());
            expect(await readSecrets(pair("warned").target)).to.deep.equal({
                one: `${canary}-warned-one`,
                two: `${canary}-warned-two`,
            });
            expect(await readSecrets(pair("template").target)).to.deep.equal({
                one: `${canary}-template-one`,
                two: `${canary}-template-two`,
            });
            // "two" was there before and is only adopted.
            expect(await readSecrets(pair("owned").target)).to.deep.equal({
                two: `${canary}-owned-two`,
                foreign: `${canary}-foreign`,
            });
        });

        it("refuses two replicas that would write the same", async () => {
            const { skipped } = replicas;
            if (skipped === undefined) throw new Error("no replica");
            await stack.declare({ skipped, again: { ...skipped, include: ["t*"] } });
            failedWith(await stack.preview(), "skipped", "again", `"two"`, "include");
        });

        it("left no value anywhere, not even those that the user gave", async () => {
            const needles = [canary, ...world().passwords];
            expect(await filesWith(stack.stack.folder, needles)).to.deep.equal([]);
            expect(
                stack.printed.filter((text) => needles.some((needle) => text.includes(needle))),
            ).to.deep.equal([]);
        });
    });
}
