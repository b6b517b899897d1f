import type { Caller } from "../access.js";
import type { ElementType, Permission, ResourceRef, Side } from "../contract.js";
import { assignCommand } from "./explain.js";
import type { DataplaneError } from "../errors.js";
import type { ReachReport } from "../reach.js";
import type { Finding, Standing } from "./judge.js";
import type { Verification } from "./verify.js";

/** A verification of one side: plain data, and in words. */
export interface AccessReport {
    readonly side: Side;
    /** The element type's name. */
    readonly element: string;
    /** ARM resource ID, or a data-plane URL where only that is known. */
    readonly resource: string;
    /** `unclear`: nothing is missing for sure, but not all can be told. */
    readonly standing: "granted" | "missing" | "unclear";
    /** All that is needed, and how each stands; empty where the resource may not be read in ARM. */
    readonly needs: readonly Need[];
    /** Lines for a shell that put right what is missing. */
    readonly commands: readonly string[];
    /** One block of lines about what is missing for sure, ready to act on; undefined where nothing is. */
    readonly problem?: string;
    /** What can't be told, a sentence each. */
    readonly notes: readonly string[];
    /** Whether this machine gets through to the data plane; absent where nobody asked. */
    readonly network?: ReachReport;
}

/** A permission that is needed. */
export interface Need {
    readonly purpose: string;
    /** The least built-in role that has it. */
    readonly role: string;
    /** The actions that don't stand; all of them where it is granted. */
    readonly actions: readonly string[];
    readonly standing: Standing;
    readonly reason?: string;
}

/** Whose access it is about. */
export interface ReportContext {
    readonly element: ElementType;
    readonly side: Side;
    readonly resource: ResourceRef;
    /** All that is needed. */
    readonly required: readonly Permission[];
}

/** Says what a verification found: actions and scope, and the lines that put it right. */
export function reportAccess(verification: Verification, context: ReportContext): AccessReport {
    const { element, side } = context;
    const scope = context.resource.id ?? context.resource.reference;
    const lines = [
        ...roleLines(verification, scope),
        ...denialLines(verification.findings),
        ...ownLines(verification),
    ];
    const notes = noteLines(verification, context, scope);
    const common = {
        side,
        element: element.name,
        resource: scope,
        needs: needsOf(verification, context),
        notes,
    };
    if (lines.length === 0) {
        return { ...common, standing: notes.length === 0 ? "granted" : "unclear", commands: [] };
    }
    const heading = `${element.name}: the ${side}'s identity${whoText(verification.caller)} lacks permissions at ${scope}`;
    const problem = [heading, ...lines].join("\n");
    return { ...common, standing: "missing", commands: commandsIn(problem), problem };
}

/** What is to be said of a side whose resource may not even be read in ARM. */
export function reportRefused(
    error: DataplaneError,
    { element, side, reference }: Pick<ReportContext, "element" | "side"> & { readonly reference: string },
): AccessReport {
    const remedy = error.detail.remedy === undefined ? "" : ` ${error.detail.remedy}`;
    const problem = `${element.name}: ${error.message}.${remedy}`;
    const resource = error.detail.resource ?? reference;
    const common = { side, element: element.name, resource, needs: [], notes: [] };
    return { ...common, standing: "missing", commands: commandsIn(problem), problem };
}

function commandsIn(problem: string): string[] {
    return problem.split("\n").filter((line) => line.startsWith("az "));
}

function needsOf({ findings, known, probe }: Verification, { side, required }: ReportContext): Need[] {
    const all = ({ actions, dataActions }: Permission) => [...actions, ...dataActions];
    const need = (
        permission: Permission,
        standing: Standing,
        actions: readonly string[],
        reason?: string,
    ): Need => ({
        purpose: permission.purpose,
        role: permission.role.name,
        actions,
        standing,
        ...(reason === undefined ? {} : { reason }),
    });
    if (known) {
        return findings.map(({ permission, standing, actions, reason }) =>
            need(permission, standing, standing === "granted" ? all(permission) : actions, reason),
        );
    }
    const allowed = probe === "allowed" && side === "source";
    const standing = allowed ? "granted" : probe === "refused" ? "missing" : "unclear";
    return required.map((permission) => need(permission, standing, all(permission)));
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
