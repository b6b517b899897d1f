import type { PutOptions } from "../../core/contract.js";
import { statusOf } from "../../core/rest-error.js";
import { refuseCopy, restoreBackup } from "../backup.js";
import type { VaultPlace } from "../boundary.js";
import type { DeletedKey, KeyClient, KeyVaultKey } from "../sdk.js";
import { ownerTag, recreatedTag } from "../tags.js";
import { standsFor, type KeyContent } from "./content.js";
import { isSameKey, propertiesOf, publicKeyOf, type KeyItem } from "./item.js";
import { staysBehind, type Hindrance } from "./losses.js";
import { mayRecreate } from "./options.js";
import { isSameKind } from "./properties.js";
import type { KeyReader } from "./reader.js";
import { hindranceIn, type Ways } from "./way.js";
import type { KeyWriter } from "./writer.js";

/** The versions at the source that a key of the target stands for. */
type Origin = Pick<KeyContent, "version" | "versions">;

/** Gets keys to the target: the very key by its backup, or where that can't be a new one of its kind, if the user wants it. */
export class KeyCarrier {
    readonly #recreates: boolean;

    constructor(
        private readonly client: KeyClient,
        private readonly reader: KeyReader,
        private readonly writer: KeyWriter,
        private readonly ways: Ways,
        private readonly place: VaultPlace,
    ) {
        this.#recreates = mayRecreate(place.context.options);
    }

    /**
     * Brings a key to where `current` is, or to where nothing is. Refuses as `refuseCopy` does, with nothing written and
     * the hindrance remembered, where the key can't come and no new one may be made.
     */
    async carry(
        item: KeyItem,
        content: KeyContent,
        current: KeyItem | undefined,
        options: PutOptions,
    ): Promise<KeyItem> {
        if (current !== undefined) {
            const here = await this.reader.content(current);
            if (here !== undefined && standsFor(content, here)) return this.bring(item, current, options);
            return this.#otherwise("taken", item, content, current, options);
        }
        const hindrance = await this.ways.hindrance(content.place, content.name, item.name);
        if (hindrance !== undefined) return this.#otherwise(hindrance, item, content, undefined, options);
        return this.bring(item, await this.#restore(item, content), options);
    }

    /** Makes a new key of the item's kind, or a new version over `current`, tagged with the version that it stands for. */
    async recreate(
        item: KeyItem,
        origin: Origin,
        current: KeyItem | undefined,
        options: PutOptions,
    ): Promise<KeyItem> {
        return this.writer.create(
            item,
            { ...ownerOf(options), [recreatedTag]: origin.version },
            ({ properties }) => origin.versions.includes(properties.tags?.[recreatedTag] ?? ""),
            current?.key.version,
        );
    }

    /**
     * Brings what stands beside the key. Where it was made anew and the source's has got another type, size or curve
     * since, a new version is made; a rotation alone makes none, as the target's key has its own rotation policy.
     */
    async bring(item: KeyItem, current: KeyItem, options: PutOptions): Promise<KeyItem> {
        // A key that was restored may have that tag from the source, where it meant another one.
        const recreatedFrom = isSameKey(item.key, current.key) ? undefined : current.key.recreatedFrom;
        const isOfAnotherKind = !isSameKind(propertiesOf(item), propertiesOf(current));
        if (recreatedFrom !== undefined && isOfAnotherKind && this.#recreates) {
            const { version } = item.key;
            return this.recreate(item, { version, versions: [version] }, current, options);
        }
        return this.writer.bring(item, current, {
            ...ownerOf(options),
            ...(recreatedFrom === undefined ? {} : { [recreatedTag]: recreatedFrom }),
        });
    }

    async #otherwise(
        hindrance: Hindrance,
        item: KeyItem,
        content: KeyContent,
        current: KeyItem | undefined,
        options: PutOptions,
    ): Promise<KeyItem> {
        if (this.#recreates) return this.recreate(item, content, current, options);
        this.ways.remember(content.name, hindrance);
        throw refuseCopy(content.name, staysBehind(content.name, hindrance).reason);
    }

    async #restore(item: KeyItem, content: KeyContent): Promise<KeyItem> {
        const { signal } = this.place.context;
        const isIt = (key: KeyVaultKey | DeletedKey): boolean => standsFor(content, identityIn(key));
        const failed: { backup?: unknown } = {};
        try {
            return await restoreBackup<KeyItem>({
                item: item.name,
                singular: "key",
                signal,
                backup: async () => {
                    try {
                        return await content.backup();
                    } catch (error) {
                        failed.backup = error;
                        throw error;
                    }
                },
                restore: async (backup) =>
                    this.writer.settled(await this.client.restoreKeyBackup(backup, { abortSignal: signal })),
                landed: async () => {
                    const found = await this.reader.key(item.name);
                    return found !== undefined && isIt(found) ? this.writer.settled(found) : undefined;
                },
                whenDeleted: () => this.writer.recover(item.name, isIt),
                whenDenied: "refuse",
            });
        } catch (error) {
            const hindrance = hindranceIn(error);
            if (statusOf(failed.backup) === 403) content.denied();
            else if (hindrance !== undefined) this.ways.remember(content.name, hindrance);
            throw error;
        }
    }
}

function identityIn(key: KeyVaultKey | DeletedKey) {
    const { version = "", tags = {} } = key.properties;
    const [publicKey, recreatedFrom] = [publicKeyOf(key), tags[recreatedTag]];
    return {
        version,
        recreatedFrom: recreatedFrom === undefined ? [] : [recreatedFrom],
        ...(publicKey === undefined ? {} : { publicKey }),
    };
}

function ownerOf({ owner }: PutOptions): Record<string, string> {
    return owner === undefined ? {} : { [ownerTag]: owner };
}
