import type { Side } from "../../providers/core/contract.js";
import { openStore, type OpenedStore } from "../../providers/core/open.js";
import { planPreview } from "../../providers/core/replication/plan.js";
import { replicate } from "../../providers/core/replication/replicate.js";
import type { Copied, ItemsByName, ReplicationResult } from "../../providers/core/replication/types.js";
import { plugin } from "../../providers/keyvault/index.js";
import { median } from "../report.js";
import type { Job, JobResult } from "./messages.js";
import { officialClient } from "./official.js";

const rounds = 5;

interface Opened {
    readonly source: OpenedStore;
    readonly target: OpenedStore;
}

/** Plans and replicates, as a preview and an update do; the plan's time is not counted. */
export async function replicateOnce(job: Job): Promise<JobResult> {
    const { items, estimate } = await previewed(await openBoth(job));
    const started = performance.now();
    const opened = await openBoth(job);
    const result = await runReplica(job, opened, items, {});
    return { ...resultOf(result, (performance.now() - started) / 1000), estimate };
}

/** Replicates, and then again and again what is there already, in turns with the bare paging. Medians. */
export async function replicateAgain(job: Job): Promise<JobResult> {
    const first = await openBoth(job);
    const { items } = await previewed(first);
    const { copied } = await runReplica(job, first, items, {});
    const clients = [officialClient(job.sourceUrl, "SOURCE"), officialClient(job.targetUrl, "TARGET")];
    const seconds: number[] = [];
    const listing: number[] = [];
    let last: JobResult | undefined;
    for (let round = 0; round <= rounds; round += 1) {
        const beforePaging = performance.now();
        await Promise.all(
            clients.map(async (client) => {
                for await (const _ of client.listPropertiesOfSecrets().byPage({ maxPageSize: 25 }));
            }),
        );
        const before = performance.now();
        const opened = await openBoth(job);
        const result = await runReplica(job, opened, items, copied);
        last = resultOf(result, (performance.now() - before) / 1000);
        // The first round signs the clients in.
        if (round === 0) continue;
        listing.push((before - beforePaging) / 1000);
        seconds.push(last.seconds);
    }
    if (last === undefined) throw new Error("no round was run");
    return { ...last, seconds: median(seconds), listing: median(listing) };
}

async function openBoth(job: Job): Promise<Opened> {
    const [source, target] = await Promise.all([open(job, "source"), open(job, "target")]);
    return { source, target };
}

function secretsElement() {
    const element = plugin.elements.secrets;
    if (element === undefined) throw new Error("Key Vault has no secrets");
    return element;
}

function open(job: Job, side: Side): Promise<OpenedStore> {
    return openStore({
        plugin,
        element: secretsElement(),
        reference: side === "source" ? job.source : job.target,
        side,
        mode: "replication",
        profileName: side,
        settings: { get: () => undefined },
        options: optionsOf(job),
    });
}

function optionsOf(job: Job): Readonly<Record<string, unknown>> {
    return job.allVersions ? { versions: "all" } : {};
}

async function previewed({ source, target }: Opened): Promise<{ items: ItemsByName; estimate: number }> {
    const items: ItemsByName = {};
    const plan = await planPreview({
        element: secretsElement(),
        mode: "replication",
        selection: {},
        source: (async function* () {
            for await (const item of source.store.list()) {
                items[item.name] = item.version;
                yield item;
            }
        })(),
        target: target.store.list(),
    });
    return { items, estimate: plan.estimate.seconds };
}

function runReplica(
    job: Job,
    { source, target }: Opened,
    items: ItemsByName,
    copied: Copied,
): Promise<ReplicationResult> {
    return replicate({
        element: secretsElement(),
        source: source.store,
        target: target.store,
        mode: "replication",
        detail: "items",
        selection: {},
        items,
        copied,
        onConflict: "fail",
        prune: false,
        accessTimeoutMilliseconds: 0,
        signal: new AbortController().signal,
        options: optionsOf(job),
    });
}

function resultOf({ failures }: ReplicationResult, seconds: number): JobResult {
    for (const { item, error } of failures.slice(0, 3)) console.error(item, error.message);
    return { seconds, failed: failures.length };
}
