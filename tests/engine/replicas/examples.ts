import { symlink, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { succeeded, textOf } from "./recorded-stack.js";
import { canary, readBlobs, readSecrets, type World } from "./world.js";

const root = join(__dirname, "..", "..", "..");

/** The examples that have no test of their own elsewhere, as a user would copy them. */
export function examples(world: () => World): void {
    describe("the examples", () => {
        it("storage-account: makes an account and copies the chosen containers into it", async () => {
            const source = world().account("production", "examplemedia");
            for (const name of ["photos", "documents", "logs"]) {
                const { containerClient } = await source.blobs.createContainer(name);
                for (const path of ["a.txt", "tmp/b.txt"]) {
                    await containerClient
                        .getBlockBlobClient(path)
                        .upload(`${name}/${path}`, name.length + 1 + path.length);
                }
            }
            await using stack = await world().stack("media-example", {
                program: { folder: join(root, "examples", "storage-account") },
                config: { "azure-native:location": "westeurope", "storage-account:sourceAccount": source.id },
            });
            const up = succeeded(await stack.up());
            expect(textOf(up))
                .to.match(/containers: 2 created/)
                .and.match(/blobs: 2 created/);
            const outputs = await stack.stack.outputs();
            expect(outputs["blobs"]).to.include({ created: 2, failed: 0, fidelity: 1 });
            world().azure.requests.clear();
            expect(textOf(succeeded(await stack.up()))).to.match(/unchanged/);
        });

        it("whole-vault: makes a vault and copies all that another one holds into it", async () => {
            const source = world().vault("production", "example-whole");
            for (const host of ["old", "prod"]) {
                await source.secrets.setSecret("connection", `${canary};Server=${host}.database.windows.net`);
                world().tick();
            }
            await source.keys.createKey("wrapping", "RSA", { keySize: 2048 });
            await (
                await source.certificates.beginCreateCertificate(
                    "web",
                    { issuerName: "Self", subject: "CN=contoso.com" },
                    { intervalInMs: 10 },
                )
            ).pollUntilDone();
            await using stack = await world().stack("whole-example", {
                program: { folder: join(root, "examples", "whole-vault") },
                config: { "azure-native:location": "westeurope", "whole-vault:sourceVault": source.id },
            });
            const up = succeeded(await stack.up());
            expect(textOf(up))
                .to.match(/secrets: 1 created/)
                .and.match(/certificates: 1 created/);
            const { vaultId, fidelity, losses } = await stack.stack.outputs();
            expect(fidelity).to.deep.equal([1, 0, 1]);
            expect(losses).to.have.length(2);
            const target = world().inspect(String(vaultId).split("/").at(-1) ?? "");
            expect((await target.getSecret("connection")).value).to.equal(
                `${canary};Server=staging.database.windows.net`,
            );
            world().azure.requests.clear();
            expect(textOf(succeeded(await stack.up()))).to.match(/unchanged/);
        });

        it("config-only: replicates what stack configuration names, without code", async () => {
            const vaults = [
                world().vault("production", "config-source"),
                world().vault("staging", "config-target"),
            ] as const;
            const accounts = [
                world().account("production", "configsource"),
                world().account("staging", "configtarget"),
            ] as const;
            await vaults[0].secrets.setSecret("app-key", `${canary}-config`);
            await vaults[0].secrets.setSecret("legacy-key", `${canary}-legacy`);
            const { containerClient } = await accounts[0].blobs.createContainer("photos");
            await containerClient.getBlockBlobClient("one.jpg").upload("one", 3);
            await using stack = await world().stack("config-example", {
                program: { folder: join(root, "examples", "config-only") },
                config: {
                    "azure-dataplane:replicas": [
                        {
                            type: "KeyVaultReplica",
                            name: "app",
                            source: vaults[0].id,
                            target: vaults[1].id,
                            mode: "replication",
                            exclude: ["legacy-*"],
                        },
                        {
                            type: "StorageReplica",
                            name: "media",
                            source: "https://configsource.blob.core.windows.net",
                            target: "https://configtarget.blob.core.windows.net",
                            containers: ["photos"],
                            mode: "replication",
                        },
                    ],
                },
            });
            // What `npm install` would do in the copied folder.
            const modules = join(stack.stack.programFolder, "node_modules");
            await mkdir(modules, { recursive: true });
            await symlink(root, join(modules, "pulumi-azure-dataplane"));
            succeeded(await stack.up());
            expect(await readSecrets(vaults[1])).to.deep.equal({ "app-key": `${canary}-config` });
            expect([...Object.keys(await readBlobs(accounts[1]))]).to.deep.equal(["photos/one.jpg"]);
        });
    });
}
