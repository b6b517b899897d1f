import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Summary } from "../providers/core/replication/types.js";
import type { PlannedReplica } from "../components/tenant-plan.js";
import { overall, type Status } from "./exit.js";
import { isReplica, plainText, resourceName } from "./engine-events.js";
import type { ElementResult, ReplicaResult } from "./run-events.js";

/** A resource of an exported state, as far as results are read from it. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly parent?: string;
    readonly outputs?: Readonly<Record<string, unknown>>;
    /** What a partial failure left to be told. */
    readonly initErrors?: readonly string[];
}

/** What the engine did with one resource. */
interface Step {
    readonly type: string;
    readonly parent: string | undefined;
    readonly operation: string;
    readonly failed: boolean;
}

/**
 * What became of each replica: from what the engine reported, and from the state that the run left behind. A step that
 * failed may have done a part of its work: then the state has a summary of this run beside what failed.
 */
export function outcomesOf(
    replicas: readonly PlannedReplica[],
    events: readonly EngineEvent[],
    state: readonly StateResource[],
): ReplicaResult[] {
    const steps = stepsOf(events);
    const errors = errorsOf(events);
    const byUrn = new Map(state.map((resource) => [resource.urn, resource]));
    return replicas.map((replica) => {
        const own = [...steps].filter(
            ([, { parent }]) => parent !== undefined && resourceName(parent) === replica.name,
        );
        const elements = own.map(([urn, step]) =>
            elementResult(replica, urn, step, byUrn.get(urn), errors.get(urn) ?? []),
        );
        const reached = new Set(elements.map(({ element }) => element));
        const all = [
            ...elements,
            ...replica.elements
                .filter((element) => !reached.has(element))
                .map((element) => unreached(element)),
        ];
        const status = overall(all.map((element) => element.status));
        return {
            replica: replica.name,
            source: replica.source.id,
            target: replica.target.id,
            status,
            elements: all,
        };
    });
}

function stepsOf(events: readonly EngineEvent[]): Map<string, Step> {
    const steps = new Map<string, Step>();
    for (const { resourcePreEvent, resOutputsEvent, resOpFailedEvent } of events) {
        const metadata = (resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent)?.metadata;
        if (metadata === undefined || !isReplica(metadata.type)) continue;
        const before = steps.get(metadata.urn);
        steps.set(metadata.urn, {
            type: metadata.type,
            parent: metadata.new?.parent ?? metadata.old?.parent ?? before?.parent,
            operation: metadata.op,
            failed: (before?.failed ?? false) || resOpFailedEvent !== undefined,
        });
    }
    return steps;
}

function errorsOf(events: readonly EngineEvent[]): Map<string, string[]> {
    const errors = new Map<string, string[]>();
    for (const { diagnosticEvent } of events) {
        if (diagnosticEvent?.severity !== "error" || diagnosticEvent.urn === undefined) continue;
        const text = plainText(diagnosticEvent.message).replace(/^error: /, "");
        errors.set(diagnosticEvent.urn, [...(errors.get(diagnosticEvent.urn) ?? []), text]);
    }
    return errors;
}

function elementResult(
    replica: PlannedReplica,
    urn: string,
    step: Step,
    resource: StateResource | undefined,
    errors: readonly string[],
): ElementResult {
    const element = elementName(replica, urn);
    const partly = step.failed && (resource?.initErrors ?? []).length > 0;
    const didSomething = step.operation !== "same" && (!step.failed || partly);
    const summary = didSomething ? (resource?.outputs?.["summary"] as Summary | undefined) : undefined;
    const losses = (resource?.outputs?.["losses"] as readonly unknown[] | undefined)?.length;
    return {
        element,
        operation: step.operation,
        status: statusOf(step, summary),
        errors,
        ...(summary === undefined ? {} : { summary }),
        ...(losses === undefined || losses === 0 ? {} : { losses }),
    };
}

/** The engine did not come to it. */
function unreached(element: string): ElementResult {
    const errors = ["not reached, as something before it failed or the run was stopped"];
    return { element, operation: "none", status: "failed", errors };
}

function statusOf(step: Step, summary: Summary | undefined): Status {
    const unfinished = (summary?.failed ?? 0) + (summary?.conflicts ?? 0) > 0;
    if (!step.failed && !unfinished) return "success";
    const { created = 0, updated = 0, same = 0 } = summary ?? {};
    return created + updated + same > 0 ? "partial" : "failed";
}

/** `keyvault-prod-app-secrets` of the replica `keyvault-prod-app` holds `secrets`. */
function elementName(replica: PlannedReplica, urn: string): string {
    const name = resourceName(urn);
    const rest = name.startsWith(`${replica.name}-`) ? name.slice(replica.name.length + 1) : name;
    return rest.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
