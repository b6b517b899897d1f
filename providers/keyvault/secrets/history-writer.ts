import type { SecretProperties } from "../sdk.js";
import { historyTag, ownTagsIn } from "../tags.js";
import type { Alignment, VersionUpdate } from "./alignment.js";
import { checkVersion, hasRoomForTag } from "./checks.js";
import { required } from "./store.js";
import type { SecretWriter, Setting } from "./writer.js";

type Tags = Readonly<Record<string, string>>;

/** What a history is written over. */
export interface HistoryTarget {
    /** At the target. */
    readonly name: string;
    /** Its versions before, the current one last; none where it is absent. */
    readonly listed: readonly SecretProperties[];
    /** Tags of ours on each version that is set. */
    readonly ownTags: Tags;
    /** The content is the user's, so nothing is said about the source's history. */
    readonly isGiven: boolean;
}

/** What was written. */
export interface HistoryAnswer {
    /** The target's versions, the current one last. */
    readonly versions: readonly SecretProperties[];
    /** A deleted secret came back on the way, so there are more versions than that. */
    readonly recovered: boolean;
}

/**
 * Brings the target's history to the source's as an alignment says: new versions one after another, each on top of the
 * last, then the properties of older ones.
 *
 * @throws DataplaneError `InvalidItem`, before anything is written, where the target can't hold one of the versions.
 */
export async function writeHistory(
    writer: Pick<SecretWriter, "set" | "updateVersion">,
    target: HistoryTarget,
    alignment: Alignment,
): Promise<HistoryAnswer> {
    const settings = settingsOf(target, alignment);
    for (const setting of settings) checkVersion(target.name, setting);
    const versions = [...target.listed];
    let previous = versions.at(-1)?.version;
    let recovered = false;
    for (const setting of settings) {
        const answer = await writer.set({ ...setting, previous });
        versions.push(answer.properties);
        previous = answer.properties.version;
        recovered ||= answer.recovered;
    }
    for (const update of alignment.updates) await updateOlder(writer, versions, update);
    return { versions, recovered };
}

type Planned = Omit<Setting, "previous">;

function settingsOf({ name, ownTags, isGiven }: HistoryTarget, alignment: Alignment): Planned[] {
    const { append, position } = alignment;
    const last = append.at(-1);
    return append.map((version): Planned => {
        const setting = {
            name,
            value: required(name, version.value),
            properties: version.properties,
            ownTags,
        };
        const mark =
            version !== last
                ? version.value === last?.value && "older"
                : position === "foreign" && !isGiven && "first";
        // Without room for it, such a history can't be told from another one after an interruption: it stays as it is.
        if (mark === false || !hasRoomForTag(setting)) return setting;
        return { ...setting, ownTags: { ...ownTags, [historyTag]: mark } };
    });
}

async function updateOlder(
    writer: Pick<SecretWriter, "set" | "updateVersion">,
    versions: SecretProperties[],
    { version, properties }: VersionUpdate,
): Promise<void> {
    const index = versions.findIndex((candidate) => candidate.version === version.id);
    const listed = versions[index];
    if (listed === undefined) return;
    versions[index] = await writer.updateVersion(listed, properties, ownTagsIn(listed.tags));
}
