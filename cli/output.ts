import { formatBytes } from "../providers/core/replication/format.js";
import { redact } from "../providers/core/redact.js";
import type {
    ComparisonCounts,
    ElementResult,
    ReplicaComparison,
    ReplicaResult,
    ResourceContents,
    RunEvent,
    RunResult,
} from "./run-events.js";
import type { Sink } from "./tenant.js";

/** One JSON object for each event, as machines read them. */
export function jsonSink(write: (text: string) => void): Sink {
    return (event) => {
        write(`${redact(JSON.stringify(event))}\n`);
    };
}

/** Plain lines for people, without colour. Progress at most every few seconds for each resource. */
export function plainSink(write: (text: string) => void, now: () => number = Date.now): Sink {
    const last = new Map<string, number>();
    return (event) => {
        if (event.type === "progress") {
            const before = last.get(event.resource) ?? Number.NEGATIVE_INFINITY;
            if (now() - before < progressMilliseconds) return;
            last.set(event.resource, now());
        }
        for (const line of linesOf(event)) write(`${redact(line)}\n`);
    };
}

const progressMilliseconds = 5_000;

/** What an event says to people. Pure. */
export function linesOf(event: RunEvent): string[] {
    switch (event.type) {
        case "inventory":
            return [`${event.side}: ${count(event.resources, "resource")} in ${event.scope}`];
        case "pair":
            return [`pair (by ${event.by}): ${shortId(event.source)} -> ${shortId(event.target)}`];
        case "unpaired":
            return [`no counterpart: ${shortId(event.source)}: ${event.reason}`];
        case "unsupported":
            return [`not supported: ${String(event.count)} ${event.resourceType}`];
        case "phase":
            return [`${event.action === "preview" ? "previewing" : "deploying"} the ${event.phase}`];
        case "output":
            return [`  ${event.text}`];
        case "started":
            return [`${event.resource}: ${event.operation}`];
        case "progress":
            return [`${event.resource}: ${event.message}`];
        case "message":
            return messageLines(event);
        case "ended":
            return event.failed ? [`${event.resource}: failed`] : [];
        case "found":
            return contentsLines(event.resource);
        case "compared":
            return comparisonLines(event.replica);
        case "file":
            return [`wrote ${event.path}`];
        case "result":
            return resultLines(event.result);
    }
}

function messageLines({ severity, resource, message }: RunEvent & { type: "message" }): string[] {
    const where = resource === undefined ? "" : `${resource}: `;
    return [`${severity === "info" ? "" : `${severity}: `}${where}${message}`];
}

function contentsLines({ id, elements }: ResourceContents): string[] {
    const lines = elements.map(({ element, items, bytes, error }) => {
        if (error !== undefined) return `  ${element}: can't be listed: ${error}`;
        const size = bytes === undefined || bytes === 0 ? "" : `, ${formatBytes(bytes)}`;
        return `  ${element}: ${String(items ?? 0)}${size}`;
    });
    return [shortId(id), ...lines];
}

function comparisonLines({ source, target, status, elements }: ReplicaComparison): string[] {
    const lines = elements.map(({ element, counts, error }) =>
        counts === undefined
            ? `  ${element}: can't be compared: ${error ?? ""}`
            : `  ${element}: ${countsLine(counts)}`,
    );
    return [`${shortId(source)} -> ${shortId(target)}: ${status}`, ...lines];
}

function countsLine(counts: ComparisonCounts): string {
    const said = Object.entries(counts).filter(([, value]) => Number(value) > 0);
    return said.length === 0
        ? "nothing on either side"
        : said.map(([name, value]) => `${String(value)} ${name}`).join(", ");
}

function resultLines({ status, replicas, unpaired, seconds }: RunResult): string[] {
    const done = replicas.filter((replica) => replica.status === "success").length;
    const lines = replicas.flatMap(replicaLines);
    const without = unpaired === 0 ? "" : `, ${count(unpaired, "resource")} without a counterpart`;
    return [
        ...lines,
        `${status}: ${String(done)} of ${count(replicas.length, "replica")} done${without}, ${seconds.toFixed(0)} s`,
    ];
}

function replicaLines({ replica, status, elements }: ReplicaResult): string[] {
    const parts = elements.flatMap((element) => elementText(element));
    const errors = elements.flatMap(({ element, errors: all }) => all.map((text) => `  ${element}: ${text}`));
    return [`${status}: ${replica}${parts.length === 0 ? "" : `: ${parts.join("; ")}`}`, ...errors];
}

function elementText({ element, status, summary, losses }: ElementResult): string[] {
    const lost = losses === undefined ? "" : `, ${count(losses, "loss", "losses")}`;
    if (summary === undefined)
        return status === "success" ? (lost === "" ? [] : [`${element}${lost}`]) : [`${element} ${status}`];
    const { created, updated, failed, conflicts } = summary;
    const counts = Object.entries({ created, updated, failed, conflicts })
        .filter(([, value]) => value > 0)
        .map(([name, value]) => `${String(value)} ${name}`);
    return counts.length + lost.length === 0 ? [] : [`${element} ${counts.join(", ")}${lost}`];
}

/** The last two parts of a resource ID: people know their subscriptions and groups. */
function shortId(id: string): string {
    return id.split("/").slice(-2).join("/");
}

function count(value: number, singular: string, plural = `${singular}s`): string {
    return `${String(value)} ${value === 1 ? singular : plural}`;
}
