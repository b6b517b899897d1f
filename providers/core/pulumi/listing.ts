import * as pulumi from "@pulumi/pulumi";
import { isDataplaneError } from "../errors.js";
import { identity } from "../references.js";
import { KeptAnswers } from "../permissions/kept-answers.js";
import { thresholdsFrom, warningsAbove } from "../estimate/thresholds.js";
import { findElement, type ElementEntry } from "../registry.js";
import { planLine } from "../replication/plan.js";
import { argumentProblems } from "./check.js";
import { argumentNames, argumentsOf, type ReplicaArguments } from "./arguments.js";
import { programSettings } from "./program-settings.js";
import { describe, indented } from "./messages.js";
import { Claims } from "./overlap.js";
import { sharedPatternsOf } from "./shared-patterns.js";
import { nothingVerified, previewAccess, type AccessPreview } from "./verify-access.js";
import { mayPassInPreview, previewReplica, type Previewed } from "./preview.js";

/** A replica that lists its source while the program runs. */
export interface ListingRequest {
    key: string;
    /** The resource's name in the program. */
    name: string;
    inputs: pulumi.Inputs;
    /** Filled when the constructor has run: log lines stand beside the resource. */
    resource: { self?: pulumi.Resource };
    /** The component that it belongs to. */
    parent?: pulumi.Resource | undefined;
}

/** What the replicas of a program share. */
class Shared {
    readonly claims = new Claims();
    readonly answers = new KeptAnswers();
}

/** One program process may run several programs (the Automation API): each has a stack resource of its own. */
const sharedByProgram = new WeakMap<object, Shared>();
const sharedWithoutProgram = new Shared();

function sharedOfProgram(): Shared {
    const stack = pulumi.runtime.getStackResource();
    if (stack === undefined) return sharedWithoutProgram;
    const shared = sharedByProgram.get(stack) ?? new Shared();
    sharedByProgram.set(stack, shared);
    return shared;
}

/** What a listing adds to a replica's inputs. */
export interface ListedInputs {
    /** Version by name, or a summary by group. */
    readonly items: pulumi.Output<unknown>;
    /** Why this replica can't be: `check` refuses it with these words, so that the engine shows them beside it. */
    readonly problem: pulumi.Output<string | undefined>;
    /**
     * Why the source could not be listed, where that is no fault of the arguments: this replica alone fails with these
     * words. The engine ends the whole update at a refusal of `check`, also with `--continue-on-error`.
     */
    readonly unlisted: pulumi.Output<string | undefined>;
}

/**
 * The input `items` of a replica: listed at the source as soon as its arguments are known, all resources at once.
 * Unknown while they are, and in a preview where the source can't be reached (with a warning that says why). In the
 * update itself a failed listing fails the replica.
 */
export function listItems(request: ListingRequest): ListedInputs {
    // What the user gives as overrides is secret and would make the list of names secret too.
    const names = argumentNames.filter((name) => name !== "overrides");
    const plain = Object.fromEntries(names.map((name) => [name, request.inputs[name]]));
    const { target, ...rest } = plain;
    const awaited = pulumi.output(target as pulumi.Input<string>);
    const listed = pulumi
        .output(rest)
        .apply(async (known) => listWith(request, known, await knownValue(awaited)));
    return {
        items: listed.apply(({ items }) => items),
        problem: listed.apply(({ problem }) => problem),
        unlisted: listed.apply(({ unlisted }) => unlisted),
    };
}

interface Listed {
    items: unknown;
    problem?: string;
    unlisted?: string;
}

/** The target's reference, or undefined while it is not known (a preview before it exists). */
async function knownValue(output: pulumi.Output<string>): Promise<string | undefined> {
    // The SDK has no public way to ask; both members are what `apply` itself is made of.
    const inner = output as unknown as { isKnown: Promise<boolean>; promise(): Promise<string> };
    return (await inner.isKnown) ? inner.promise() : undefined;
}

async function listWith(
    request: ListingRequest,
    known: Record<string, unknown>,
    target: string | undefined,
): Promise<Listed> {
    const entry = findElement(request.key);
    const given = { ...known, target: target ?? pulumi.runtime.unknownValue };
    // `check` finds the same and says so.
    if (argumentProblems(entry, given).length > 0) return { items: {} };
    const parsed = argumentsOf({ ...given, target: target ?? "" });
    const plan = pulumi.runtime.isDryRun();
    const asked = { entry, parsed, target, settings: programSettings() };
    // The update verifies in the provider, when the roles that the same program assigns are there.
    const [access, listing] = await Promise.allSettled([
        plan ? previewAccess({ ...asked, answers: sharedOfProgram().answers }) : nothingVerified,
        previewReplica({ ...asked, plan }),
    ]);
    if (access.status === "rejected") throw access.reason;
    if (listing.status === "rejected" && !(plan && mayPassInPreview(listing.reason))) {
        const reason = describe(listing.reason);
        return {
            items: {},
            ...(mayPassInPreview(listing.reason) ? { unlisted: reason } : { problem: reason }),
        };
    }
    const { problems } = access.value;
    if (parsed.verifyPermissions === "error" && Object.keys(problems).length > 0) {
        return { items: {}, problem: Object.values(problems).map(indented).join("\n") };
    }
    if (listing.status === "rejected") {
        const reason = describeOnce(listing.reason, problems.source);
        say(request, "warn", `the items are not known: ${reason}`);
        tellAccess(request, access.value);
        return { items: pulumi.runtime.unknownValue };
    }
    const previewed = listing.value;
    if (previewed.unseenTarget !== undefined) {
        const reason = describeOnce(previewed.unseenTarget, problems.target);
        say(request, "warn", `the plan does not look at the target: ${reason}`);
    }
    tellAccess(request, access.value);
    const clash = target === undefined ? undefined : claim(request, entry, parsed, target, previewed);
    if (clash !== undefined) return { items: {}, problem: clash };
    const { patterns, where } = previewed.unmatched;
    const shared = parsed.include === undefined ? undefined : sharedPatternsOf(request.parent);
    const unmatched = shared?.report(patterns) ?? patterns;
    for (const pattern of unmatched)
        say(request, "warn", `include: "${pattern}" matches nothing in ${where}`);
    for (const warning of previewed.warnings) say(request, "warn", warning);
    if (previewed.plan !== undefined) {
        say(request, "info", planLine(previewed.plan));
        const above = warningsAbove(previewed.plan.estimate, thresholdsFrom(asked.settings));
        for (const warning of above) say(request, "warn", warning);
    }
    return { items: previewed.items };
}

/** Tells what is missing, and what can't be told. */
function tellAccess(request: ListingRequest, { problems, notes }: AccessPreview): void {
    for (const problem of Object.values(problems)) say(request, "warn", indented(problem));
    for (const note of notes) say(request, "info", indented(note));
}

/** An error without its remedy where that was told already. */
function describeOnce(error: unknown, told: string | undefined): string {
    return told === undefined || !isDataplaneError(error) ? describe(error) : describe(error.message);
}

/** Enters what the replica writes; answers with a sentence where another one of the program has it already. */
function claim(
    request: ListingRequest,
    entry: ElementEntry,
    parsed: ReplicaArguments,
    target: string,
    previewed: Previewed,
): string | undefined {
    return sharedOfProgram().claims.enter({
        resource: request.name,
        target: identity(target, entry.plugin),
        elementKey: entry.key,
        names: previewed.names,
        ...(previewed.byGroup && parsed.include !== undefined ? { patterns: parsed.include } : {}),
    });
}

/**
 * A line beside the resource. Never awaited: the SDK sends it once the resource's URN is there, and that waits for the
 * input that this listing makes. It keeps the program alive until then.
 */
function say(request: ListingRequest, severity: "info" | "warn", message: string): void {
    void pulumi.log[severity](message, request.resource.self);
}
