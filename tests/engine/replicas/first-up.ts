import { join } from "node:path";
import { expect } from "chai";
import { resourceChanges } from "../../../engine-support/index.js";
import { succeeded, textOf, type RecordedStack } from "./recorded-stack.js";
import { canary, filesWith, type TestVault, type World } from "./world.js";

/** How late a new role acts, in seconds: 60 and more in Azure. */
const roleDelaySeconds = Number(process.env.TEST_ROLE_DELAY_SECONDS ?? "5");

/** The example that makes a vault, the right to write to it, the replica and an app that reads a secret of it. */
export function firstUp(world: () => World): void {
    describe("the first update of everything", () => {
        let source: TestVault;
        let stack: RecordedStack;

        before(async () => {
            source = world().vault("production", "example-source");
            for (const name of ["db-password", "api-key", "smtp-password", "unrelated"]) {
                await source.secrets.setSecret(name, `${canary}-example-${name}`);
            }
            stack = await world().stack("example", {
                program: {
                    folder: join(__dirname, "..", "..", "..", "examples", "secrets-beside-infrastructure"),
                },
                config: {
                    "azure-native:location": "westeurope",
                    "secrets-beside-infrastructure:sourceVault": source.id,
                    "secrets-beside-infrastructure:smtpPassword": { secret: `${canary}-smtp-of-staging` },
                },
            });
            world().azure.roles.delayMilliseconds = roleDelaySeconds * 1000;
        });
        after(async () => {
            world().azure.roles.delayMilliseconds = 0;
            await stack[Symbol.asyncDispose]();
        });

        it("shows the items while the vault is not there yet", async () => {
            const preview = succeeded(await stack.preview());
            expect(preview.stdout).to.include("db-password").and.include("smtp-password");
            expect(preview.stdout).to.not.include("unrelated");
            expect(textOf(preview))
                .to.match(/would create 3/)
                .and.not.include("server-side");
        });

        it("waits for the role, and copies in the same update", async () => {
            const up = succeeded(await stack.up());
            expect(textOf(up)).to.match(/secrets: 3 created/);
            const { vaultId, databasePassword, copied } = await stack.stack.outputs();
            expect(copied).to.include({ created: 3, failed: 0 });
            const name = String(vaultId).split("/").at(-1) ?? "";
            expect(databasePassword).to.equal(`https://${name}.vault.azure.net/secrets/db-password`);
            const sites = world().azure.requests.filter(
                ({ method, path }) => method === "PUT" && path.includes("/config/appsettings"),
            );
            expect(sites).to.have.lengthOf(1);
            const target = world().inspect(name);
            expect((await target.getSecret("smtp-password")).value).to.equal(`${canary}-smtp-of-staging`);
            expect((await target.getSecret("db-password")).value).to.equal(`${canary}-example-db-password`);
        });

        it("has nothing to do the second time", async () => {
            world().azure.requests.clear();
            const up = succeeded(await stack.up());
            expect(Object.keys(resourceChanges(up.events))).to.deep.equal(["same"]);
        });

        it("left no value anywhere", async () => {
            expect(await filesWith(stack.stack.folder, [canary, ...world().passwords])).to.deep.equal([]);
            expect(stack.printed.filter((text) => text.includes(canary))).to.deep.equal([]);
        });
    });
}
