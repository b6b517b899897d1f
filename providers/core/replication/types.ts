import type { Detail, ElementType, Item, Loss, Mode, Store } from "../contract.js";
import type { DataplaneError } from "../errors.js";
import type { Estimate, Volume } from "../estimate/estimate.js";

/** What replication decides for an item; `docs/architecture.md` has the table. */
export type Action = "create" | "update" | "same" | "conflict" | "keep" | "prune" | "lose";

/** What the last run wrote down about an item. Versions only, never content. */
export interface ItemRecord {
    /** The source's version that was copied; empty where the content is not the source's (template mode, overrides). */
    source: string;
    /** The target's version after the copy. */
    target: string;
    /** `created`: we wrote it first; `adopted`: it was there and equal. */
    origin: "created" | "adopted";
    /** Its content is the source's with parts replaced, as `rewrite` says. */
    rewritten?: true;
}

/** The record of a group: everything up to the watermark is as it was copied, but for the exceptions. */
export interface GroupRecord {
    count: number;
    bytes: number;
    /** Over names and source versions, in any order of listing. */
    digest: string;
    /** The source's clock: items changed later are not covered. ISO 8601; absent where the record covers nothing. */
    sourceWatermark?: string;
    /** The target's clock, likewise. */
    targetWatermark?: string;
    /**
     * What is ours at the target and changed later than the watermark, as the service's clock had not yet moved on when
     * the run ended: six bytes for each item's version, in base64, one after another. See `coverage.ts`.
     */
    targetRecent?: string;
    /** Names at the target that are not ours: foreign ones and skipped conflicts. */
    exceptions?: string[];
    /** Names at the target that are ours, but whose content isn't proven to be the source's: copied again next time. */
    pending?: string[];
    /** Over names and versions at the target when the run ended, without the exceptions; to see drift. */
    targetDigest?: string;
}

/** The output `copied`: by the name at the target, or by group, as `detail` says. */
export type Copied = Record<string, ItemRecord> | Record<string, GroupRecord>;

/** The input `items`: version by the source's name, or a summary by group. It is the ceiling of a run. */
export type ItemsByName = Record<string, string>;
export type ItemsByGroup = Record<string, GroupSummary>;
export interface GroupSummary {
    count: number;
    bytes: number;
    digest: string;
}

/** Which items a replica takes, and what they are called at the target. */
export interface Selection {
    /** Glob patterns on the source's names; undefined takes all. */
    include?: readonly string[];
    exclude?: readonly string[];
    /** Target name by source name. */
    rename?: Readonly<Record<string, string>>;
}

export type OnConflict = "fail" | "skip" | "overwrite";

/** How the data of an item went. */
export type Path = "server-side" | "streamed" | "properties" | "none";

export interface ReplicationRequest {
    element: ElementType;
    source: Store;
    target: Store;
    mode: Mode;
    detail: Detail;
    selection: Selection;
    /** Contents that the user gave, by source name. Values are secrets. */
    overrides?: Readonly<Record<string, string>>;
    /** Texts to replace in contents on their way: replacement by what is replaced. */
    rewrite?: Readonly<Record<string, string>>;
    /** What was previewed; nothing beyond it is written. */
    items: ItemsByName | ItemsByGroup;
    /** Of the last run; empty on the first. */
    copied: Copied;
    onConflict: OnConflict;
    prune: boolean;
    /** The ownership marker, only where `onDelete` is `delete`. */
    owner?: string;
    /** How long a missing role at the target is waited for. */
    accessTimeoutMilliseconds: number;
    signal: AbortSignal;
    onProgress?: (event: ProgressEvent) => void;
    /** The element type's own options, to name the role that is waited for. Default: none. */
    options?: Readonly<Record<string, unknown>>;
}

export interface ProgressEvent {
    kind: "listing" | "item" | "waiting" | "done";
    /** Items decided and carried out so far, of how many. */
    done: number;
    total: number;
    bytes: number;
    /** One short line for people: `waiting for role Key Vault Secrets Officer to act (35 s)`. */
    message: string;
}

export interface ItemFailure {
    /** The item's name at the source; empty where the run itself failed: a listing, a cancellation. */
    item: string;
    error: DataplaneError;
}

export interface Summary {
    created: number;
    updated: number;
    same: number;
    /** Ours at the target, no longer at the source. */
    kept: number;
    pruned: number;
    conflicts: number;
    lost: number;
    failed: number;
    /** Bytes of content that were copied. */
    bytes: number;
    seconds: number;
    /** Faithful items over source items, 0 to 1; 1 where there were none. */
    fidelity: number;
    /** Items by the way that their data went. */
    paths: Partial<Record<Path, number>>;
    /** Why content went through this process that the service was asked to move itself: its first refusal. */
    streamedBecause?: string;
    /**
     * Items whose contents were read on both sides, as nothing cheaper could prove them equal, and the bytes that were
     * read of each. Absent where there were none.
     */
    compared?: { items: number; bytes: number };
    /** Requests to both services, those that found the resources included. */
    requests?: number;
    /** What the same copy was to take, to be held against `seconds`, `bytes` and `requests`. */
    estimate?: Estimate;
}

export interface ReplicationResult {
    copied: Copied;
    summary: Summary;
    /** How much was copied. */
    volume: Required<Volume>;
    losses: Loss[];
    /** Items whose content is the source's with parts replaced, by their names at the target. */
    rewritten: string[];
    failures: ItemFailure[];
}

/** One planned step. */
export interface Decision {
    action: Action;
    /** The item under its name at the source; undefined for `keep` and `prune` of what the source lacks. */
    source?: Item;
    target?: Item;
    /** Why, for people, where it isn't plain. */
    reason?: string;
}
