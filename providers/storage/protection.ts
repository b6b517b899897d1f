import type { Item, Loss } from "../core/contract.js";
import type { BlobProperties } from "./blob-item.js";
import type { BoundProperties, Immutability } from "./bound-properties.js";

/** What the option `immutability` says. */
export type ImmutabilityOption = "unlocked" | "same" | false;

export interface ProtectionOutlook {
    readonly option: ImmutabilityOption;
    /** The target's blob; undefined where there is none. */
    readonly existing: BoundProperties | undefined;
    /** The target's container has version-level immutability. */
    readonly supported: boolean;
    /** Milliseconds since the epoch. */
    readonly now: number;
}

const remedy = "give the target's container version-level immutability, or a default policy, and run again";

/**
 * The item with the protection that its copy is to have, and with losses for what it can't have. Protection that the
 * target's blob has of its own is never taken away nor cut short, so a default policy of its container stands.
 */
export function foreseeProtection(item: Item, outlook: ProtectionOutlook): Item {
    const { option, existing = {}, supported, now } = outlook;
    const { immutability, legalHold, ...others } = item.properties as BlobProperties;
    const losses: Loss[] = [];
    const lose = (what: string, reason: string, more: Partial<Loss> = {}): void => {
        losses.push({ item: item.name, what, reason, ...more });
    };
    let wanted: Immutability | undefined;
    if (immutability !== undefined) {
        const told = `its immutability policy (${immutability.locked === true ? "locked " : ""}until ${immutability.until})`;
        if (Date.parse(immutability.until) <= now) {
            lose("immutability policy", `${told} has ended, and is not set again`, { minor: true });
        } else if (option !== false && supported) {
            wanted = option === "same" ? immutability : { until: immutability.until };
        } else if (existing.immutability === undefined) {
            lose("immutability policy", `${told} stays behind`, option === false ? {} : { remedy });
        }
    }
    const carried = strongest(wanted, existing.immutability);
    if (wanted !== undefined && immutability?.locked === true && carried?.locked !== true) {
        lose("immutability policy", "its immutability policy is locked at the source and not at the target", {
            remedy: 'lock it at the target, or set the option immutability to "same"',
            minor: true,
        });
    }
    const holds = legalHold === true && option !== false && supported;
    if (legalHold === true && !holds && existing.legalHold !== true) {
        lose("legal hold", "its legal hold stays behind", option === false ? {} : { remedy });
    }
    return {
        ...item,
        properties: {
            ...others,
            ...(carried === undefined ? {} : { immutability: carried }),
            ...(holds || existing.legalHold === true ? { legalHold: true } : {}),
        },
        ...(losses.length === 0 ? {} : { losses: [...(item.losses ?? []), ...losses] }),
    };
}

/**
 * A policy that is there is only ever made longer. One that outlasts the wanted one is left as it is: to lock it would be
 * to lock more than the source has.
 */
export function strongest(
    wanted: Immutability | undefined,
    found: Immutability | undefined,
): Immutability | undefined {
    if (wanted === undefined || found === undefined) return wanted ?? found;
    if (Date.parse(found.until) > Date.parse(wanted.until)) return found;
    return wanted.locked === true || found.locked === true
        ? { until: wanted.until, locked: true }
        : { until: wanted.until };
}

/** What of the wanted protection a role does not allow. */
export function unsetProtection(item: string, what: "immutability policy" | "legal hold"): Loss {
    return {
        item,
        what,
        reason: `its ${what} may not be set at the target`,
        remedy: "assign Storage Blob Data Owner at the target, or set the option immutability to false",
    };
}
