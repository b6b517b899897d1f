import { DataplaneError } from "../../core/errors.js";
import { statusOf } from "../../core/rest-error.js";
import { isUncertain } from "../backup.js";
import { nameIsTaken } from "../deleted-name.js";
import { serviceCodeOf } from "../errors.js";
import type { DeletedKey, KeyClient, KeyVaultKey, UpdateKeyPropertiesOptions } from "../sdk.js";
import { maximumTags, placeholderTag, recreatedTag } from "../tags.js";
import { ownTagsOf, propertiesOf, toItem, type KeyItem } from "./item.js";
import type { KeyReader } from "./reader.js";
import { createOptions, isSame, isUpdated, rotationOptions, updateOptions } from "./write-options.js";

type Tags = Readonly<Record<string, string>>;

/** How often a recovery is looked at, in milliseconds. */
const recoveryInterval = 1_000;

/** Writes keys: new ones, and what stands beside those that are there. */
export class KeyWriter {
    constructor(
        private readonly client: KeyClient,
        private readonly reader: KeyReader,
        private readonly signal: AbortSignal,
    ) {}

    /**
     * Makes a new key of the item's kind, or a new version where there is a key, with its properties and rotation policy.
     * A key that was deleted comes back only where it stands for the item. Making one again would make another version,
     * so after an answer that was lost the target is looked at.
     *
     * @param ownTags among them the one that names the version at the source.
     * @param standsFor whether a deleted key stands for the item already.
     * @param before the current version's id, where there is a key.
     */
    async create(
        item: KeyItem,
        ownTags: Tags,
        standsFor: (deleted: DeletedKey) => boolean,
        before?: string,
    ): Promise<KeyItem> {
        const properties = propertiesOf(item);
        const tags = checkedTags(item.name, { ...properties.tags, ...ownTags });
        try {
            const key = await this.#createOnce(item, tags, before);
            if (properties.rotationPolicy !== undefined) await this.#setPolicy(item);
            return await this.settled(key);
        } catch (error) {
            if (statusOf(error) !== 409 || serviceCodeOf(error) !== "ObjectIsDeletedButRecoverable")
                throw error;
            return this.bring(item, await this.recover(item.name, standsFor), ownTags);
        }
    }

    /**
     * Brings tags, attributes, operations and policies of the current version to the item's. What an update can't change
     * stays: type, size and curve, and dates that the source has not.
     */
    async bring(item: KeyItem, current: KeyItem, ownTags: Tags): Promise<KeyItem> {
        const [wanted, present] = [propertiesOf(item), propertiesOf(current)];
        const tags = checkedTags(item.name, { ...wanted.tags, ...ownTags });
        const policyDiffers = !isSame(wanted.rotationPolicy, present.rotationPolicy);
        const versionDiffers = !isSame(ownTags, ownTagsOf(current)) || !isUpdated(wanted, present);
        if (policyDiffers && versionDiffers) {
            // Should the run end between the two, the next one must not take the key for one that somebody changed.
            await this.#update(current, { tags: { ...tags, [placeholderTag]: "true" } });
        }
        if (policyDiffers) await this.#setPolicy(item);
        if (versionDiffers) await this.#update(current, { ...updateOptions(item, present), tags });
        if (!policyDiffers && !versionDiffers) return current;
        return (await this.reader.find(item.name)) ?? current;
    }

    /** The item of a key as a write answered it: of a disabled one, reading shows less than that. */
    async settled(key: KeyVaultKey): Promise<KeyItem> {
        const shown = toItem(key, await this.reader.policy(key.name));
        return key.properties.enabled === false ? ((await this.reader.find(key.name)) ?? shown) : shown;
    }

    /** Replaces the tags of the current version and nothing else. */
    async updateTags(current: KeyItem, tags: Tags): Promise<void> {
        await this.#update(current, { tags: checkedTags(current.name, tags) });
    }

    /** Brings a deleted key back if it is the wanted one. Throws `InvalidItem` where the name is another's. */
    async recover(name: string, isWanted: (deleted: DeletedKey) => boolean): Promise<KeyItem> {
        const deleted = await this.reader.deleted(name);
        if (deleted === undefined || !isWanted(deleted)) {
            const { recoveryLevel, scheduledPurgeDate } = deleted?.properties ?? {};
            throw nameIsTaken(name, "key", {
                ...(recoveryLevel === undefined ? {} : { recoveryLevel }),
                ...(scheduledPurgeDate === undefined ? {} : { scheduledPurgeDate }),
            });
        }
        const poller = await this.client.beginRecoverDeletedKey(name, {
            abortSignal: this.signal,
            intervalInMs: recoveryInterval,
        });
        return this.settled(await poller.pollUntilDone({ abortSignal: this.signal }));
    }

    /** Soft-deletes a key; one that is not there is fine. */
    async remove(name: string): Promise<void> {
        try {
            await this.client.beginDeleteKey(name, { abortSignal: this.signal });
        } catch (error) {
            if (statusOf(error) !== 404 || serviceCodeOf(error) !== "KeyNotFound") throw error;
        }
    }

    async #createOnce(item: KeyItem, tags: Tags, before: string | undefined): Promise<KeyVaultKey> {
        const { name } = item;
        try {
            return await this.client.createKey(name, propertiesOf(item).keyType ?? "", {
                ...createOptions(item),
                tags: { ...tags },
                abortSignal: this.signal,
            });
        } catch (error) {
            if (!isUncertain(error, this.signal)) throw error;
            // The first error says more than that a look after it failed too.
            const found = await this.reader.key(name).catch(() => undefined);
            const isOurs =
                found?.properties.version !== before &&
                found?.properties.tags?.[recreatedTag] === tags[recreatedTag];
            if (found === undefined || !isOurs) throw error;
            return found;
        }
    }

    async #setPolicy(item: KeyItem): Promise<void> {
        await this.client.updateKeyRotationPolicy(item.name, rotationOptions(item), {
            abortSignal: this.signal,
        });
    }

    async #update(current: KeyItem, options: UpdateKeyPropertiesOptions): Promise<void> {
        await this.client.updateKeyProperties(current.name, current.key.version, {
            ...options,
            abortSignal: this.signal,
        });
    }
}

function checkedTags(name: string, tags: Tags): Record<string, string> {
    const count = Object.keys(tags).length;
    if (count <= maximumTags) return { ...tags };
    throw new DataplaneError(
        "InvalidItem",
        `the key "${name}" would have ${String(count)} tags with our own; Key Vault allows ${String(maximumTags)}`,
        { item: name, side: "target", remedy: "Remove a tag at the source, or leave the key out." },
    );
}
