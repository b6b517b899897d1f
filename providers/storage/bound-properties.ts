import { canonicalJson, type Json } from "../core/json.js";
import { ownEntry, rehydratedKey, type Metadata } from "./metadata.js";

/** What of a blob hangs on its account or container, as the service tells it. */
export interface BoundFacts {
    readonly metadata?: Metadata | undefined;
    readonly encryptionScope?: string | undefined;
    readonly immutabilityPolicyExpiresOn?: Date | undefined;
    readonly immutabilityPolicyMode?: string | undefined;
    readonly legalHold?: boolean | undefined;
    /** `rehydrate-pending-to-hot` and the like, while an archived blob comes back. */
    readonly archiveStatus?: string | undefined;
    /** Of the copy that made the blob. */
    readonly copyStatus?: string | undefined;
}

/** Until when a blob can't be changed or removed, as ISO 8601 in whole seconds. A locked one can only be made longer. */
export interface Immutability extends Record<string, Json> {
    until: string;
    locked?: true;
}

/** What is carried of it where the target can have it. */
export interface BoundProperties {
    immutability?: Immutability;
    legalHold?: true;
    encryptionScope?: string;
    /** At the target: the ETag of the archived blob that it is a copy of. */
    rehydratedFrom?: string;
    /** Its content is still on its way out of the archive. */
    rehydrating?: true;
}

/** The scope of what has none of its own: https://learn.microsoft.com/azure/storage/blobs/encryption-scope-manage */
const accountScope = "$account-encryption-key";

/** A scope's name, or undefined where it is the account's own key. */
export function ownScope(scope: string | undefined): string | undefined {
    return scope === "" || scope === accountScope ? undefined : scope;
}

export function boundProperties(facts: BoundFacts): BoundProperties {
    const { immutabilityPolicyExpiresOn: until, immutabilityPolicyMode: mode } = facts;
    const scope = ownScope(facts.encryptionScope);
    const rehydratedFrom = ownEntry(facts.metadata, rehydratedKey);
    const rehydrating = facts.archiveStatus !== undefined || facts.copyStatus === "pending";
    return {
        ...(until === undefined
            ? {}
            : {
                  immutability: {
                      until: until.toISOString(),
                      ...(mode?.toLowerCase() === "locked" ? { locked: true } : {}),
                  },
              }),
        ...(facts.legalHold === true ? { legalHold: true } : {}),
        ...(scope === undefined ? {} : { encryptionScope: scope }),
        ...(rehydratedFrom === undefined ? {} : { rehydratedFrom }),
        ...(rehydrating ? { rehydrating } : {}),
    };
}

/**
 * What of it goes into a blob's version, as it changes without the ETag:
 * https://learn.microsoft.com/rest/api/storageservices/set-blob-immutability-policy
 */
export function boundVersion({ immutability, legalHold }: BoundProperties): (string | undefined)[] {
    return [
        immutability && `${immutability.locked === true ? "locked-until" : "until"}:${immutability.until}`,
        legalHold === true ? "hold" : undefined,
    ];
}

/** The properties without all of that. */
export function withoutBound<Properties extends BoundProperties>(properties: Properties): Properties {
    const {
        immutability: _immutability,
        legalHold: _legalHold,
        encryptionScope: _scope,
        rehydratedFrom: _from,
        rehydrating: _rehydrating,
        ...others
    } = properties;
    return others as Properties;
}

/** Whether both are protected alike. */
export function sameProtection(a: BoundProperties, b: BoundProperties): boolean {
    const protection = ({ immutability, legalHold }: BoundProperties): Json => [
        immutability ?? null,
        legalHold ?? false,
    ];
    return canonicalJson(protection(a)) === canonicalJson(protection(b));
}
