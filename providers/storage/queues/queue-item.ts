import { createHash } from "node:crypto";
import type { Item, Loss } from "../../core/contract.js";
import { canonicalJson, type Json } from "../../core/json.js";
import { carriedMetadata, ownEntry, ownerKey, unfinishedKey, type Metadata } from "../metadata.js";
import type { CopyCounts } from "./copy-mark.js";
import { toPolicies, unreadablePolicies, type Policy } from "../policies.js";
import type { SignedIdentifier } from "../sdk.js";
import { policyRole } from "./permissions.js";

/** What is known of a queue, wherever it was read. */
export interface QueueFacts {
    readonly name: string;
    readonly metadata: Metadata | undefined;
    /** Undefined: not asked for. */
    readonly policies: readonly SignedIdentifier[] | "denied" | undefined;
    /** About how many messages it has, never too few; undefined: not asked for. */
    readonly messages?: number | undefined;
    /** Its messages are to be copied. */
    readonly copies?: boolean;
    /** What was copied to it. */
    readonly copied?: CopyCounts | undefined;
}

/** What is carried of a queue. */
export type QueueProperties = Record<string, Json> & {
    metadata: Record<string, string>;
    policies?: Policy[];
};

/**
 * The item of a queue. The service keeps no dates of it and no ETag: the hash over all that is seen is all there is. Which
 * messages there are is no part of it, as they come and go: they are copied once.
 */
export function toQueueItem(facts: QueueFacts): Item {
    const { name, metadata } = facts;
    const owner = ownEntry(metadata, ownerKey);
    const isUnfinished = ownEntry(metadata, unfinishedKey) !== undefined;
    const properties = propertiesOf(facts);
    const losses = [
        ...(facts.policies === "denied" ? [unreadablePolicies(name, policyRole)] : []),
        ...messageLosses(facts),
    ];
    const seen = { ...properties, owner: owner ?? "", isUnfinished };
    const hash = createHash("sha256").update(canonicalJson(seen)).digest("hex").slice(0, 12);
    return {
        name,
        version: `#${hash}${facts.copies === true ? "+messages" : ""}`,
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

function messageLosses({ name, messages = 0, copies, copied }: QueueFacts): Loss[] {
    if (copied !== undefined) return missingMessages(name, copied);
    if (messages === 0) return [];
    return [copies === true ? newIdentity(name) : leftBehind(name, messages)];
}

function leftBehind(name: string, messages: number): Loss {
    return {
        item: name,
        what: "messages",
        reason: `about ${counted(messages, "message stays", "messages stay")} behind: to read them is to hide them from their consumers`,
        remedy: 'let their consumers handle them, or set messages: "copy" and acknowledge: ["messages"]',
        // The queue itself is whole.
        minor: true,
    };
}

function newIdentity(name: string): Loss {
    return {
        item: name,
        what: "ids, times and dequeue counts of messages",
        reason: "copies have their own, and their order may differ",
        minor: true,
    };
}

/** Told in every run: it stands in the mark. */
function missingMessages(name: string, { hidden, unsendable, left }: CopyCounts): Loss[] {
    const loss = (reason: string, remedy: string): Loss => ({ item: name, what: "messages", reason, remedy });
    return [
        ...(hidden === 0
            ? []
            : [
                  loss(
                      `about ${counted(hidden, "message was", "messages were")} hidden while the queue was read: at work with a consumer, or delayed`,
                      "let the source's consumers handle them",
                  ),
              ]),
        ...(left === 0
            ? []
            : [
                  loss(
                      `about ${counted(left, "message stays", "messages stay")} behind: the queue at the target has messages of its own, which are neither mixed nor cleared`,
                      "clear the queue at the target and remove its metadata azure_dataplane_messages, or send the messages yourself",
                  ),
              ]),
        ...(unsendable === 0
            ? []
            : [
                  loss(
                      `${counted(unsendable, "message is", "messages are")} no valid text: XML, in which messages travel, lacks some of the characters`,
                      "let the source's consumers handle them, or send them to the target encoded in Base64",
                  ),
              ]),
    ];
}

function counted(count: number, one: string, several: string): string {
    return `${String(count)} ${count === 1 ? one : several}`;
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
