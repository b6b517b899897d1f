import type { Context, Item, Loss, Outlook, PutOptions, ResourceRef, Store } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { clientOptions } from "../../core/http/client.js";
import type { VaultPlace } from "../boundary.js";
import type { KeyClient } from "../sdk.js";
import { ownerTag } from "../tags.js";
import { vaultUrl } from "../vault-url.js";
import { KeyCarrier } from "./carrier.js";
import { isContinued, isEqual, type KeyContent } from "./content.js";
import { identityOf, isSameKey, ownTagsOf, propertiesOf, type KeyItem } from "./item.js";
import { shortfallOf, staysBehind, unknownType, unreadable } from "./losses.js";
import { mayRecreate } from "./options.js";
import { KeyReader } from "./reader.js";
import { checkTier } from "./tier.js";
import { Ways } from "./way.js";
import { KeyWriter } from "./writer.js";
import { load } from "../../core/load.js";

/** Opens the keys of a vault. Throws `InvalidArgument` where the resource has no vault URL or is a Managed HSM. */
export async function openKeyStore(resource: ResourceRef, context: Context): Promise<Store<KeyContent>> {
    const url = vaultUrl(resource, context.side);
    // https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#dns-suffixes-for-object-identifiers
    if (/\.managedhsm\./i.test(new URL(url).hostname)) {
        throw new DataplaneError(
            "InvalidArgument",
            `${resource.reference} is a Managed HSM, whose keys are not replicated`,
            { resource: resource.reference, side: context.side, argument: context.side },
        );
    }
    const { KeyClient: Client } = await load<typeof import("@azure/keyvault-keys")>("@azure/keyvault-keys");
    return new KeyStore(new Client(url, context.credential, clientOptions(context)), { resource, context });
}

class KeyStore implements Store<KeyContent> {
    readonly #reader: KeyReader;
    readonly #writer: KeyWriter;
    readonly #ways: Ways;
    readonly #carrier: KeyCarrier;
    readonly #recreates: boolean;

    constructor(
        client: KeyClient,
        readonly place: VaultPlace,
    ) {
        const { signal, options } = place.context;
        this.#reader = new KeyReader(client, place);
        this.#writer = new KeyWriter(client, this.#reader, signal);
        this.#ways = new Ways(place);
        this.#recreates = mayRecreate(options);
        this.#carrier = new KeyCarrier(client, this.#reader, this.#writer, this.#ways, place);
    }

    list(): AsyncIterable<KeyItem> {
        return this.#reader.list();
    }

    find(name: string): Promise<KeyItem | undefined> {
        return this.#reader.find(name);
    }

    /** No key material: what tells keys apart, and the way to a backup. */
    async get(item: Item): Promise<KeyContent> {
        const content = await this.#reader.content(item as KeyItem);
        if (content !== undefined) return content;
        throw new DataplaneError("Conflict", `the key "${item.name}" is no longer there`, {
            item: item.name,
            side: this.place.context.side,
        });
    }

    async foresee(item: Item, source: Store<KeyContent>, { name, existing }: Outlook): Promise<Item> {
        const { keyType } = propertiesOf(item);
        if (keyType?.startsWith("oct") === true) return { ...item, lost: unknownType(item.name, keyType) };
        await checkTier(this.place, item.name, keyType);
        if (this.place.context.mode === "template") {
            return keyType === undefined && existing === undefined
                ? { ...item, lost: unreadable(item.name) }
                : item;
        }
        if (!(source instanceof KeyStore) || isTheVeryKey(item, existing)) return item;
        const hindrance = await this.#ways.hindrance(source.place, item.name, name);
        if (hindrance === undefined) return item;
        if (!this.#recreates) return { ...item, lost: staysBehind(item.name, hindrance) };
        if (keyType === undefined && existing === undefined) return { ...item, lost: unreadable(item.name) };
        return { ...item, streamed: true };
    }

    shortfall(source: Item, target: Item): readonly Loss[] {
        if (this.place.context.mode === "template") return [];
        return shortfallOf(source as KeyItem, target as KeyItem);
    }

    async movesDataFrom(source: Store<KeyContent>): Promise<boolean> {
        return source instanceof KeyStore && (await this.#ways.boundary(source.place)) !== "different";
    }

    async copyFrom(
        source: Store<KeyContent>,
        sourceItem: Item,
        item: Item,
        options: PutOptions,
    ): Promise<KeyItem> {
        return this.put(item, await source.get(sourceItem), options);
    }

    async put(item: Item, content: KeyContent, options: PutOptions): Promise<KeyItem> {
        const current = await this.#mustBeAsListed(item.name, options.existing);
        return this.#carrier.carry(item as KeyItem, content, current, options);
    }

    /** A key of the same kind: template mode makes keys that can be used, not names that hold nothing. */
    async putEmpty(item: Item, options: PutOptions): Promise<KeyItem> {
        await this.#mustBeAsListed(item.name, options.existing);
        const { version } = (item as KeyItem).key;
        return this.#carrier.recreate(item as KeyItem, { version, versions: [version] }, undefined, options);
    }

    async putProperties(item: Item, options: PutOptions & { existing: Item }): Promise<KeyItem> {
        const current = await this.#mustBeThere(item.name, options.existing);
        return this.#carrier.bring(item as KeyItem, current, options);
    }

    async mark(item: Item, owner: string): Promise<KeyItem> {
        const current = await this.#mustBeThere(item.name, item);
        const { tags } = propertiesOf(current);
        await this.#writer.updateTags(current, { ...tags, ...ownTagsOf(current), [ownerTag]: owner });
        return (await this.find(item.name)) ?? current;
    }

    /** Soft-deletes it: it can be recovered while the vault's retention lasts. */
    async remove(name: string, options: { expected?: Item }): Promise<void> {
        const current = await this.find(name);
        if (current === undefined) return;
        if (options.expected !== undefined) this.#mustEqual(name, current, options.expected);
        await this.#writer.remove(name);
    }

    equal(a: KeyContent, b: KeyContent): boolean {
        return isEqual(a, b);
    }

    continues(content: KeyContent, existing: KeyContent): boolean {
        return isContinued(content, existing);
    }

    /** Key Vault knows no conditional requests: a look right before the write is as near as one can get. */
    async #mustBeAsListed(name: string, existing: Item | undefined): Promise<KeyItem | undefined> {
        const current = await this.#reader.look(name);
        if (current?.managed === true) {
            throw new DataplaneError("Conflict", `the name "${name}" belongs to a certificate's key`, {
                item: name,
                side: this.place.context.side,
                remedy: "Give it another name with `rename`, or leave it out with `exclude`.",
            });
        }
        this.#mustEqual(name, current?.item, existing);
        return current?.item;
    }

    async #mustBeThere(name: string, existing: Item): Promise<KeyItem> {
        const current = await this.#mustBeAsListed(name, existing);
        if (current !== undefined) return current;
        throw new DataplaneError("Conflict", `the key "${name}" is no longer at the target`, {
            item: name,
            side: this.place.context.side,
        });
    }

    #mustEqual(name: string, current: KeyItem | undefined, expected: Item | undefined): void {
        if (current?.version === expected?.version) return;
        throw new DataplaneError("Conflict", `the key "${name}" changed at the target during the run`, {
            item: name,
            side: this.place.context.side,
            remedy: "Run again: the change will be looked at.",
        });
    }
}

function isTheVeryKey(item: Item, existing: Item | undefined): boolean {
    const [there, here] = [identityOf(item), existing && identityOf(existing)];
    return there !== undefined && here !== undefined && isSameKey(there, here);
}
