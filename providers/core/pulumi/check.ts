import { isDataplaneError } from "../errors.js";
import { identity, parseReference, referenceProblem } from "../references.js";
import type { ElementEntry } from "../registry.js";
import { argumentNames, parseArguments, pickArguments, type ArgumentProblem } from "./arguments.js";
import { describe } from "./messages.js";
import { outputNames } from "./state.js";
import { containsUnknown, isUnknown } from "./unknowns.js";

/**
 * Checks the arguments of a replica without any I/O, in the program and again in the provider: the engine calls
 * `check` for one resource after another. What the program found when it listed the source comes as `__problem`.
 */
export function checkReplica(
    entry: ElementEntry,
    news: Record<string, unknown>,
): { inputs: Record<string, unknown>; failures: { property: string; reason: string }[] } {
    const failures = [...unknownArguments(entry, news), ...argumentProblems(entry, news)].map(
        ({ argument, reason }) => ({ property: argument, reason }),
    );
    const problem = news["__problem"];
    if (failures.length === 0 && typeof problem === "string" && !isUnknown(problem)) {
        failures.push({ property: "", reason: problem });
    }
    return { inputs: news, failures };
}

/** Members that no replica has: a slip of the pen must not go unnoticed. The values are not shown. */
function unknownArguments(entry: ElementEntry, news: Readonly<Record<string, unknown>>): ArgumentProblem[] {
    const known: ReadonlySet<string> = new Set<string>([...argumentNames, ...outputNames, "items"]);
    return Object.keys(news)
        .filter((name) => !known.has(name) && !name.startsWith("__"))
        .map((name) => ({ argument: "", reason: `${entry.element.name} take no argument "${name}"` }));
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
