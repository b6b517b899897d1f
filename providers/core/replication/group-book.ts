import type { ElementType, Item } from "../contract.js";
import type { RecordBook, Settlement } from "./book.js";
import { Coverage, recentVersion } from "./coverage.js";
import type { Standing } from "./decide.js";
import { bytesAgree, digestsEqual } from "./equality.js";
import type { Pair } from "./join.js";
import { RecentCounts } from "./recent-counts.js";
import { SetDigest, versionDigest } from "./set-digest.js";
import type { Copied, GroupRecord, ItemRecord } from "./types.js";
import { laterOf, skewBehind, watermark } from "./watermark.js";

/** A record names at most so many exceptions, and so many pending items. */
const namedAtMost = 1_000;

/** All records together hold so many versions at most, of eight characters each: 94 KiB. */
const recentAtMost = 12_000;

/** What is gathered about one group while its pairs are settled. */
interface Group {
    readonly old: GroupRecord | undefined;
    readonly oldExceptions: ReadonlySet<string>;
    readonly oldPending: ReadonlySet<string>;
    readonly coverage: Coverage;
    /** Versions of the old record that stand there still and that no watermark covers yet. */
    readonly stillRecent: string[];
    /** When what is ours at the target changed. */
    readonly changes: RecentCounts;
    /** Versions that the closing listing shows and that the new watermark won't cover. */
    readonly recent: string[];
    /** Something of ours at the target is covered neither by a watermark nor by the old record's versions. */
    uncovered: boolean;
    readonly source: Side;
    /** The target as it should be at the end, without the exceptions. */
    readonly target: Side;
    /** The target as the closing listing shows it, without the exceptions. */
    readonly closing: Side;
    /** Names by key; one more than `namedAtMost` means too many. */
    readonly exceptions: Map<string, string>;
    readonly pending: Map<string, string>;
    wrote: boolean;
    uncertain: boolean;
}

interface Side {
    bytes: number;
    readonly digest: SetDigest;
    /** The newest `modified`, in milliseconds. */
    newest: number | undefined;
}

/**
 * Records by group: an item is ours while it was not changed after the group's watermark and isn't an exception.
 *
 * A record moves on only when everything about its group is known: all pairs settled, no write in doubt, and a closing
 * listing whose digest is the one that the run's own doings lead to. Else the old record stays; it stays true, because
 * whatever was written since lies behind its watermark. Items that failed without a write stand as `pending`.
 */
export class GroupBook implements RecordBook {
    readonly #element: ElementType;
    readonly #old: ReadonlyMap<string, GroupRecord>;
    readonly #groups = new Map<string, Group>();
    readonly #listedAt: number;
    /** Whatever changed after the closing listing began shows a later time than this. */
    #settledUntil = Number.POSITIVE_INFINITY;

    /**
     * @param groups that the run may write to.
     * @param listedAt when the listings began, by the local clock.
     */
    constructor(element: ElementType, copied: Copied, groups: Iterable<string>, listedAt: number) {
        this.#element = element;
        this.#listedAt = listedAt;
        const records = Object.entries(copied) as [string, Partial<GroupRecord>][];
        this.#old = new Map(
            records.filter((entry): entry is [string, GroupRecord] => isGroupRecord(entry[1])),
        );
        for (const name of groups) this.#groups.set(name, this.#begin(this.#old.get(name)));
    }

    openGroups(): string[] {
        return this.#openGroups().map(([name]) => name);
    }

    closesAt(settledUntil: number): boolean {
        const open = this.#openGroups();
        const resting = [...this.#groups.values()].filter((group) => !open.some(([, one]) => one === group));
        const counts = [
            ...open.map(([, { changes }]) => changes.after(settledUntil)),
            ...resting.map(({ stillRecent }) => stillRecent.length),
        ];
        const isPossible = counts.reduce((sum, count) => sum + count, 0) <= recentAtMost;
        this.#settledUntil = isPossible ? settledUntil : Number.POSITIVE_INFINITY;
        return isPossible;
    }

    standing(pair: Pair, target: Item | undefined): Standing {
        const none = { ours: false, sourceUnchanged: false };
        const group = this.#groups.get(groupOf(pair));
        if (group?.old === undefined || target === undefined) return none;
        const key = this.#element.key(pair.name);
        if (group.oldExceptions.has(key) || !group.coverage.has(target)) return none;
        const { source } = pair;
        const sourceUnchanged =
            source !== undefined &&
            covers(group.old.sourceWatermark, source) &&
            !group.oldPending.has(key) &&
            // A move can give a name to an older file, which no clock shows; a digest does, or the size.
            digestsEqual(source, target) !== "different" &&
            bytesAgree(source, target);
        return { ours: true, sourceUnchanged };
    }

    origin(): undefined {
        return undefined;
    }

    settle(settlement: Settlement): void {
        const { pair, kind, target } = settlement;
        const group = this.#groups.get(groupOf(pair));
        if (group === undefined) return;
        if (pair.selected && pair.source !== undefined) note(group.source, pair.source);
        if (settlement.wrote) group.wrote = true;
        if (kind === "uncertain") group.uncertain = true;
        if (target === undefined || kind === "uncertain" || kind === "pruned") return;
        const key = this.#element.key(pair.name);
        if (kind === "foreign") {
            addName(group.exceptions, key, target.name);
            return;
        }
        this.#noteTarget(group, target);
        if (kind === "owned") addName(group.pending, key, target.name);
    }

    close(item: Item): void {
        const group = this.#groups.get(item.group ?? "");
        if (group === undefined || group.exceptions.has(this.#element.key(item.name))) return;
        const digest = note(group.closing, item);
        if (item.modified !== undefined && item.modified.getTime() > this.#settledUntil)
            group.recent.push(recentVersion(digest));
    }

    finish(ended: { listed: boolean; closed: boolean }): Copied {
        const records = new Map(this.#old);
        for (const [name, group] of this.#groups) {
            if (!ended.listed || !isKnown(group, ended.closed)) continue;
            records.set(name, this.#record(group, ended.closed));
        }
        return Object.fromEntries([...records].sort(([a], [b]) => (a < b ? -1 : 1)));
    }

    #begin(old: GroupRecord | undefined): Group {
        const keys = (names: readonly string[] = []): Set<string> =>
            new Set(names.map((name) => this.#element.key(name)));
        return {
            old,
            oldExceptions: keys(old?.exceptions),
            oldPending: keys(old?.pending),
            coverage: new Coverage(old),
            stillRecent: [],
            changes: new RecentCounts(),
            recent: [],
            uncovered: false,
            source: emptySide(),
            target: emptySide(),
            closing: emptySide(),
            exceptions: new Map(),
            pending: new Map(),
            wrote: false,
            uncertain: false,
        };
    }

    #openGroups(): [string, Group][] {
        return [...this.#groups].filter(
            ([, { wrote, uncertain, uncovered }]) => wrote || (!uncertain && uncovered),
        );
    }

    #noteTarget(group: Group, item: Item): void {
        const digest = note(group.target, item);
        const modified = item.modified?.getTime();
        if (modified === undefined) return;
        group.changes.add(modified);
        if (modified <= skewBehind(this.#listedAt) || group.coverage.hasByTime(item)) return;
        const version = recentVersion(digest);
        if (group.coverage.hasRecent(version)) group.stillRecent.push(version);
        else group.uncovered = true;
    }

    /** The target's watermark where no closing listing tells a later one. */
    #restingWatermark(group: Group): string | undefined {
        return watermark(group.old?.targetWatermark, group.target.newest, this.#listedAt);
    }

    #record(group: Group, closed: boolean): GroupRecord {
        const summary = {
            count: group.source.digest.count,
            bytes: group.source.bytes,
            digest: group.source.digest.toString(),
        };
        // Without the names of all that is foreign nothing may be taken for ours: differences will be conflicts.
        if (group.exceptions.size > namedAtMost) return summary;
        const { newest } = group.closing;
        const [target, recent] =
            closed && closesAsExpected(group)
                ? [
                      laterOf(group.old?.targetWatermark, newest && Math.min(newest, this.#settledUntil)),
                      group.recent,
                  ]
                : [this.#restingWatermark(group), group.stillRecent];
        // Without the names of all that is pending nothing is proven: it will be copied again, never in conflict.
        const source =
            group.pending.size > namedAtMost
                ? undefined
                : watermark(group.old?.sourceWatermark, group.source.newest, this.#listedAt);
        return {
            ...summary,
            ...(source === undefined ? {} : { sourceWatermark: source }),
            ...(target === undefined ? {} : { targetWatermark: target }),
            ...(recent.length === 0 ? {} : { targetRecent: recent.sort().join("") }),
            ...(group.exceptions.size === 0 ? {} : { exceptions: [...group.exceptions.values()].sort() }),
            ...(source === undefined || group.pending.size === 0
                ? {}
                : { pending: [...group.pending.values()].sort() }),
            targetDigest: group.target.digest.toString(),
        };
    }
}

/** Whether all that stands at the target now is accounted for. */
function isKnown(group: Group, closed: boolean): boolean {
    if (group.uncertain) return false;
    if (!group.wrote || group.exceptions.size > namedAtMost) return true;
    return closed && closesAsExpected(group);
}

function closesAsExpected(group: Group): boolean {
    return group.closing.digest.toString() === group.target.digest.toString();
}

function groupOf(pair: Pair): string {
    return pair.source?.group ?? pair.target?.group ?? "";
}

function covers(until: string | undefined, item: Item): boolean {
    return until !== undefined && item.modified !== undefined && item.modified.getTime() <= Date.parse(until);
}

function emptySide(): Side {
    return { bytes: 0, digest: new SetDigest(), newest: undefined };
}

function note(side: Side, item: Item): Buffer {
    side.bytes += item.bytes ?? 0;
    const digest = versionDigest(item.name, item.version);
    side.digest.addDigest(digest);
    const modified = item.modified?.getTime();
    if (modified !== undefined) side.newest = Math.max(side.newest ?? modified, modified);
    return digest;
}

function addName(names: Map<string, string>, key: string, name: string): void {
    if (names.size <= namedAtMost) names.set(key, name);
}

function isGroupRecord(record: Partial<GroupRecord> & Partial<ItemRecord>): boolean {
    return (
        typeof record.digest === "string" && typeof record.count === "number" && record.origin === undefined
    );
}
