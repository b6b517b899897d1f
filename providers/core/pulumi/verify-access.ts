import type { Side } from "../contract.js";
import type { CredentialSettings } from "../credentials/settings.js";
import { DataplaneError, isDataplaneError } from "../errors.js";
import type { OpenedStore } from "../open.js";
import type { KeptAnswers } from "../permissions/kept-answers.js";
import { reportAccess, reportRefused, type AccessReport } from "../permissions/report.js";
import { requiredPermissions } from "../permissions/required.js";
import type { ElementEntry } from "../registry.js";
import { AccessWait } from "../replication/access-wait.js";
import { systemTiming, type Timing } from "../replication/timing.js";
import type { ReplicaArguments } from "./arguments.js";
import type { EngineLog } from "./engine-log.js";
import { openSide } from "./session.js";

/** What a preview tells of the permissions of both sides. */
export interface AccessPreview {
    /** What is missing for sure, by side. */
    readonly problems: Readonly<Partial<Record<Side, string>>>;
    /** What can't be told. */
    readonly notes: readonly string[];
}

export const nothingVerified: AccessPreview = { problems: {}, notes: [] };

/** What a preview verifies. */
export interface AccessPreviewRequest {
    readonly entry: ElementEntry;
    readonly parsed: ReplicaArguments;
    /** Undefined while the target is not known. */
    readonly target: string | undefined;
    readonly settings: CredentialSettings;
    /** What other replicas have asked already. Default: all is asked anew. */
    readonly answers?: KeptAnswers;
}

/**
 * Verifies, in a preview, the permissions of both sides. A side that can't be opened is not verified: why it can't is
 * what the listing says.
 */
export async function previewAccess(request: AccessPreviewRequest): Promise<AccessPreview> {
    const { entry, parsed, target } = request;
    if (parsed.verifyPermissions === "off" || !entry.element.features.modes.includes(parsed.mode)) {
        return nothingVerified;
    }
    const sides: readonly Side[] = target === undefined ? ["source"] : ["source", "target"];
    const reports = await Promise.all(sides.map((side) => orNothing(() => reportSide(request, side))));
    const [source, atTarget] = reports.map((report) => report?.problem);
    return {
        problems: {
            ...(source === undefined ? {} : { source }),
            ...(atTarget === undefined ? {} : { target: atTarget }),
        },
        notes: reports.flatMap((report) => report?.notes ?? []),
    };
}

/**
 * What the identity of one side may do. A side whose resource may not be read in ARM lacks that.
 *
 * @param network whether to find out too if this machine gets through to the data plane.
 * @throws what opening the side throws.
 */
export async function reportSide(
    { entry, parsed, settings, answers }: AccessPreviewRequest,
    side: Side,
    network = false,
): Promise<AccessReport> {
    const { signal } = new AbortController();
    const { element } = entry;
    let opened: OpenedStore;
    try {
        opened = await openSide(entry, side, parsed, settings, signal);
    } catch (error) {
        if (!(error instanceof DataplaneError) || error.code !== "AccessDenied") throw error;
        return reportRefused(error, { element, side, reference: parsed[side] });
    }
    if (!network) return verifySide(entry, side, parsed, opened, answers);
    const reach = await opened.reach();
    return { ...(await verifySide(entry, side, parsed, opened, answers)), network: reach };
}

/** What an update verifies before it writes. */
export interface AccessCheckRequest {
    readonly entry: ElementEntry;
    readonly parsed: ReplicaArguments;
    readonly source: OpenedStore;
    readonly target: OpenedStore;
    readonly log: EngineLog;
    readonly signal: AbortSignal;
    /** Default: the system's clock. */
    readonly timing?: Timing;
}

/**
 * With `verifyPermissions: "error"`: verifies the permissions of both sides before anything is written. What is missing
 * is an error: at the target after `accessTimeout`, as an assignment may be on its way; at the source at once.
 *
 * With `warn` the preview has warned. Here the role that the same program has just assigned may not show yet, and would
 * be warned of in vain: replication waits for it, and names what is still denied then.
 *
 * @throws DataplaneError `AccessDenied`, whose remedy is the block of what is missing.
 */
export async function ensureAccess(request: AccessCheckRequest): Promise<void> {
    const { entry, parsed, source, target, log, signal, timing = systemTiming } = request;
    if (parsed.verifyPermissions !== "error") return;
    const wait = new AccessWait({
        timeoutMilliseconds: parsed.accessTimeout * 1000,
        timing,
        signal,
        role: requiredPermissions(entry.element, parsed.mode, parsed.options)
            .target.map(({ role }) => role.name)
            .join(" and "),
        onWaiting: (message) => {
            log.progress(message);
        },
    });
    await requireSide(entry, "source", parsed, source);
    await wait.run(() => requireSide(entry, "target", parsed, target));
}

async function requireSide(
    entry: ElementEntry,
    side: Side,
    parsed: ReplicaArguments,
    opened: OpenedStore,
): Promise<void> {
    const { problem } = await verifySide(entry, side, parsed, opened);
    if (problem === undefined) return;
    const resource = opened.resource.id ?? opened.resource.reference;
    const message = `the ${side} is not ready for ${entry.element.name}, and nothing was written`;
    throw new DataplaneError("AccessDenied", message, { side, resource, remedy: problem });
}

async function verifySide(
    entry: ElementEntry,
    side: Side,
    parsed: ReplicaArguments,
    opened: OpenedStore,
    answers?: KeptAnswers,
): Promise<AccessReport> {
    const { element } = entry;
    const required = requiredPermissions(element, parsed.mode, parsed.options)[side];
    return reportAccess(await opened.verify(answers), { element, side, resource: opened.resource, required });
}

/** Where a side can't be verified, the listing or the update itself finds out why, and says so. */
async function orNothing(report: () => Promise<AccessReport>): Promise<AccessReport | undefined> {
    try {
        return await report();
    } catch (error) {
        if (!isDataplaneError(error) || error.code === "Cancelled") throw error;
        return undefined;
    }
}
