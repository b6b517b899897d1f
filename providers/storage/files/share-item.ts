import type { Item, Loss } from "../../core/contract.js";
import type { Json } from "../../core/json.js";
import { carriedMetadata, ownEntry, ownerKey, unfinishedKey, type Metadata } from "../metadata.js";
import type { Policy } from "../policies.js";

/** What is known of a share, wherever it was read. */
export interface ShareFacts {
    readonly name: string;
    readonly etag: string | undefined;
    readonly modified: Date | undefined;
    readonly metadata: Metadata | undefined;
    /** GiB. */
    readonly quota: number | undefined;
    readonly accessTier: string | undefined;
    readonly isNfs: boolean;
    /** How many snapshots it has; undefined: not asked for. */
    readonly snapshots: number | undefined;
    /** Undefined: not asked for. */
    readonly policies: readonly Policy[] | undefined;
}

/** What is carried of a share. */
export type ShareProperties = Record<string, Json> & {
    metadata: Record<string, string>;
    /** GiB. */
    quota: number;
    /** `TransactionOptimized`, `Hot`, `Cool`; a premium account's shares have no other tier. */
    accessTier?: string;
    policies?: Policy[];
};

/** The item of a share. Its version is its ETag, which does not change with the files in it. */
export function toShareItem(facts: ShareFacts): Item {
    const { name, metadata, modified } = facts;
    const owner = ownEntry(metadata, ownerKey);
    const losses = (facts.snapshots ?? 0) === 0 ? [] : [snapshotLoss(name, facts.snapshots ?? 0)];
    return {
        name,
        version: facts.etag?.replaceAll('"', "") ?? "unknown",
        properties: propertiesOf(facts),
        ...(modified === undefined ? {} : { modified }),
        ...(owner === undefined ? {} : { owner }),
        ...(ownEntry(metadata, unfinishedKey) === undefined ? {} : { placeholder: true }),
        ...(losses.length === 0 ? {} : { losses }),
        ...(facts.isNfs ? { lost: nfsLoss(name) } : {}),
    };
}

function propertiesOf({ metadata, quota = 0, accessTier, policies = [] }: ShareFacts): ShareProperties {
    const carried = [...policies].sort((a, b) => (a.id < b.id ? -1 : 1));
    return {
        metadata: carriedMetadata(metadata),
        quota,
        ...(accessTier === undefined || accessTier === "Premium" ? {} : { accessTier }),
        ...(carried.length === 0 ? {} : { policies: carried }),
    };
}

/** A share that speaks NFS: owners, groups, modes and links are not what this plugin carries. */
export function nfsLoss(item: string): Loss {
    return {
        item,
        what: "item",
        reason: "it is an NFS share, whose owners, modes and links are not carried",
        remedy: "copy it with AzCopy or rsync over NFS, or leave it out",
    };
}

function snapshotLoss(item: string, count: number): Loss {
    const reason = count === 1 ? "its snapshot stays behind" : `its ${String(count)} snapshots stay behind`;
    return { item, what: "snapshots", reason, minor: true };
}
