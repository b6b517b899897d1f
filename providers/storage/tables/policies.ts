import type { SignedIdentifier } from "@azure/data-tables";
import type { Loss } from "../../core/contract.js";
import type { Json } from "../../core/json.js";

/** A stored access policy. Times are ISO 8601. */
export interface TablePolicy extends Record<string, Json> {
    id: string;
    start?: string;
    expiry?: string;
    permissions?: string;
}

/** In the order of their ids: the service's own says nothing. */
export function toPolicies(identifiers: readonly SignedIdentifier[]): TablePolicy[] {
    return identifiers
        .map(({ id, accessPolicy: { start, expiry, permission } = {} }) => ({
            id,
            ...(start === undefined ? {} : { start: start.toISOString() }),
            ...(expiry === undefined ? {} : { expiry: expiry.toISOString() }),
            ...(permission === undefined || permission === "" ? {} : { permissions: permission }),
        }))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** As the SDK takes them. */
export function toIdentifiers(policies: readonly TablePolicy[]): SignedIdentifier[] {
    return policies.map(({ id, start, expiry, permissions }) => ({
        id,
        accessPolicy: {
            ...(start === undefined ? {} : { start: new Date(start) }),
            ...(expiry === undefined ? {} : { expiry: new Date(expiry) }),
            ...(permissions === undefined ? {} : { permission: permissions }),
        },
    }));
}

export function unreadablePolicies(item: string): Loss {
    return {
        item,
        what: "policies",
        reason: "stored access policies may not be read, so it is not known whether there are any",
        remedy: "assign Storage Account Contributor, or set the option policies to false",
    };
}

export function unwritablePolicies(item: string): Loss {
    return {
        item,
        what: "policies",
        reason: "stored access policies may not be set at the target",
        remedy: "assign Storage Account Contributor at the target, or set the option policies to false",
    };
}
