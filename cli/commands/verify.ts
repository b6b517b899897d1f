import type { PlannedReplica } from "../../components/tenant-plan.js";
import type { ElementType, Side } from "../../providers/core/contract.js";
import { openStore } from "../../providers/core/open.js";
import { describe } from "../../providers/core/pulumi/messages.js";
import { compareStores } from "../../providers/core/replication/compare.js";
import { forEachBounded } from "../../providers/core/replication/pool.js";
import { exitCodeOf, overall, type Status } from "../exit.js";
import type { Settings } from "../options.js";
import type { ComparisonCounts, ReplicaComparison } from "../run-events.js";
import type { Invocation } from "../invocation.js";
import { noSettings, planOf } from "../tenant.js";

/** Pairs that are compared at once. */
const concurrency = 4;

/** Compares both sides as they are now, and writes nothing. Answers with the exit code. */
export async function verify(settings: Settings, { sink, interrupt }: Invocation): Promise<number> {
    const plan = await planOf(settings, sink, interrupt.own);
    const statuses: Status[] = plan.unpaired.length === 0 ? [] : ["failed"];
    await forEachBounded(plan.replicas, { concurrency, signal: interrupt.own }, async (replica) => {
        const comparison = await compare(replica, settings, interrupt.own);
        statuses.push(comparison.status);
        sink({ type: "compared", replica: comparison });
    });
    return exitCodeOf(overall(statuses));
}

async function compare(
    replica: PlannedReplica,
    settings: Settings,
    signal: AbortSignal,
): Promise<ReplicaComparison> {
    const elements: ReplicaComparison["elements"][number][] = [];
    const statuses: Status[] = [];
    for (const name of replica.elements) {
        const element = replica.source.plugin.elements[name];
        if (element?.features.modes.includes(settings.mode) !== true) continue;
        try {
            const counts = await compareElement(replica, element, settings, signal);
            elements.push({ element: name, counts });
            statuses.push(statusOf(counts));
        } catch (error) {
            elements.push({ element: name, error: describe(error) });
            statuses.push("failed");
        }
    }
    const { name, source, target } = replica;
    return { replica: name, source: source.id, target: target.id, status: overall(statuses), elements };
}

async function compareElement(
    replica: PlannedReplica,
    element: ElementType,
    { mode }: Settings,
    signal: AbortSignal,
): Promise<ComparisonCounts> {
    const open = (side: Side) =>
        openStore({
            plugin: replica.source.plugin,
            element,
            reference: replica[side].id,
            side,
            mode,
            profileName: side,
            settings: noSettings,
            signal,
        });
    const [source, target] = await Promise.all([open("source"), open("target")]);
    return compareStores({
        element,
        mode,
        selection: {},
        source: source.store,
        target: target.store,
        signal,
    });
}

function statusOf({ equal, different, missing, unproven }: ComparisonCounts): Status {
    if (different + missing === 0) return "success";
    return equal + unproven > 0 ? "partial" : "failed";
}
