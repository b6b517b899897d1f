import { z } from "zod";
import type { ElementType } from "../contract.js";
import { isDataplaneError } from "../errors.js";

/** How long a missing role at the target is waited for, in seconds, unless `accessTimeout` says otherwise. */
const defaultAccessTimeoutSeconds = 300;

const patterns = z.array(z.string().min(1, "a pattern is empty"));

/** The arguments of every replica as they stand in inputs and state. Defaults are Pulumi-side documentation too. */
export const replicaArgumentsSchema = z.strictObject({
    source: z.string(),
    target: z.string(),
    sourceProfile: z.string().min(1).default("source"),
    targetProfile: z.string().min(1).default("target"),
    mode: z.enum(["template", "replication"]).default("template"),
    include: patterns.optional(),
    exclude: patterns.optional(),
    rename: z.record(z.string(), z.string()).optional(),
    overrides: z.record(z.string(), z.string()).optional(),
    rewrite: z.record(z.string().min(1, "an empty text can't be replaced"), z.string()).optional(),
    onConflict: z.enum(["fail", "skip", "overwrite"]).default("fail"),
    onItemError: z.enum(["fail", "warn"]).default("fail"),
    onDelete: z.enum(["keep", "delete"]).default("keep"),
    prune: z.boolean().default(false),
    detail: z.enum(["items", "groups"]).optional(),
    accessTimeout: z.number().nonnegative().default(defaultAccessTimeoutSeconds),
    verifyPermissions: z.enum(["error", "warn", "off"]).default("warn"),
    options: z.record(z.string(), z.unknown()).default({}),
});

/** The arguments, checked and with their defaults. */
export type ReplicaArguments = z.infer<typeof replicaArgumentsSchema>;

/** The names of the arguments, in the order of the documentation. */
export const argumentNames = Object.keys(replicaArgumentsSchema.shape) as (keyof ReplicaArguments)[];

/** One thing wrong with the arguments: a sentence that names the argument and says what to do. */
export interface ArgumentProblem {
    /** Empty where naming it would print a secret. */
    argument: string;
    reason: string;
}

/** What the engine prints the value of: never the one that holds secrets. */
const secretArguments: ReadonlySet<string> = new Set(["overrides"]);

/** Picks the arguments out of inputs or outputs; leaves bookkeeping (`__provider`, `items`, `copied` …) behind. */
export function pickArguments(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
        argumentNames.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]])),
    );
}

/**
 * Checks the arguments against the schema and the facts of the element type. No I/O. Answers with the arguments or
 * with every problem found.
 */
export function parseArguments(
    element: ElementType,
    given: Readonly<Record<string, unknown>>,
): { parsed: ReplicaArguments; problems: [] } | { parsed: undefined; problems: ArgumentProblem[] } {
    const result = replicaArgumentsSchema.safeParse(pickArguments(given));
    if (!result.success) {
        return { parsed: undefined, problems: result.error.issues.map((issue) => problemOf(issue, given)) };
    }
    const problems = featureProblems(element, result.data);
    if (problems.length > 0) return { parsed: undefined, problems };
    return { parsed: result.data, problems: [] };
}

/** The arguments of a resource that `check` has let through. Throws on anything else: a defect of ours. */
export function argumentsOf(properties: Readonly<Record<string, unknown>>): ReplicaArguments {
    return replicaArgumentsSchema.parse(pickArguments(properties));
}

function problemOf(issue: z.core.$ZodIssue, given: Readonly<Record<string, unknown>>): ArgumentProblem {
    const argument = String(issue.path[0] ?? "");
    const where = issue.path.map(String).join(".");
    if (secretArguments.has(argument)) {
        return { argument: "", reason: `${where}: give a text for each name` };
    }
    if (issue.code === "invalid_value") {
        const choices = issue.values.map((choice) => JSON.stringify(choice)).join(" or ");
        return { argument, reason: `${where} must be ${choices}, not ${JSON.stringify(given[argument])}` };
    }
    if (given[argument] === undefined) return { argument, reason: `${where} is missing` };
    return { argument, reason: `${where}: ${issue.message}` };
}

function featureProblems(element: ElementType, parsed: ReplicaArguments): ArgumentProblem[] {
    const { features } = element;
    const problems: ArgumentProblem[] = [];
    const detail = parsed.detail ?? features.detail;
    if (parsed.rename && !features.rename) {
        problems.push({ argument: "rename", reason: `${element.name} can't be renamed: leave "rename" out` });
    }
    if (parsed.overrides && !features.overrides) {
        problems.push({ argument: "", reason: `${element.name} take no "overrides": leave them out` });
    }
    if (parsed.rewrite && !features.rewrite) {
        problems.push({
            argument: "rewrite",
            reason: `${element.name} have no text to rewrite: leave "rewrite" out`,
        });
    }
    if (parsed.detail === "groups" && features.detail === "items") {
        problems.push({
            argument: "detail",
            reason: `${element.name} always stand by name: leave "detail" out`,
        });
    }
    if (parsed.prune && detail === "groups") {
        problems.push({
            argument: "prune",
            reason: `prune needs to know each copied item: add detail: "items", or leave "prune" out`,
        });
    }
    if (parsed.onDelete === "delete" && !features.marker) {
        problems.push({
            argument: "onDelete",
            reason: `${element.name} can't carry the marker that deletion needs: use onDelete: "keep"`,
        });
    }
    problems.push(
        ...nameProblems(element, parsed),
        ...optionProblems(element, parsed.options),
        ...overrideProblems(element, parsed),
    );
    return problems;
}

function nameProblems(element: ElementType, parsed: ReplicaArguments): ArgumentProblem[] {
    return Object.entries(parsed.rename ?? {}).flatMap(([from, to]) => {
        const reason = element.invalidName(to);
        return reason === undefined
            ? []
            : [{ argument: "rename", reason: `rename of "${from}" to "${to}": ${reason}` }];
    });
}

/** A value that the user gave and that is no content. The value is never part of the reason. */
function overrideProblems(element: ElementType, parsed: ReplicaArguments): ArgumentProblem[] {
    return Object.entries(parsed.overrides ?? {}).flatMap(([name, value]) => {
        try {
            element.override?.(value);
            return [];
        } catch (error) {
            if (!isDataplaneError(error, "InvalidArgument")) throw error;
            return [{ argument: "", reason: `overrides["${name}"]: ${error.message}` }];
        }
    });
}

function optionProblems(element: ElementType, options: Readonly<Record<string, unknown>>): ArgumentProblem[] {
    const result = element.options.safeParse(options);
    if (result.success) return [];
    return result.error.issues.map((issue) => {
        const where = issue.path.map(String).join(".");
        return { argument: "options", reason: where === "" ? issue.message : `${where}: ${issue.message}` };
    });
}
