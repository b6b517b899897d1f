import type { CredentialSettings } from "./credentials/settings.js";
import { DataplaneError } from "./errors.js";
import type { Estimate } from "./estimate/estimate.js";
import type { Places } from "./estimate/routes.js";
import { thresholdsFrom, warningsAbove } from "./estimate/thresholds.js";
import type { KeptAnswers } from "./permissions/kept-answers.js";
import type { AccessReport } from "./permissions/report.js";
import { parseArguments, type ReplicaArguments } from "./pulumi/arguments.js";
import { describe } from "./pulumi/messages.js";
import { previewReplica } from "./pulumi/preview.js";
import { reportSide } from "./pulumi/verify-access.js";
import { findElement, type ElementEntry } from "./registry.js";
import { planLine, type PlanSummary } from "./replication/plan.js";

/** A replica, as a program would declare it. */
export interface ReplicaQuestion {
    /** The element type: `keyvault/secrets`. */
    readonly element: string;
    /** Those of every replica, `target` included, with the element type's own under `options`. */
    readonly arguments: Readonly<Record<string, unknown>>;
    /** Stack configuration by its whole key; `{ get: () => undefined }` where only the environment speaks. */
    readonly settings: CredentialSettings;
}

/** What a replica takes. Plain data. */
export interface ReplicaEstimate extends Omit<PlanSummary, "estimate">, Estimate {
    /** `keyvault/secrets` */
    readonly element: string;
    readonly source: string;
    readonly target: string;
    /** The regions of both sides, where they are known. */
    readonly places: Places;
    /** The line that a preview shows. */
    readonly line: string;
    /** Figures above what the user wants to be warned of, and why the target was not looked at. */
    readonly warnings: readonly string[];
}

/**
 * Whether the identities of both sides may do what the replica needs, and whether this machine gets through to them;
 * one report for each side. Plain data, without Pulumi and without writing.
 *
 * Needs nothing; `Reader` at the resources tells most.
 *
 * @param answers asked before in the same go: several element types of a resource ask ARM once.
 * @throws DataplaneError `InvalidArgument` for arguments that are none, and what opening a side throws.
 */
export async function verifyReplica(
    question: ReplicaQuestion,
    answers?: KeptAnswers,
): Promise<AccessReport[]> {
    const { entry, parsed } = read(question);
    const { target } = parsed;
    const request = { entry, parsed, target, settings: question.settings, ...(answers && { answers }) };
    return Promise.all([reportSide(request, "source", true), reportSide(request, "target", true)]);
}

/**
 * What the replica would do, and what that takes: seconds, bytes, requests and money. Lists both sides, metadata only.
 *
 * Needs the right to list the source; a target that can't be listed counts as empty, with a warning that says why.
 *
 * @throws DataplaneError `InvalidArgument` for arguments that are none, and what listing the source throws.
 */
export async function estimateReplica(question: ReplicaQuestion): Promise<ReplicaEstimate | undefined> {
    const { entry, parsed } = read(question);
    const { source, target } = parsed;
    const { settings } = question;
    const thresholds = thresholdsFrom(settings);
    const { plan, places, unseenTarget } = await previewReplica({
        entry,
        parsed,
        target,
        settings,
        plan: true,
    });
    if (plan === undefined) return undefined;
    const { estimate, ...counts } = plan;
    return {
        element: entry.key,
        source,
        target,
        ...counts,
        ...estimate,
        places,
        line: planLine(plan),
        warnings: [
            ...warningsAbove(estimate, thresholds),
            ...(unseenTarget === undefined
                ? []
                : [`the target is taken for empty: ${describe(unseenTarget)}`]),
        ],
    };
}

function read({ element, arguments: given }: ReplicaQuestion): {
    entry: ElementEntry;
    parsed: ReplicaArguments;
} {
    const entry = findElement(element);
    const { parsed, problems } = parseArguments(entry.element, given);
    if (parsed !== undefined) return { entry, parsed };
    const [first] = problems;
    throw new DataplaneError("InvalidArgument", problems.map(({ reason }) => reason).join("; "), {
        argument: first?.argument ?? "",
    });
}
