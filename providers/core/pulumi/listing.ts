import * as pulumi from "@pulumi/pulumi";
import { isDataplaneError, type ErrorCode } from "../errors.js";
import { identity } from "../references.js";
import { findElement, type ElementEntry } from "../registry.js";
import { argumentProblems } from "./check.js";
import { argumentNames, argumentsOf, type ReplicaArguments } from "./arguments.js";
import { programSettings } from "./program-settings.js";
import { describe, ReplicaError } from "./messages.js";
import { Claims } from "./overlap.js";
import { previewReplica, type Previewed } from "./preview.js";

/** A replica that lists its source while the program runs. */
export interface ListingRequest {
    key: string;
    /** The resource's name in the program. */
    name: string;
    inputs: pulumi.Inputs;
    /** Filled when the constructor has run: log lines stand beside the resource. */
    resource: { self?: pulumi.Resource };
}

/** One program process may run several programs (the Automation API): each has a stack resource of its own. */
const claimsByProgram = new WeakMap<object, Claims>();
const claimsWithoutProgram = new Claims();

function claimsOfProgram(): Claims {
    const stack = pulumi.runtime.getStackResource();
    if (stack === undefined) return claimsWithoutProgram;
    const claims = claimsByProgram.get(stack) ?? new Claims();
    claimsByProgram.set(stack, claims);
    return claims;
}

/**
 * The input `items` of a replica: listed at the source as soon as its arguments are known, all resources at once.
 * Unknown while they are, and in a preview where the source can't be reached (with a warning that says why). In the
 * update itself a failed listing is an error.
 */
export function listItems(request: ListingRequest): pulumi.Output<unknown> {
    // What the user gives as overrides is secret and would make the list of names secret too.
    const names = argumentNames.filter((name) => name !== "overrides");
    const plain = Object.fromEntries(names.map((name) => [name, request.inputs[name]]));
    const { target, ...rest } = plain;
    const awaited = pulumi.output(target as pulumi.Input<string>);
    return pulumi.output(rest).apply(async (known) => listWith(request, known, await knownValue(awaited)));
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
): Promise<unknown> {
    const entry = findElement(request.key);
    const given = { ...known, target: target ?? pulumi.runtime.unknownValue };
    const [problem] = argumentProblems(entry, given);
    if (problem !== undefined) throw failure(request, problem.reason);
    const parsed = argumentsOf({ ...given, target: target ?? "" });
    let previewed: Previewed;
    try {
        previewed = await previewReplica({
            entry,
            parsed,
            target,
            settings: programSettings(),
            plan: pulumi.runtime.isDryRun(),
        });
    } catch (error) {
        if (!pulumi.runtime.isDryRun() || !mayPassInPreview(error)) throw failure(request, describe(error));
        say(request, "warn", `the items are not known: ${describe(error)}`);
        return pulumi.runtime.unknownValue;
    }
    tell(request, entry, parsed, target, previewed);
    return previewed.items;
}

/** What may be different in the update: access and the network. A wrong argument or credential may not. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
    "AccessDenied",
    "Firewall",
    "Unreachable",
    "Throttled",
]);

function mayPassInPreview(error: unknown): boolean {
    return isDataplaneError(error) && passing.has(error.code);
}

function tell(
    request: ListingRequest,
    entry: ElementEntry,
    parsed: ReplicaArguments,
    target: string | undefined,
    previewed: Previewed,
): void {
    if (target !== undefined) {
        const clash = claimsOfProgram().enter({
            resource: request.name,
            target: identity(target, entry.plugin),
            elementKey: entry.key,
            names: previewed.names,
            ...(previewed.byGroup && parsed.include !== undefined ? { patterns: parsed.include } : {}),
        });
        if (clash !== undefined) throw failure(request, clash);
    }
    for (const warning of previewed.warnings) say(request, "warn", warning);
    if (previewed.planLine !== undefined) say(request, "info", previewed.planLine);
}

/**
 * A line beside the resource. Never awaited: the SDK sends it once the resource's URN is there, and that waits for the
 * input that this listing makes. It keeps the program alive until then.
 */
function say(request: ListingRequest, severity: "info" | "warn", message: string): void {
    void pulumi.log[severity](message, request.resource.self);
}

/** An error under the resource's name, without a stack. */
function failure(request: ListingRequest, reason: string): Error {
    const { self } = request.resource;
    const message = `${request.name}: ${reason}`;
    return self === undefined ? new ReplicaError(message) : new pulumi.ResourceError(message, self, true);
}
