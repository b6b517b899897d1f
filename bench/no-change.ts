import { World } from "../tests/engine/replicas/world.js";
import { succeeded } from "../tests/engine/replicas/recorded-stack.js";
import { median, type Measured } from "./report.js";

const secretCount = 200;
const blobCount = 1_000;
const rounds = 5;

/** A resource group beside the replicas, so that both programs load azure-native and have something to check. */
const program = `
    import * as resources from "@pulumi/azure-native/resources";
    import * as pulumi from "@pulumi/pulumi";
    import * as dataplane from "pulumi-azure-dataplane";

    new resources.ResourceGroup("bench", { location: "westeurope" });
    const wanted = new pulumi.Config("bench").getObject<{ vaults: string[]; accounts: string[] }>("replicas");
    if (wanted !== undefined) {
        const [from, to] = wanted.vaults;
        new dataplane.keyvault.Secrets("secrets", { source: from!, target: to!, mode: "replication" });
        const [source, target] = wanted.accounts;
        new dataplane.StorageReplica("media", { source: source!, target: target!, mode: "replication", policies: false });
    }
`;

/**
 * What our resources add to a `pulumi up` that has nothing to do: the same program with and without them, interleaved,
 * medians of five.
 */
export async function noChange(): Promise<Measured[]> {
    const world = await World.start();
    try {
        const result = await measure(world);
        return [{ name: "no-change", ...result, secrets: secretCount, blobs: blobCount, rounds }];
    } finally {
        await world.stop();
    }
}

async function measure(world: World): Promise<{ with: number; without: number; added: number }> {
    const vaults = [
        world.vault("production", "bench-source"),
        world.vault("staging", "bench-target"),
    ] as const;
    const accounts = [
        world.account("production", "benchsource"),
        world.account("staging", "benchtarget"),
    ] as const;
    await inBatches(secretCount, (number) =>
        vaults[0].secrets.setSecret(`secret-${String(number)}`, "value"),
    );
    const { containerClient } = await accounts[0].blobs.createContainer("many");
    await inBatches(blobCount, (number) =>
        containerClient.getBlockBlobClient(`blob-${String(number)}`).upload("x", 1),
    );
    const replicas = { vaults: vaults.map(({ id }) => id), accounts: accounts.map(({ id }) => id) };
    await using ours = await world.stack("with", { program, config: { "bench:replicas": replicas } });
    await using bare = await world.stack("without", { program });
    const seconds: Record<"with" | "without", number[]> = { with: [], without: [] };
    for (let round = 0; round <= rounds; round += 1) {
        for (const [name, stack] of [
            ["with", ours],
            ["without", bare],
        ] as const) {
            const started = performance.now();
            succeeded(await stack.up());
            // The first round makes everything.
            if (round > 0) seconds[name].push((performance.now() - started) / 1000);
        }
    }
    const [withUs, without] = [median(seconds.with), median(seconds.without)];
    return { with: withUs, without, added: withUs - without };
}

async function inBatches(count: number, work: (number: number) => Promise<unknown>): Promise<void> {
    for (let start = 0; start < count; start += 25) {
        const size = Math.min(25, count - start);
        await Promise.all(Array.from({ length: size }, (_, index) => work(start + index)));
    }
}
