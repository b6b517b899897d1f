import type { Item } from "../contract.js";
import type { Standing } from "./decide.js";
import type { Pair } from "./join.js";
import type { Copied, ItemRecord } from "./types.js";

/**
 * How an item stands at the target when it has been dealt with, as far as the records care:
 * - `proven`: the target holds the content of the source's version that was listed.
 * - `owned`: ours, but not proven to be that content: an older one, a template's, one that the user gave.
 * - `foreign`: there and not ours.
 * - `absent`: not at the target, as far as we know.
 * - `pruned`: removed by us.
 * - `uncertain`: a write failed and may have changed it.
 */
export type SettledKind = "proven" | "owned" | "foreign" | "absent" | "pruned" | "uncertain";

export interface Settlement {
    readonly kind: SettledKind;
    readonly pair: Pair;
    /** The source's item as it was read; it may be newer than the listing's. */
    readonly source?: Item;
    /** The target's item as it is now. */
    readonly target?: Item;
    /** This run wrote `target`: the closing listing must show it. */
    readonly wrote: boolean;
    readonly origin?: ItemRecord["origin"];
    /** Whether parts of its content were replaced; undefined: as on record. */
    readonly rewritten?: boolean | undefined;
}

/**
 * What is written down about items: read at the start of a run, filled as items are settled, and the next run's
 * memory at its end.
 */
export interface RecordBook {
    /** What the last run's records say about a pair. */
    standing(pair: Pair, target: Item | undefined): Standing;
    /** Who made the item, where a record tells. */
    origin(pair: Pair): ItemRecord["origin"] | undefined;
    settle(settlement: Settlement): void;
    /**
     * By group: the groups that the closing listing is for. They were written to, or they hold copies that no watermark
     * covers yet: those of a run that was killed.
     */
    openGroups(): string[];
    /**
     * Whether the closing listing may begin now, when whatever changes from now on shows a later time than
     * `settledUntil` (in milliseconds): what is ours and changed later is little enough to stand in the records by its
     * versions. Else it must wait until all that was written is settled.
     */
    closesAt(settledUntil: number): boolean;
    /** One item of the closing listing. */
    close(item: Item): void;
    /**
     * The records for the next run.
     *
     * @param ended.listed both listings at the start ended without an error and every pair was settled.
     * @param ended.closed the closing listing ended without an error (or nothing was written).
     */
    finish(ended: { listed: boolean; closed: boolean }): Copied;
}
