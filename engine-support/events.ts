import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";

/** What the engine did, or would do, by kind and count: `{ same: 3, update: 1 }`. */
export function resourceChanges(events: readonly EngineEvent[]): Partial<Record<OpType, number>> {
    return events.find((event) => event.summaryEvent !== undefined)?.summaryEvent?.resourceChanges ?? {};
}

/** What the engine did, or would do, with each resource, by URN; the last step counts. */
export function resourceSteps(events: readonly EngineEvent[]): Map<string, OpType> {
    return new Map(
        events.flatMap(({ resourcePreEvent }) =>
            resourcePreEvent === undefined
                ? []
                : [[resourcePreEvent.metadata.urn, resourcePreEvent.metadata.op] as const],
        ),
    );
}
