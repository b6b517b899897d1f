import type { Item, Loss, Outlook } from "../core/contract.js";
import type { BlobProperties } from "./blob-item.js";
import type { ListedBlob } from "./list-parser.js";
import { ownEntry, snapshotKey } from "./metadata.js";

/** A blob of a listing, with those of its snapshots that count. */
export interface BlobWithSnapshots {
    readonly blob: ListedBlob;
    /** As `BlobProperties.snapshots` has them. */
    readonly times: readonly string[];
    /** Times of those that can't be read. */
    readonly archived: readonly string[];
}

/**
 * Puts each blob together with its snapshots, which a listing shows as blobs of the same name, and which stand for
 * themselves at the source and for those that they were copied from at the target. Snapshots that are no copies don't
 * count there.
 */
export class SnapshotGroups {
    #snapshots: ListedBlob[] = [];
    #base: ListedBlob | undefined;

    constructor(private readonly side: "source" | "target") {}

    /** Takes the next blob of the listing. Answers with the one before, when it is complete. */
    add(blob: ListedBlob): BlobWithSnapshots | undefined {
        const name = this.#base?.name ?? this.#snapshots[0]?.name;
        const done = name === undefined || name === blob.name ? undefined : this.end();
        if (blob.snapshot === undefined) this.#base = blob;
        else this.#snapshots.push(blob);
        return done;
    }

    /** The last blob. */
    end(): BlobWithSnapshots | undefined {
        const [base, snapshots] = [this.#base, this.#snapshots];
        this.#base = undefined;
        this.#snapshots = [];
        if (base === undefined) return undefined;
        const isReadable = (each: ListedBlob): boolean => each.properties.accessTier !== "Archive";
        const times = (some: readonly ListedBlob[]): string[] =>
            some
                .map((each) =>
                    this.side === "source" ? each.snapshot : ownEntry(each.metadata, snapshotKey),
                )
                .filter((time) => time !== undefined)
                .sort();
        return this.side === "source"
            ? {
                  blob: base,
                  times: times(snapshots.filter(isReadable)),
                  archived: times(snapshots.filter((each) => !isReadable(each))),
              }
            : { blob: base, times: times(snapshots), archived: [] };
    }
}

/** The item with its snapshots: they count as a change of it. */
export function withSnapshots(item: Item, { times, archived }: Omit<BlobWithSnapshots, "blob">): Item {
    const last = times.at(-1);
    const losses = archived.map((time) =>
        snapshotLoss(item.name, time, "is archived, and can't be read", "rehydrate it at the source"),
    );
    const all = [...(item.losses ?? []), ...losses];
    if (last === undefined) return all.length === 0 ? item : { ...item, losses: all };
    const modified = new Date(last);
    return {
        ...item,
        properties: { ...item.properties, snapshots: [...times] },
        version: snapshotVersion(item.version, times),
        // Taking a snapshot does not change the blob's own date.
        ...(item.modified === undefined || modified < item.modified ? {} : { modified }),
        ...(all.length === 0 ? {} : { losses: all }),
    };
}

/** `0x8DC2A5B1 +2@2026-11-24T08:00:00.0000000Z`: how many snapshots, and when the last one was taken. */
export function snapshotVersion(version: string, times: readonly string[]): string {
    const last = times.at(-1);
    return last === undefined ? version : `${version} +${String(times.length)}@${last}`;
}

/** The snapshots of a blob with those properties. */
export function snapshotsOf(item: Item | undefined): readonly string[] {
    return (item?.properties as BlobProperties | undefined)?.snapshots ?? [];
}

/**
 * What the target's snapshots become: what it has, and the source's later ones. Snapshots can only be taken one after
 * another, so an earlier one that is missing can't be put in its place any more.
 */
export function foreseeSnapshots(item: Item, { existing }: Pick<Outlook, "existing">): Item {
    const there = snapshotsOf(existing);
    const last = there.at(-1) ?? "";
    const wanted = snapshotsOf(item);
    const missing = wanted.filter((time) => time <= last && !there.includes(time));
    const times = [...there, ...wanted.filter((time) => time > last)];
    const { snapshots: _snapshots, ...others } = item.properties as BlobProperties;
    const losses = missing.map((time) =>
        snapshotLoss(
            item.name,
            time,
            "is missing at the target, which has later ones: snapshots are taken one after another",
            "remove the blob with its snapshots at the target, and run again",
        ),
    );
    return {
        ...item,
        properties: times.length === 0 ? others : { ...others, snapshots: times },
        ...(losses.length === 0 ? {} : { losses: [...(item.losses ?? []), ...losses] }),
    };
}

function snapshotLoss(item: string, time: string, reason: string, remedy: string): Loss {
    return { item, what: "snapshot", reason: `its snapshot of ${time} ${reason}`, remedy };
}
