import type { Item, Loss } from "../core/contract.js";
import type { Json } from "../core/json.js";
import { ownScope } from "./bound-properties.js";
import { protectionLosses } from "./declared-losses.js";
import { carriedMetadata, ownEntry, ownerKey, unfinishedKey, type Metadata } from "./metadata.js";
import { toPolicies, unreadablePolicies, type Policy } from "./policies.js";
import type { PublicAccessType, SignedIdentifier } from "./sdk.js";

/** The role that reads and sets stored access policies of containers. */
export const policyRole = "Storage Blob Data Owner";

/** What is known of a container, wherever it was read. */
export interface ContainerFacts {
    readonly name: string;
    readonly etag: string | undefined;
    readonly modified: Date | undefined;
    readonly metadata: Metadata | undefined;
    readonly publicAccess: PublicAccessType | undefined;
    /** Undefined: not asked for. */
    readonly policies: readonly SignedIdentifier[] | "denied" | undefined;
    readonly hasImmutabilityPolicy?: boolean | undefined;
    readonly hasLegalHold?: boolean | undefined;
    readonly defaultEncryptionScope?: string | undefined;
}

/** What is carried of a container. */
export type ContainerProperties = Record<string, Json> & {
    metadata: Record<string, string>;
    policies?: Policy[];
    publicAccess?: "container" | "blob" | "none";
};

/**
 * The item of a container. Its version is its ETag, which changes with metadata, policies and public access, and not
 * with the blobs in it: https://learn.microsoft.com/rest/api/storageservices/get-container-properties#response-headers
 */
export function toContainerItem(facts: ContainerFacts, carriesPublicAccess: boolean): Item {
    const owner = ownEntry(facts.metadata, ownerKey);
    const losses = [
        ...(facts.policies === "denied" ? [unreadablePolicies(facts.name, policyRole)] : []),
        ...controlPlaneLosses(facts),
    ];
    return {
        name: facts.name,
        version: facts.etag?.replaceAll('"', "") ?? "unknown",
        properties: propertiesOf(facts, carriesPublicAccess),
        ...(facts.modified === undefined ? {} : { modified: facts.modified }),
        ...(owner === undefined ? {} : { owner }),
        ...(ownEntry(facts.metadata, unfinishedKey) === undefined ? {} : { placeholder: true }),
        ...(losses.length === 0 ? {} : { losses }),
    };
}

function propertiesOf(facts: ContainerFacts, carriesPublicAccess: boolean): ContainerProperties {
    const policies = Array.isArray(facts.policies) ? toPolicies(facts.policies) : [];
    return {
        metadata: carriedMetadata(facts.metadata),
        // Left out where there are none, so that a side that can't read them is no different.
        ...(policies.length === 0 ? {} : { policies }),
        ...(carriesPublicAccess ? { publicAccess: facts.publicAccess ?? "none" } : {}),
    };
}

/** What the data plane shows of a container, and only ARM sets. */
function controlPlaneLosses(facts: ContainerFacts): Loss[] {
    const item = facts.name;
    const scope = ownScope(facts.defaultEncryptionScope);
    const remedy = "declare it at the target with azure-native";
    return [
        ...protectionLosses(
            item,
            {
                policy: facts.hasImmutabilityPolicy === true ? "stays behind: only ARM sets it" : undefined,
                hold: facts.hasLegalHold === true,
            },
            remedy,
        ),
        ...(scope === undefined
            ? []
            : [
                  {
                      item,
                      what: "encryption scope",
                      reason: `its default encryption scope "${scope}" is one of its own account`,
                      remedy,
                  },
              ]),
    ];
}
