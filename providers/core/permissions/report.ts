import type { Caller } from "../access.js";
import type { ElementType, Permission, ResourceRef, Side } from "../contract.js";
import { assignCommand } from "./explain.js";
import type { Finding } from "./judge.js";
import type { Verification } from "./verify.js";

/** A verification in words. */
export interface AccessReport {
    /** One block of lines about what is missing for sure, ready to act on; undefined where nothing is. */
    readonly problem?: string;
    /** What can't be told, a sentence each. */
    readonly notes: readonly string[];
}

/** Whose access it is about. */
export interface ReportContext {
    readonly element: ElementType;
    readonly side: Side;
    readonly resource: ResourceRef;
    /** For a probe that was refused: all that is needed. */
    readonly required: readonly Permission[];
}

/** Says what a verification found: actions and scope, and the lines that put it right. */
export function reportAccess(verification: Verification, context: ReportContext): AccessReport {
    const scope = context.resource.id ?? context.resource.reference;
    const lines = [
        ...roleLines(verification, scope),
        ...denialLines(verification.findings),
        ...ownLines(verification),
    ];
    const notes = noteLines(verification, context, scope);
    if (lines.length === 0) return { notes };
    const { element, side } = context;
    const heading = `${element.name}: the ${side}'s identity${whoText(verification.caller)} lacks permissions at ${scope}`;
    return { problem: [heading, ...lines].join("\n"), notes };
}

function roleLines({ findings, missing, known, caller }: Verification, scope: string): string[] {
    const lacking = known
        ? findings.filter(({ standing }) => standing === "missing")
        : missing.map((permission) => ({
              permission,
              actions: [...permission.actions, ...permission.dataActions],
          }));
    if (lacking.length === 0) return [];
    const roles = new Set(lacking.map(({ permission }) => permission.role.name));
    return [
        ...lacking.map(({ permission, actions }) => `to ${permission.purpose}: ${actions.join(", ")}`),
        ...[...roles].map((role) => assignCommand(role, scope, caller)),
    ];
}

function denialLines(findings: readonly Finding[]): string[] {
    return findings
        .filter(({ standing }) => standing === "denied")
        .map(
            ({ permission, actions, reason }) =>
                `to ${permission.purpose}: ${actions.join(", ")}, and no role helps, as ${reason ?? "it is denied"}`,
        );
}

function ownLines({ own }: Verification): string[] {
    return own === undefined || own.missing.length === 0 || !own.certain ? [] : [own.remedy];
}

function noteLines(verification: Verification, { element, side }: ReportContext, scope: string): string[] {
    const { findings, own, known, probe } = verification;
    const start = `can't tell whether the ${side}'s identity may`;
    const unclear = findings
        .filter(({ standing }) => standing === "unclear")
        .map(
            ({ permission, actions, reason }) =>
                `${start} ${permission.purpose} at ${scope} (${actions.join(", ")}): ${reason ?? "it is unclear"}`,
        );
    if (own !== undefined && own.missing.length > 0 && !own.certain) {
        unclear.push(
            `${start} replicate ${element.name} at ${scope}: it has no access policy of its own with all that is ` +
                `needed, and which groups it is in does not show; if it is refused:\n${own.remedy}`,
        );
    }
    // The source is only read, and the read was let through; nothing harmless tells whether the target may be written.
    if (!known && (side === "target" || probe === undefined)) {
        unclear.push(
            `${start} replicate ${element.name} at ${scope}: ARM could not be asked (it takes the resource ID, ` +
                `and Reader there)`,
        );
    }
    return unclear;
}

function whoText({ objectId }: Caller): string {
    return objectId === undefined ? "" : ` ${objectId}`;
}
