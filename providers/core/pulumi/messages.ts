import { isDataplaneError } from "../errors.js";
import type { Loss } from "../contract.js";
import { redact } from "../redact.js";
import type { ItemFailure, ReplicationResult, Summary } from "../replication/types.js";

/** An error as one line without a stack: what it says is for people, and it may be printed more than once. */
export class ReplicaError extends Error {
    constructor(message: string) {
        super(message);
        this.name = "ReplicaError";
        // The dynamic provider prints the stack of a failed check, diff, read or delete beside the message.
        this.stack = message;
    }
}

/** Any error as the one line that leaves the provider: redacted, with its remedy, never with an `id` of its own. */
export function replicaError(error: unknown): ReplicaError {
    return new ReplicaError(describe(error));
}

/** Message and remedy, redacted. */
export function describe(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    const remedy = isDataplaneError(error) ? error.detail.remedy : undefined;
    const sentence = /[.!?:]$/.test(message) ? message : `${message}.`;
    const text = remedy !== undefined && !message.includes(remedy) ? `${sentence} ${remedy}` : message;
    return indented(text);
}

/** Lines after the first stand in by two spaces, so that it shows what they belong to. Redacted. */
export function indented(text: string): string {
    return redact(text.replaceAll(/\s*\n\s*/g, "\n  "));
}

/** One line per item that failed. */
export function describeFailure(failure: ItemFailure): string {
    const text = describe(failure.error);
    return text.includes(failure.item) ? text : `${failure.item}: ${text}`;
}

/** The lasting line under the resource: what a run did. */
export function describeSummary(summary: Summary, elementName: string): string {
    const counts: [number, string][] = [
        [summary.created, "created"],
        [summary.updated, "updated"],
        [summary.same, "already there"],
        [summary.pruned, "pruned"],
        [summary.kept, "kept"],
        [summary.conflicts, "in conflict"],
        [summary.lost, "lost"],
        [summary.failed, "failed"],
    ];
    const told = counts.filter(([count]) => count > 0).map(([count, word]) => `${String(count)} ${word}`);
    const what = told.length === 0 ? "nothing to do" : told.join(", ");
    const { streamedBecause } = summary;
    const way = streamedBecause === undefined ? "" : `; through this process, as ${redact(streamedBecause)}`;
    return `${elementName}: ${what} in ${summary.seconds.toFixed(1)} s${way}`;
}

/** One line per loss. */
export function describeLoss({ item, what, reason, remedy }: Loss): string {
    return `${item}: ${what} not carried over: ${reason}${remedy === undefined ? "" : ` (${remedy})`}`;
}

/** So many names stand in a line; the output `rewritten` has all. */
const namesInALine = 20;

/** The line that names the items in which something was replaced. */
export function describeRewritten(names: readonly string[]): string {
    const more = names.length - namesInALine;
    const told = names.slice(0, namesInALine).join(", ");
    return `rewritten: ${told}${more > 0 ? ` and ${String(more)} more` : ""}`;
}

/** The lines of the reasons of a partial failure: failures first, then that the rest is done. */
export function failureReasons(result: ReplicationResult): string[] {
    const done = result.summary.created + result.summary.updated + result.summary.same;
    return [
        ...result.failures.map(describeFailure),
        `${String(result.failures.length)} failed, ${String(done)} are in place: run \`pulumi up\` again to go on from here`,
    ];
}
