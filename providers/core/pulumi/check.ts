import { isDataplaneError } from "../errors.js";
import { identity, parseReference, referenceProblem } from "../references.js";
import type { ElementEntry } from "../registry.js";
import { parseArguments, pickArguments, type ArgumentProblem } from "./arguments.js";
import { describe } from "./messages.js";
import { containsUnknown, isUnknown } from "./unknowns.js";

/**
 * Checks the arguments of a replica without any I/O, in the program and again in the provider: the engine calls
 * `check` for one resource after another.
 */
export function checkReplica(
    entry: ElementEntry,
    news: Record<string, unknown>,
): { inputs: Record<string, unknown>; failures: { property: string; reason: string }[] } {
    const failures = argumentProblems(entry, news).map(({ argument, reason }) => ({
        property: argument,
        reason,
    }));
    return { inputs: news, failures };
}

/** Every problem of the arguments that can be seen without asking Azure; unknown ones wait for the update. */
export function argumentProblems(
    entry: ElementEntry,
    given: Readonly<Record<string, unknown>>,
): ArgumentProblem[] {
    const known = Object.fromEntries(
        Object.entries(pickArguments(given)).filter(([, value]) => !containsUnknown(value)),
    );
    const stated = { source: "", target: "", ...known };
    const { problems } = parseArguments(entry.element, stated);
    return [...problems, ...referenceProblems(entry, given)];
}

function referenceProblems(entry: ElementEntry, given: Readonly<Record<string, unknown>>): ArgumentProblem[] {
    const problems: ArgumentProblem[] = [];
    for (const argument of ["source", "target"]) {
        const value = given[argument];
        if (isUnknown(value)) continue;
        if (typeof value !== "string" || value === "") {
            problems.push({ argument, reason: `give the ARM resource ID or the URL of the ${argument}` });
            continue;
        }
        const reason = problemOf(entry, value);
        if (reason !== undefined) problems.push({ argument, reason: `${argument}: ${reason}` });
    }
    if (problems.length === 0 && sameResource(entry, given)) {
        problems.push({
            argument: "target",
            reason: `source and target are the same resource: give another target`,
        });
    }
    return problems;
}

function problemOf(entry: ElementEntry, value: string): string | undefined {
    try {
        return referenceProblem(entry.plugin, parseReference(value));
    } catch (error) {
        if (isDataplaneError(error, "InvalidArgument")) return describe(error);
        throw error;
    }
}

function sameResource(entry: ElementEntry, given: Readonly<Record<string, unknown>>): boolean {
    const { source, target } = given;
    if (typeof source !== "string" || typeof target !== "string" || isUnknown(source) || isUnknown(target)) {
        return false;
    }
    return identity(source, entry.plugin) === identity(target, entry.plugin);
}
