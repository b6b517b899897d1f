import type { Loss } from "../core/contract.js";
import type { Json } from "../core/json.js";
import type { SignedIdentifier } from "./sdk.js";

/** A stored access policy. Times are ISO 8601. */
export interface Policy extends Record<string, Json> {
    id: string;
    start?: string;
    expiry?: string;
    permissions?: string;
}

/** Policies as they are carried, by their ids. */
export function toPolicies(identifiers: readonly SignedIdentifier[]): Policy[] {
    return identifiers.map(toPolicy).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function toPolicy(identifier: SignedIdentifier): Policy {
    const { startsOn, expiresOn, permissions } = identifier.accessPolicy;
    return {
        id: identifier.id,
        ...(startsOn === undefined ? {} : { start: startsOn.toISOString() }),
        ...(expiresOn === undefined ? {} : { expiry: expiresOn.toISOString() }),
        ...(permissions === undefined || permissions === "" ? {} : { permissions }),
    };
}

/** Policies as the SDK takes them. */
export function toIdentifiers(policies: readonly Policy[]): SignedIdentifier[] {
    return policies.map(({ id, start, expiry, permissions }) => ({
        id,
        accessPolicy: {
            ...(start === undefined ? {} : { startsOn: new Date(start) }),
            ...(expiry === undefined ? {} : { expiresOn: new Date(expiry) }),
            ...(permissions === undefined ? {} : { permissions }),
        },
    }));
}

/** Policies that the source does not let us read. `role`: which would. */
export function unreadablePolicies(name: string, role: string): Loss {
    return {
        item: name,
        what: "policies",
        reason: "stored access policies may not be read, so it is not known whether there are any",
        remedy: `assign ${role}, or set the option policies to false`,
    };
}

/** Policies that the target does not let us write. */
export function unwritablePolicies(name: string, role: string): Loss {
    return {
        item: name,
        what: "policies",
        reason: "stored access policies may not be set at the target",
        remedy: `assign ${role} at the target, or set the option policies to false`,
    };
}
