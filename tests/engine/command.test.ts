import { rm } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../engine-support/environment.js";
import { Stack } from "../../engine-support/index.js";
import { createFolder } from "../../engine-support/workspace.js";
import { badInput } from "./command/bad-input.js";
import { azureDataplane, eventsOf, resultOf, statusesOf, type Finished } from "./command/run.js";
import {
    canary,
    filesWith,
    readBlobs,
    readSecrets,
    World,
    type TestAccount,
    type TestVault,
} from "./replicas/world.js";

const group = "engine";

/** Each run starts the command and the engine, which takes seconds: so a few runs show many things. */
describe("the command azure-dataplane on the real engine", () => {
    let world: World;
    let folder: string;
    let shop: { source: TestVault; target: TestVault };
    let broken: { source: TestVault; target: TestVault };
    let media: { source: TestAccount; target: TestAccount };
    const printed: string[] = [];

    before(async () => {
        world = await World.start();
        folder = await createFolder("command");
        const vaults = (name: string) => ({
            source: world.vault("production", `${name}-prod`),
            target: world.vault("staging", `${name}-staging`),
        });
        shop = vaults("shop");
        broken = vaults("broken");
        media = {
            source: world.account("production", "mediaprod"),
            target: world.account("staging", "mediastaging"),
        };
        world.vault("production", "lonely");
        const { production } = world.azure.tenants;
        const plan = `/subscriptions/${production.subscription.id}/resourceGroups/${group}/providers/Microsoft.Web/serverfarms/plan`;
        world.azure.arm.put(plan, { sku: { name: "B1" } });
        for (const { source } of [shop, broken]) {
            for (const name of ["one", "two"])
                await source.secrets.setSecret(name, `${canary}-${source.host}-${name}`);
        }
        const { containerClient } = await media.source.blobs.createContainer("photos");
        await containerClient.getBlockBlobClient("a.jpg").upload("picture", 7);
    });
    after(async () => {
        await world.stop();
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    });
    afterEach(() => {
        world.azure.faults.clear();
    });

    const scope = () => {
        const { production, staging } = world.azure.tenants;
        return [
            ...[
                "--source-subscription",
                production.subscription.id,
                "--target-subscription",
                staging.subscription.id,
            ],
            ...["--resource-group", group, "--rename", "prod=staging", "--exclude", "lonely"],
            ...["--contents", "secrets,blobs", "--dataplane-mode", "replication"],
        ];
    };
    const run = async (
        args: readonly string[],
        environment: Record<string, string> = {},
    ): Promise<Finished> => {
        const finished = await azureDataplane(args, {
            folder,
            environment: { ...world.environment(), ...environment },
        });
        printed.push(finished.stdout, finished.stderr);
        return finished;
    };
    const deploy = () => run(["deploy", ...scope(), "--yes", "--json", "--access-timeout", "1"]);

    it("says what the source holds, and what it does not support", async () => {
        const found = await run(["discover", ...scope(), "--json"]);
        expect(found.exitCode, found.stderr).to.equal(0);
        const counts = eventsOf(found).flatMap((event) =>
            event.type === "found"
                ? event.resource.elements.map(({ element, items }) => [
                      `${event.resource.id.split("/").at(-1) ?? ""}/${element}`,
                      items,
                  ])
                : [],
        );
        expect(Object.fromEntries(counts)).to.deep.equal({
            "shop-prod/secrets": 2,
            "broken-prod/secrets": 2,
            "mediaprod/containers": 1,
            "mediaprod/blobs": 1,
        });
        expect(eventsOf(found)).to.deep.include({
            type: "unsupported",
            resourceType: "Microsoft.Web/serverfarms",
            count: 1,
        });
    });

    it("previews without writing anything, not even a stack", async () => {
        world.azure.requests.clear();
        const preview = await run(["preview", ...scope()]);
        expect(preview.exitCode, preview.stdout + preview.stderr).to.equal(0);
        expect(preview.stdout)
            .to.match(/keyvault-shop-prod-secrets: would create 2/)
            .and.match(/storage-mediaprod-blobs: would create 1/);
        expect(world.azure.requests.filter(({ write }) => write)).to.deep.equal([]);
        const stacks = execFileSync("ls", ["-A", join(folder, "state")], { encoding: "utf8" });
        expect(stacks).to.not.contain("stacks");
    });

    it("does the rest where one source can't be listed and one target is forbidden, and says which and why", async () => {
        world.azure.faults.add({
            host: /broken-prod/,
            path: /secrets/,
            kind: { type: "status", status: 403, code: "Forbidden" },
        });
        world.revoke(media.target.id);
        const up = await deploy();
        expect(up.exitCode, up.stdout + up.stderr).to.equal(3);
        const result = resultOf(up);
        expect(result.status).to.equal("partial");
        expect(statusesOf(result)).to.deep.equal({
            "keyvault-shop-prod": "success",
            "keyvault-broken-prod": "failed",
            // An owner may make containers, not write blobs.
            "storage-mediaprod": "partial",
        });
        expect(await readSecrets(shop.target)).to.deep.equal(await readSecrets(shop.source));
        const errors = JSON.stringify(result.replicas);
        expect(errors)
            .to.match(/broken-prod/)
            .and.match(/Storage Blob Data/);
    });

    it("copies what was missing in the next run, and nothing else", async () => {
        world.grant("Storage Blob Data Owner", media.target.id);
        world.azure.requests.clear();
        const up = await deploy();
        expect(up.exitCode, up.stdout + up.stderr).to.equal(0);
        const writes = world.azure.requests.filter(
            ({ write, host }) => write && host !== "management.azure.com",
        );
        expect(new Set(writes.map(({ host }) => host))).to.deep.equal(
            new Set([broken.target.host, media.target.host]),
        );
        expect(await readSecrets(broken.target)).to.deep.equal(await readSecrets(broken.source));
        expect(await readBlobs(media.target)).to.deep.equal({ "photos/a.jpg": "picture" });
    });

    it("writes nothing in a run with nothing to do, and verifies both sides", async () => {
        world.azure.requests.clear();
        const up = await deploy();
        expect(up.exitCode, up.stdout + up.stderr).to.equal(0);
        const verified = await run(["verify", ...scope(), "--json"]);
        expect(verified.exitCode, verified.stdout + verified.stderr).to.equal(0);
        const compared = eventsOf(verified).flatMap((event) =>
            event.type === "compared" ? event.replica.elements.map(({ counts }) => counts?.equal) : [],
        );
        expect(compared.sort()).to.deep.equal([1, 1, 2, 2]);
        expect(world.azure.requests.filter(({ write }) => write)).to.deep.equal([]);
    });

    it("verify names what differs", async () => {
        await shop.target.secrets.setSecret("one", `${canary}-changed`);
        await media.target.blobs.getContainerClient("photos").deleteBlob("a.jpg");
        const verified = await run(["verify", ...scope()]);
        expect(verified.exitCode, verified.stdout + verified.stderr).to.equal(3);
        expect(verified.stdout)
            .to.match(/secrets: 1 equal, 1 different/)
            .and.match(/blobs: 1 missing/);
    });

    it("generates a program that compiles and runs", async () => {
        const generated = await run(["generate", ...scope(), "--out", "generated"]);
        expect(generated.exitCode, generated.stderr).to.equal(0);
        const out = join(folder, "generated");
        const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
        const flags = ["--noEmit", "--skipLibCheck", "--types", "node", "-p", "."];
        execFileSync(process.execPath, [compiler, ...flags], { cwd: out, stdio: "pipe" });
        await using stack = await Stack.create({
            program: { folder: out },
            environment: world.environment(),
        });
        const preview = await stack.preview();
        expect(preview.exitCode, preview.stdout).to.equal(0);
        const said = preview.events.map(({ diagnosticEvent }) => diagnosticEvent?.message ?? "").join("\n");
        expect(said).to.match(/would create 1, update 0, leave 0/);
    });

    it("stops in order at Ctrl-C, says how to go on, and goes on", async () => {
        await shop.source.secrets.setSecret("three", `${canary}-three`);
        world.azure.faults.add({
            host: /shop-staging/,
            method: "PUT",
            kind: { type: "latency", milliseconds: 1_500 },
        });
        const args = ["deploy", ...scope(), "--yes", "--on-conflict", "overwrite"];
        const stopped = await azureDataplane(args, {
            folder,
            environment: world.environment(),
            onLine: (line, interrupt) => {
                if (/^keyvault-shop-prod-secrets: (create|update)/.test(line)) interrupt();
            },
        });
        expect(stopped.exitCode, stopped.stdout + stopped.stderr).to.equal(130);
        expect(stopped.stderr).to.contain("Run the same command again to go on");
        world.azure.faults.clear();
        const again = await run(args);
        expect(again.exitCode, again.stdout + again.stderr).to.equal(0);
        expect(await readSecrets(shop.target)).to.deep.equal(await readSecrets(shop.source));
    });

    it("deploys the user's own program first, then what belongs into it", async () => {
        const made = world.vault("production", "made-prod");
        await made.secrets.setSecret("app-key", `${canary}-made`);
        const { staging } = world.azure.tenants;
        world.grant(
            "Key Vault Secrets Officer",
            `/subscriptions/${staging.subscription.id}/resourceGroups/${group}`,
        );
        const program = `
            import * as keyvault from "@pulumi/azure-native/keyvault";
            new keyvault.Vault("made", {
                resourceGroupName: "${group}",
                vaultName: "made-staging",
                location: "westeurope",
                properties: {
                    tenantId: "${staging.id}",
                    sku: { family: "A", name: "standard" },
                    enableRbacAuthorization: true,
                },
            });`;
        await using stack = await Stack.create({ program, environment: world.environment() });
        const deployWith = (name: string) =>
            azureDataplane(
                [
                    ...[
                        "deploy",
                        ...scope(),
                        "--include",
                        "made-prod",
                        "--yes",
                        "--iac-dir",
                        stack.programFolder,
                    ],
                    ...["--stack", name],
                ],
                { folder: stack.folder, environment: world.environment() },
            );
        const none = await deployWith("none");
        expect(none.exitCode, none.stdout).to.equal(1);
        expect(none.stderr).to.match(/no stack "none" .*\(there are dev\).*pulumi stack init none/);
        const up = await deployWith("dev");
        expect(up.exitCode, up.stdout + up.stderr).to.equal(0);
        expect(await readSecrets({ ...made, secrets: world.inspect("made-staging") })).to.deep.equal({
            "app-key": `${canary}-made`,
        });
    });

    it("is there in a program as TenantReplica, which finds its pairs when it runs", async () => {
        const { production, staging } = world.azure.tenants;
        const program = `
            import { TenantReplica } from "pulumi-azure-dataplane";
            const tenant = new TenantReplica("tenant", {
                source: { subscription: "${production.subscription.id}", resourceGroup: "${group}" },
                target: { resourceGroup: "/subscriptions/${staging.subscription.id}/resourceGroups/${group}" },
                pairing: { rename: { prod: "staging" } },
                contents: ["secrets"],
                mode: "replication",
            });
            export const { pairs, unpaired, unsupported } = tenant;`;
        await using stack = await Stack.create({ program, environment: world.environment() });
        const up = await stack.up();
        expect(up.exitCode, up.stdout).to.equal(0);
        const { pairs, unpaired, unsupported } = await stack.outputs();
        expect(pairs).to.include({ [shop.source.id]: shop.target.id, [broken.source.id]: broken.target.id });
        expect(Object.keys(unpaired as object).map((id) => id.split("/").at(-1))).to.include("lonely");
        expect(unsupported).to.deep.equal({ "Microsoft.Web/serverfarms": 1 });
        const { deployment } = await stack.exportState();
        const names = (deployment.resources ?? []).map(({ urn }) => urn.split("::").at(-1));
        expect(names).to.include.members(["keyvault-shop-prod-secrets", "keyvault-broken-prod-secrets"]);
    });

    badInput(
        () => world,
        () => folder,
    );

    it("prints no secret, whatever went wrong", async () => {
        const secrets = [canary, ...world.passwords];
        for (const text of printed) for (const secret of secrets) expect(text).to.not.contain(secret);
        expect(await filesWith(folder, secrets)).to.deep.equal([]);
    });
});
