import type { Item, Loss, Outlook } from "../core/contract.js";
import { DataplaneError } from "../core/errors.js";
import type { BlobProperties } from "./blob-item.js";

/** How urgent it is: `high` costs more. https://learn.microsoft.com/azure/storage/blobs/archive-rehydrate-overview#rehydration-priority */
export type RehydratePriority = "standard" | "high";

/** Where copies of archived blobs go: what was archived is seldom read. */
const rehydratedTier = "Cool";

/** As the documentation has it for blobs under 10 GB. */
const duration: Readonly<Record<RehydratePriority, string>> = {
    standard: "up to 15 hours",
    high: "an hour or more",
};

/** Stands for the MD5 of a copy of an archived blob that has none, on both sides: nobody can compare their content. */
export function rehydratedDigest(etag: string): string {
    return `rehydrated ${etag}`;
}

/** The digest, unless it is such a stand-in. */
export function realDigest(digest: string | undefined): string | undefined {
    return digest?.startsWith("rehydrated ") === true ? undefined : digest;
}

/** What decides whether an archived blob can come along. */
export interface RehydrationOutlook extends Pick<Outlook, "existing" | "streamed"> {
    readonly priority: RehydratePriority | undefined;
    /** Regions of both accounts, where they are known. */
    readonly regions: { readonly source?: string | undefined; readonly target?: string | undefined };
}

/**
 * The item as the target can have it, where it is archived at the source: without `lost` where the service is to copy it
 * out of the archive, or has done so already. Others pass as they are.
 *
 * Where that works: https://learn.microsoft.com/azure/storage/blobs/archive-rehydrate-to-online-tier
 *
 * @throws DataplaneError `InvalidItem` where the copy is on its way.
 */
export function foreseeRehydration(item: Item, outlook: RehydrationOutlook): Item {
    const found = outlook.existing?.properties as BlobProperties | undefined;
    const wanted = item.properties as BlobProperties;
    if (!isArchived(item)) {
        // Where a blob came from once is no difference of its own, on either side.
        const { rehydratedFrom: was, rehydrating: is, ...properties } = wanted;
        const { rehydratedFrom } = found ?? {};
        if (was === undefined && is === undefined && rehydratedFrom === undefined) return item;
        return {
            ...item,
            properties: {
                ...properties,
                ...(rehydratedFrom === undefined ? {} : { rehydratedFrom }),
            },
        };
    }
    const { priority, regions, streamed } = outlook;
    if (priority === undefined || wanted.rehydrating === true) return item;
    if (streamed) return lost(item, "and the service does not copy it itself here");
    if (regions.source !== undefined && regions.target !== undefined && regions.source !== regions.target) {
        return lost(
            item,
            `in ${regions.source}, and archived blobs are copied within a region only, not to ${regions.target}`,
        );
    }
    const etag = item.version.split(" ")[0] ?? "";
    if (found?.rehydrating === true) throw pending(item.name, found.rehydratedFrom === etag, priority);
    const { lost: _lost, ...others } = item;
    const digest = item.digest ?? rehydratedDigest(etag);
    const isOurs = found?.rehydratedFrom === etag;
    const isSame = isOurs || (found !== undefined && outlook.existing?.digest === item.digest && item.digest);
    const { tier: _tier, rehydratedFrom: _from, snapshots, ...properties } = wanted;
    const tier = found !== undefined && isSame ? found.tier : rehydratedTier;
    const rehydratedFrom = found !== undefined && isSame ? found.rehydratedFrom : etag;
    return {
        ...others,
        digest,
        properties: {
            ...properties,
            ...(tier === undefined ? {} : { tier }),
            ...(rehydratedFrom === undefined ? {} : { rehydratedFrom }),
            // Snapshots come before their blob, whose content nobody can write anew here.
            ...(found?.snapshots === undefined ? {} : { snapshots: found.snapshots }),
        },
        losses: [
            ...(item.losses ?? []),
            ...(tier === "Archive" ? [] : [tierLoss(item.name, tier)]),
            ...(snapshots === undefined ? [] : [snapshotLoss(item.name, snapshots.length)]),
        ],
    };
}

/** Whether the item is one that only a copy out of the archive can bring. */
function isArchived(item: Item): boolean {
    return item.lost?.what === "item" && (item.properties as BlobProperties).tier === "Archive";
}

/** Whether a foreseen item is to be copied out of the archive, or was. */
export function isFromArchive(item: Item): boolean {
    return item.losses?.some(({ what }) => what === "archive") === true;
}

/** The copy was started, by this run or an earlier one. */
export function pending(name: string, isOurs: boolean, priority: RehydratePriority): DataplaneError {
    return new DataplaneError(
        "InvalidItem",
        isOurs
            ? `the archived blob "${name}" is being copied out of the archive, which takes ${duration[priority]}`
            : `the blob "${name}" is being rehydrated at the target, from another state of the source's`,
        { item: name, side: "target", remedy: "Run again when that is done; it is not started anew." },
    );
}

function lost(item: Item, why: string): Item {
    const loss: Loss = {
        item: item.name,
        what: "item",
        reason: `it is archived ${why}`,
        remedy: "set its tier to Hot, Cool or Cold at the source, and run again when that is done",
    };
    return { ...item, lost: loss };
}

function snapshotLoss(item: string, count: number): Loss {
    return {
        item,
        what: "snapshot",
        reason: `its snapshots (${String(count)}) stay behind, as it is archived itself`,
        remedy: "set its tier to Hot, Cool or Cold at the source, and run again when that is done",
    };
}

function tierLoss(item: string, tier: string | undefined): Loss {
    return {
        item,
        what: "archive",
        reason: `it is archived at the source and ${tier ?? "online"} at the target`,
        remedy: "archive it at the target once it has arrived",
        minor: true,
    };
}
