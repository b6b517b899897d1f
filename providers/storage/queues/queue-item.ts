import { createHash } from "node:crypto";
import type { Item, Loss } from "../../core/contract.js";
import { canonicalJson, type Json } from "../../core/json.js";
import { carriedMetadata, ownEntry, ownerKey, unfinishedKey, type Metadata } from "../metadata.js";
import { toPolicies, unreadablePolicies, type Policy } from "../policies.js";
import type { SignedIdentifier } from "../sdk.js";
import { policyRole } from "./permissions.js";

/** What is known of a queue, wherever it was read. */
export interface QueueFacts {
    readonly name: string;
    readonly metadata: Metadata | undefined;
    /** Undefined: not asked for. */
    readonly policies: readonly SignedIdentifier[] | "denied" | undefined;
    /** About how many messages it has; undefined: not asked for. */
    readonly messages?: number | undefined;
}

/** What is carried of a queue. */
export type QueueProperties = Record<string, Json> & {
    metadata: Record<string, string>;
    policies?: Policy[];
};

/** The item of a queue. The service keeps no dates of it and no ETag: the hash over all that is seen is all there is. */
export function toQueueItem(facts: QueueFacts): Item {
    const { name, metadata } = facts;
    const owner = ownEntry(metadata, ownerKey);
    const isUnfinished = ownEntry(metadata, unfinishedKey) !== undefined;
    const properties = propertiesOf(facts);
    const losses = [
        ...(facts.policies === "denied" ? [unreadablePolicies(name, policyRole)] : []),
        ...messageLoss(facts),
    ];
    const seen = { ...properties, owner: owner ?? "", isUnfinished };
    return {
        name,
        version: `#${createHash("sha256").update(canonicalJson(seen)).digest("hex").slice(0, 12)}`,
        properties,
        ...(owner === undefined ? {} : { owner }),
        ...(isUnfinished ? { placeholder: true } : {}),
        ...(losses.length === 0 ? {} : { losses }),
    };
}

function propertiesOf({ metadata, policies: found }: QueueFacts): QueueProperties {
    const policies = Array.isArray(found) ? toPolicies(found) : [];
    return {
        metadata: carriedMetadata(metadata),
        // Left out where there are none, so that a side that can't read them is no different.
        ...(policies.length === 0 ? {} : { policies }),
    };
}

function messageLoss({ name, messages = 0 }: QueueFacts): Loss[] {
    if (messages === 0) return [];
    return [
        {
            item: name,
            what: "messages",
            reason: `about ${String(messages)} ${messages === 1 ? "message stays" : "messages stay"} behind: to read them is to hide them from their consumers`,
            remedy: "let their consumers handle them, or send them to the target yourself",
            // The queue itself is whole.
            minor: true,
        },
    ];
}

/**
 * Why that can't be the name of a queue, or undefined.
 * https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata#queue-names
 */
export function invalidQueueName(name: string): string | undefined {
    return /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
        ? undefined
        : "a queue's name has 3 to 63 characters: lower-case letters, digits and single hyphens between them";
}
