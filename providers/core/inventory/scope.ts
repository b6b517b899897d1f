import { DataplaneError } from "../errors.js";

/** Where resources are looked for: a whole subscription, or some of its resource groups. */
export interface Scope {
    readonly subscriptionId: string;
    /** Undefined: all of the subscription. */
    readonly resourceGroups?: readonly string[];
}

/** What a user gives to name a scope; each part may come from elsewhere (a profile's subscription). */
export interface ScopeParts {
    /** A subscription's ID, with or without `/subscriptions/` before it. */
    readonly subscription?: string | undefined;
    /** Names of resource groups, or their ARM resource IDs. */
    readonly resourceGroups?: readonly string[] | undefined;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources */
const groupName = /^[-\p{L}\p{N}_.()]{0,89}[-\p{L}\p{N}_()]$/u;

/**
 * Puts a scope together. An ARM resource ID of a group brings its subscription along.
 *
 * @param argument what the scope is called to the user, for messages: `source`.
 * @param fallback the subscription where none is named.
 * @throws DataplaneError `InvalidArgument`.
 */
export function parseScope(parts: ScopeParts, argument: string, fallback?: string): Scope {
    const groups = (parts.resourceGroups ?? []).map((text) => parseGroup(text, argument));
    const named = [
        ...(parts.subscription === undefined ? [] : [parseSubscription(parts.subscription, argument)]),
        ...groups.flatMap(({ subscriptionId }) => (subscriptionId === undefined ? [] : [subscriptionId])),
    ].map((id) => id.toLowerCase());
    const [first, second] = [...new Set(named)];
    if (second !== undefined) {
        throw wrong(argument, "it names two subscriptions", "Name resource groups of one subscription.");
    }
    const subscriptionId = first ?? fallback;
    if (subscriptionId === undefined) {
        throw wrong(
            argument,
            "no subscription is named",
            `Give the ${argument}'s subscription, or the resource ID of its resource group.`,
        );
    }
    const names = groups.map(({ name }) => name);
    return { subscriptionId, ...(names.length === 0 ? {} : { resourceGroups: names }) };
}

function parseSubscription(text: string, argument: string): string {
    const id = text
        .trim()
        .replace(/^\/subscriptions\//i, "")
        .replace(/\/+$/, "");
    if (guid.test(id)) return id;
    throw wrong(argument, "the subscription is not a GUID", "Give the subscription's ID, not its name.");
}

function parseGroup(text: string, argument: string): { name: string; subscriptionId?: string } {
    const trimmed = text.trim().replace(/\/+$/, "");
    const match = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)$/i.exec(trimmed);
    const name = match?.[2] ?? trimmed;
    if (!groupName.test(name) || (match !== null && !guid.test(match[1] ?? ""))) {
        throw wrong(
            argument,
            `"${trimmed.slice(0, 90)}" is neither a resource group's name nor its resource ID`,
            "Give its name, or /subscriptions/…/resourceGroups/….",
        );
    }
    return { name, ...(match?.[1] === undefined ? {} : { subscriptionId: match[1] }) };
}

function wrong(argument: string, what: string, remedy: string): DataplaneError {
    return new DataplaneError("InvalidArgument", `The ${argument}: ${what}`, { argument, remedy });
}

/** `resource groups a, b of subscription …` for people. */
export function describeScope(scope: Scope): string {
    const { subscriptionId, resourceGroups } = scope;
    if (resourceGroups === undefined) return `subscription ${subscriptionId}`;
    const noun = resourceGroups.length === 1 ? "resource group" : "resource groups";
    return `${noun} ${resourceGroups.map((name) => `"${name}"`).join(", ")} of subscription ${subscriptionId}`;
}
