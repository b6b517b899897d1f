import { createHash } from "node:crypto";
import type { Item, Loss } from "../../core/contract.js";
import { canonicalJson, type Json } from "../../core/json.js";
import type { SecretProperties } from "../sdk.js";
import { historyTag, placeholderTag } from "../tags.js";
import { copiedVersions } from "./alignment.js";
import type { SecretVersion, VersionMark } from "./content.js";
import { carriedProperties, disabledLoss, isoSeconds, shownOf, toItem } from "./item.js";

/** A secret with all its versions: properties are those of the current one. */
export interface SecretItem extends Item {
    /** As they were listed, the oldest first, the current one last. */
    readonly versions: readonly SecretProperties[];
}

/** Whether the item was listed with its versions. */
export function hasVersions(item: Item): item is SecretItem {
    return "versions" in item;
}

/** @param versions the oldest first, the current one last; at least one. */
export function toSecretItem(versions: readonly SecretProperties[]): SecretItem {
    const current = versions.at(-1);
    if (current === undefined) throw new Error("a secret has at least one version");
    const updated = versions.reduce((last, { updatedOn }) => Math.max(last, updatedOn?.getTime() ?? 0), 0);
    const modified = new Date(updated);
    return {
        ...toItem(current),
        version: historyVersionOf(versions, current, modified),
        modified,
        writes: Math.max(1, versions.filter(isCarriable).length),
        versions,
    };
}

/**
 * `2026-11-24T16:20:01Z 3 versions #3f9a1c`: when any of them was last changed, how many there are, and a short hash over
 * what a listing shows of each, ids and dates included.
 */
function historyVersionOf(
    versions: readonly SecretProperties[],
    current: SecretProperties,
    modified: Date,
): string {
    // Which of two made within one second is the current one may be known or not: only its looks count.
    const each = versions
        .map((version): Json => [
            version.version ?? "",
            seconds(version.createdOn),
            seconds(version.updatedOn),
            shownOf(version),
        ])
        .map((shown) => canonicalJson(shown))
        .sort();
    const hash = createHash("sha256")
        .update(canonicalJson([shownOf(current), each]))
        .digest("hex")
        .slice(0, 6);
    const count = versions.length === 1 ? "1 version" : `${String(versions.length)} versions`;
    return `${seconds(modified)} ${count} #${hash}`;
}

function seconds(date: Date | undefined): string {
    return isoSeconds(date) ?? "unknown";
}

/** A version as a history has it. `value`: undefined where it can't be read. */
export function toVersion(listed: SecretProperties, value: string | undefined): SecretVersion {
    const mark = markOf(listed);
    return {
        id: listed.version ?? "",
        created: listed.createdOn?.getTime() ?? 0,
        value,
        properties: carriedProperties(listed),
        ...(mark === undefined ? {} : { mark }),
    };
}

function markOf({ tags = {} }: SecretProperties): VersionMark | undefined {
    if (tags[placeholderTag] !== undefined) return "placeholder";
    const mark = tags[historyTag];
    return mark === "older" || mark === "first" ? mark : undefined;
}

/** Whether its value can be read and is one. */
function isCarriable(version: SecretProperties): boolean {
    return version.enabled !== false && version.tags?.[placeholderTag] === undefined;
}

/**
 * The item with what of its history can't be carried, where it goes version by version: values of disabled versions,
 * the order of those made within one second, dates of creation.
 *
 * @param existing the target's item: what was restored there from a backup is whole.
 */
export function withLosses(item: SecretItem, existing: Item | undefined): SecretItem {
    const { lost: _lost, losses: _losses, ...rest } = item;
    const there = existing !== undefined && hasVersions(existing) ? existing.versions : [];
    const restored = new Set(there.map(({ version }) => version));
    const older = item.versions.slice(0, -1).filter(({ version }) => !restored.has(version));
    const current = item.versions.at(-1);
    const isLost =
        item.placeholder !== true && current?.enabled === false && there.at(-1)?.version !== current.version;
    const losses = [
        ...lossOfValues(
            item.name,
            older.filter((version) => version.enabled === false),
        ),
        ...lossOfDates(item.name, older.filter(isCarriable)),
    ];
    return {
        ...rest,
        ...(losses.length === 0 ? {} : { losses }),
        ...(isLost ? { lost: disabledLoss(item.name) } : {}),
    };
}

function lossOfValues(item: string, disabled: readonly SecretProperties[]): Loss[] {
    const count = disabled.filter(({ tags }) => tags?.[placeholderTag] === undefined).length;
    if (count === 0) return [];
    return [
        {
            item,
            what: "value",
            reason: `${older(count)} disabled, and Key Vault gives no value of a disabled version`,
            remedy: "enable them at the source while they are copied, if they are still needed",
        },
    ];
}

function lossOfDates(item: string, copied: readonly SecretProperties[]): Loss[] {
    if (copied.length === 0) return [];
    const times = copied.map(({ createdOn }) => createdOn?.getTime());
    const ties = times.length - new Set(times).size;
    const dates: Loss = {
        item,
        what: "dates of creation",
        reason: `${older(copied.length)} made anew at the target, and Key Vault itself dates each version`,
        minor: true,
    };
    const order: Loss = {
        item,
        what: "order of versions",
        reason: "older versions were made within one second, and Key Vault doesn't tell which came first",
        minor: true,
    };
    return ties === 0 ? [dates] : [dates, order];
}

/**
 * What the target's history lacks of the source's for good, by how many versions with a value there are: a target that
 * had a current version already gets nothing older put over it.
 */
export function shortfallOf(source: Item, target: Item): Loss[] {
    if (!hasVersions(source) || !hasVersions(target)) return [];
    const count =
        source.versions.filter(isCarriable).length - copiedOf(target.versions).filter(isCarriable).length;
    if (count <= 0) return [];
    return [
        {
            item: source.name,
            what: "value",
            reason:
                `${older(count)} not at the target, which had a current version already: ` +
                "nothing older is put over a version that something may use",
            remedy: `delete and purge "${target.name}" at the target, and run again`,
        },
    ];
}

/** What of the target's versions counts as a copy. */
export function copiedOf(listed: readonly SecretProperties[]): SecretProperties[] {
    const versions = listed.map((version) => {
        const mark = markOf(version);
        return { version, ...(mark === undefined ? {} : { mark }) };
    });
    return copiedVersions(versions).map(({ version }) => version);
}

function older(count: number): string {
    return count === 1 ? "1 older version is" : `${String(count)} older versions are`;
}
