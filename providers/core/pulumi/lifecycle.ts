import { randomUUID } from "node:crypto";
import { parseReference } from "../references.js";
import { estimate } from "../estimate/estimate.js";
import { pricesFor } from "../estimate/prices.js";
import type { OpenedStore } from "../open.js";
import type { ElementEntry } from "../registry.js";
import { replicate } from "../replication/replicate.js";
import { canonicalJson, type Json } from "../json.js";
import type { Copied, ItemRecord, ReplicationResult, Summary } from "../replication/types.js";
import { argumentsOf, type ReplicaArguments } from "./arguments.js";
import { createEngineLog, type EngineLog } from "./engine-log.js";
import {
    describeFailure,
    describeLoss,
    describeRewritten,
    describeSummary,
    failureReasons,
    ReplicaError,
} from "./messages.js";
import { openSide, processSignal } from "./session.js";
import { providerSettings } from "./settings.js";
import { copiedOf, itemsOf, outputsOf, unlistedOf, urnOf } from "./state.js";
import { ensureAccess } from "./verify-access.js";

type Properties = Readonly<Record<string, unknown>>;

/** Final before the first copy: after a partial failure the engine keeps it. */
export function newId(entry: ElementEntry, target: string): string {
    const reference = parseReference(target);
    const name = reference.kind === "arm" ? reference.name : reference.url.hostname;
    return `${entry.key}/${name}/${randomUUID().slice(0, 8)}`;
}

/** Runs a replication and answers with the outputs. Throws a partial failure that the engine records. */
export async function runReplica(
    entry: ElementEntry,
    id: string,
    inputs: Properties,
    olds: Properties,
): Promise<Record<string, unknown>> {
    const unlisted = unlistedOf(inputs);
    if (unlisted !== undefined) throw new ReplicaError(unlisted);
    const parsed = argumentsOf(inputs);
    const log = createEngineLog(urnOf(inputs));
    const signal = processSignal();
    const source = await openSide(entry, "source", parsed, providerSettings(), signal);
    const target = await openSide(entry, "target", parsed, providerSettings(), signal);
    await ensureAccess({ entry, parsed, source, target, log, signal });
    const replicated = await replicate({
        element: entry.element,
        source: source.store,
        target: target.store,
        mode: parsed.mode,
        detail: parsed.detail ?? entry.element.features.detail,
        selection: selectionOf(parsed),
        ...(parsed.overrides === undefined ? {} : { overrides: parsed.overrides }),
        ...(parsed.rewrite === undefined ? {} : { rewrite: parsed.rewrite }),
        items: itemsOf(inputs),
        copied: usableRecords(olds, parsed, entry),
        options: parsed.options,
        onConflict: parsed.onConflict,
        prune: parsed.prune,
        ...(parsed.onDelete === "delete" ? { owner: id } : {}),
        accessTimeoutMilliseconds: parsed.accessTimeout * 1000,
        signal,
        onProgress: (event) => {
            log.progress(event.message);
        },
    });
    const result = { ...replicated, summary: withEstimate(entry, parsed, replicated, source, target) };
    const outputs = outputsOf(inputs, result, source.resource, target.resource);
    await finish(entry, parsed, result, log, id, outputs, inputs);
    return outputs;
}

/** Sets what the copy was to take beside what it took. */
function withEstimate(
    { plugin, element }: ElementEntry,
    { mode }: ReplicaArguments,
    { summary, volume }: ReplicationResult,
    source: OpenedStore,
    target: OpenedStore,
): Summary {
    const places = { source: source.resource.location, target: target.resource.location };
    return {
        ...summary,
        requests: source.meter.total.requests + target.meter.total.requests,
        estimate: estimate({
            element,
            mode,
            ...volume,
            prices: pricesFor(plugin, providerSettings()),
            places,
        }),
    };
}

/** The arguments that select items, in the shape that replication takes. */
export function selectionOf(parsed: ReplicaArguments) {
    return {
        ...(parsed.include === undefined ? {} : { include: parsed.include }),
        ...(parsed.exclude === undefined ? {} : { exclude: parsed.exclude }),
        ...(parsed.rename === undefined ? {} : { rename: parsed.rename }),
    };
}

/**
 * Records by name say nothing by group, and the other way round: a change of `detail` starts without them. With other
 * replacements the copies are still ours, but no longer what the source's contents become.
 */
function usableRecords(olds: Properties, parsed: ReplicaArguments, entry: ElementEntry): Copied {
    const before = (olds["detail"] as string | undefined) ?? entry.element.features.detail;
    const now = parsed.detail ?? entry.element.features.detail;
    if (before !== now) return {};
    const copied = copiedOf(olds);
    const rewrite = (value: unknown): string => canonicalJson((value ?? {}) as Json);
    return rewrite(olds["rewrite"]) === rewrite(parsed.rewrite) ? copied : withoutProof(copied);
}

function withoutProof(copied: Copied): Copied {
    const records = Object.entries(copied) as [string, ItemRecord][];
    return Object.fromEntries(
        records.map(([name, { rewritten: _unused, ...record }]) => [name, { ...record, source: "" }]),
    );
}

async function finish(
    entry: ElementEntry,
    parsed: ReplicaArguments,
    result: ReplicationResult,
    log: EngineLog,
    id: string,
    outputs: Record<string, unknown>,
    inputs: Properties,
): Promise<void> {
    await log.lasting(describeSummary(result.summary, entry.element.name));
    if (result.rewritten.length > 0) await log.lasting(describeRewritten(result.rewritten));
    for (const loss of result.losses) {
        await log.lasting(describeLoss(loss), loss.minor === true ? "info" : "warning");
    }
    if (result.failures.length === 0) return;
    if (parsed.onItemError === "warn") {
        for (const failure of result.failures) await log.lasting(describeFailure(failure), "warning");
        return;
    }
    const reasons = failureReasons(result);
    // The SDK takes a thrown `id` for a partial failure; without `__provider` the state could not be used again.
    throw Object.assign(new ReplicaError(reasons.join("\n")), {
        id,
        properties: { ...outputs, __provider: inputs["__provider"] },
        reasons,
    });
}
