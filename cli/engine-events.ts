import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { redact } from "../providers/core/redact.js";
import type { RunEvent } from "./run-events.js";

/** Steps that the engine takes without doing anything to the resource. */
const quiet: ReadonlySet<string> = new Set(["same", "read"]);

/** What an event of the engine means for a run; undefined for what nobody needs to see. Pure. */
export function runEventOf(event: EngineEvent): RunEvent | undefined {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent } = event;
    if (resourcePreEvent !== undefined) return started(resourcePreEvent.metadata);
    if (resOutputsEvent !== undefined) return ended(resOutputsEvent.metadata, false);
    if (resOpFailedEvent !== undefined) return ended(resOpFailedEvent.metadata, true);
    if (diagnosticEvent === undefined) return undefined;
    const message = plainText(diagnosticEvent.message);
    const resource = diagnosticEvent.urn === undefined ? undefined : resourceName(diagnosticEvent.urn);
    if (message === "") return undefined;
    if (diagnosticEvent.ephemeral === true) {
        return resource === undefined ? undefined : { type: "progress", resource, message };
    }
    const severity = severities[diagnosticEvent.severity];
    if (severity === undefined) return undefined;
    return { type: "message", severity, message, ...(resource === undefined ? {} : { resource }) };
}

/** Debug lines hold the inputs of resources. */
const severities: Readonly<Record<string, "info" | "warning" | "error">> = {
    info: "info",
    "info#err": "info",
    warning: "warning",
    error: "error",
};

function started({ urn, op, type }: StepEventMetadata): RunEvent | undefined {
    if (quiet.has(op) || !isReplica(type)) return undefined;
    return { type: "started", resource: resourceName(urn), operation: op };
}

function ended({ urn, op, type }: StepEventMetadata, failed: boolean): RunEvent | undefined {
    if (!isReplica(type)) return undefined;
    return { type: "ended", resource: resourceName(urn), operation: op, failed };
}

/** Replicas of element types, which do the work; not the components around them. */
export function isReplica(type: string): boolean {
    return type.startsWith("pulumi-nodejs:dynamic/azure-dataplane/");
}

/** The name at the end of a URN. */
export function resourceName(urn: string): string {
    return urn.split("::").at(-1) ?? urn;
}

/** Without the engine's marks of colour and without secrets, on one line unless it has several to say. */
export function plainText(text: string): string {
    return redact(text.replaceAll(/<\{%.*?%\}>/g, "")).trim();
}
