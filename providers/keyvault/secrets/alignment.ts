import type { SecretVersion } from "./content.js";
import { holdsValueOf, pairUp, propertiesAgree, type Pairing } from "./pairing.js";

/**
 * How the target's history stands to the source's.
 * - `empty`: it has none of its own.
 * - `current`: its current version is the source's.
 * - `beginning`: it has the source's first versions and no others.
 * - `behind`: its current version is an older one of the source's.
 * - `foreign`: its current version is none of the source's.
 */
export type Position = "empty" | "current" | "beginning" | "behind" | "foreign";

/** What has to be done at the target for its history to become the source's, as far as it still can. */
export interface Alignment {
    readonly position: Position;
    /** Versions of the source to be set, one on top of the other. */
    readonly append: readonly SecretVersion[];
    /** Older versions of the target that get the properties of the source's, after that. */
    readonly updates: readonly VersionUpdate[];
    /** All that the target has is the source's, in its order, so that going on takes nothing away. */
    readonly continues: boolean;
}

/** A version of the target that gets the properties of one of the source. */
export interface VersionUpdate {
    readonly version: SecretVersion;
    readonly properties: SecretVersion["properties"];
}

/**
 * Compares two histories, each with the oldest version first and the current one last. Pure.
 *
 * Nothing older is ever put over a version that is in use. So where the target's current version is one of the source's,
 * only what is newer follows; where it is not, the source's current version alone. Only a target that has nothing but
 * the source's first versions, as a write leaves that was ended, is gone on with as if it had never stopped.
 *
 * @param source versions without a value can't be carried; placeholders are no part of it.
 */
export function alignVersions(source: readonly SecretVersion[], target: readonly SecretVersion[]): Alignment {
    const theirs = source.filter(({ mark }) => mark !== "placeholder");
    const ours = copiedVersions(target);
    const [current, top] = [theirs.at(-1), ours.at(-1)];
    if (current === undefined) return { position: "foreign", append: [], updates: [], continues: false };
    if (top === undefined) {
        return { position: "empty", append: theirs.filter(isReadable), updates: [], continues: false };
    }
    const history: History = { source: theirs, target: ours, current, top };
    if (top.mark !== "older" ? holdsValueOf(top, current) : top.id === current.id) {
        const pairs = pairUp(theirs, ours, { copy: top, of: current });
        const continues = areInOrder(history, pairs) && propertiesAgree(top, current);
        return finish(history, pairs, { position: "current", append: [], continues });
    }
    return beginning(history) ?? behind(history) ?? foreign(history);
}

/** What of the target's history counts as a copy: what is above the last placeholder, from the last `first` on. */
export function copiedVersions<V extends Pick<SecretVersion, "mark">>(target: readonly V[]): readonly V[] {
    const above = target.slice(target.findLastIndex(({ mark }) => mark === "placeholder") + 1);
    return above.slice(
        Math.max(
            0,
            above.findLastIndex(({ mark }) => mark === "first"),
        ),
    );
}

interface History {
    readonly source: readonly SecretVersion[];
    readonly target: readonly SecretVersion[];
    /** The source's last. */
    readonly current: SecretVersion;
    /** The target's last. */
    readonly top: SecretVersion;
}

function beginning(history: History): Alignment | undefined {
    const { source, target, current, top } = history;
    const pairs = pairUp(source, target);
    if (!pairs.has(top) || isPaired(pairs, current) || !areInOrder(history, pairs)) return undefined;
    const reached = timeOf(history, pairs.get(top));
    const append = source.filter((version) => isReadable(version) && !isPaired(pairs, version));
    if (append.some((version) => timeOf(history, version) < reached)) return undefined;
    return finish(history, pairs, { position: "beginning", append, continues: true });
}

function behind(history: History): Alignment | undefined {
    const { source, target, current, top } = history;
    const of = source.findLast((version) => version !== current && holdsValueOf(top, version));
    if (of === undefined) return undefined;
    const pairs = pairUp(source, target, { copy: top, of });
    const append = source.filter((version) => {
        if (version === current) return true;
        const isNewer = timeOf(history, version) > timeOf(history, of);
        return isNewer && isReadable(version) && !isPaired(pairs, version);
    });
    const continues = areInOrder(history, pairs) && !isPaired(pairs, current);
    return finish(history, pairs, { position: "behind", append, continues });
}

function foreign({ current }: History): Alignment {
    return { position: "foreign", append: [current], updates: [], continues: false };
}

function finish(
    history: History,
    pairs: Pairing,
    found: Pick<Alignment, "position" | "append" | "continues">,
): Alignment {
    const updates = updatesOf(history, pairs, found.append.length > 0);
    const enables = updates.some(
        ({ version, properties }) => properties.enabled && !version.properties.enabled,
    );
    return { ...found, updates, continues: found.continues && !enables };
}

/** What older versions have to be brought to, where it is clear which is which and an update can do it. */
function updatesOf(history: History, pairs: Pairing, topGetsOlder: boolean): VersionUpdate[] {
    return [...pairs].flatMap(([version, of]) => {
        const isOlder = (version !== history.top || topGetsOlder) && of !== history.current;
        if (!isOlder || propertiesAgree(version, of) || !isClear(history, version, of)) return [];
        return canUpdate(version, of) ? [{ version, properties: of.properties }] : [];
    });
}

/** The same id, a value that occurs once on both sides, or one that can't be read any more at the source. */
function isClear({ source, target }: History, version: SecretVersion, of: SecretVersion): boolean {
    if (version.id === of.id) return true;
    if (of.value === undefined) return version.value !== undefined;
    const holders = (versions: readonly SecretVersion[]): number =>
        versions.filter(({ value }) => value === of.value).length;
    return holders(source) === 1 && holders(target) === 1;
}

/** An update can't take a date or a content type away. */
function canUpdate(version: SecretVersion, of: SecretVersion): boolean {
    return (["notBefore", "expires", "contentType"] as const).every(
        (name) => version.properties[name] === undefined || of.properties[name] !== undefined,
    );
}

/**
 * Whether all that the target has are values of the source's versions, and none that was set over another is older. A
 * value that occurs more than once may stand for any of them; the order within one second is not known.
 */
function areInOrder(history: History, pairs: Pairing): boolean {
    const { source, target, top } = history;
    const seconds = Map.groupBy(target, (version) => (version === top ? Infinity : version.created));
    let reached = -Infinity;
    for (const [, versions] of [...seconds].sort(([a], [b]) => a - b)) {
        const before = reached;
        for (const version of versions) {
            const times = source
                .filter((of) => of === pairs.get(version) || holdsValueOf(version, of))
                .map((of) => timeOf(history, of))
                .filter((time) => time >= before);
            if (times.length === 0) return false;
            reached = Math.max(reached, Math.min(...times));
        }
    }
    return true;
}

/** When a version of the source was made; the current one is the last, whatever its second says. */
function timeOf({ current }: History, version: SecretVersion | undefined): number {
    if (version === undefined) return Number.NaN;
    return version === current ? Infinity : version.created;
}

function isPaired(pairs: Pairing, version: SecretVersion): boolean {
    return [...pairs.values()].includes(version);
}

function isReadable({ value }: SecretVersion): boolean {
    return value !== undefined;
}
