import { createHash, timingSafeEqual } from "node:crypto";
import type { SecretClient, SecretProperties } from "../sdk.js";
import type { Context, Item, Outlook, PutOptions, ResourceRef, Store } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { isDisabled, isSecretNotFound } from "../errors.js";
import { refuseCopy } from "../backup.js";
import { ownerTag, ownTagsIn, placeholderTag } from "../tags.js";
import { findCurrent } from "./current-version.js";
import type { SecretContent } from "./content.js";
import { disabledLoss, propertiesOf, toItem } from "./item.js";
import { SecretWriter } from "./writer.js";

/** What stands in a placeholder instead of a value. It is no secret, and it is disabled: nobody can read it. */
const placeholderValue = "placeholder";

/** The service's largest page: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secrets/get-secrets */
const pageSize = 25;

/** A secret as it is at the vault right now. */
export interface Look {
    readonly current: SecretProperties;
    readonly item: Item;
}

/** The secrets of a vault, each with its current version. */
export class SecretStore implements Store<SecretContent> {
    protected readonly writer: SecretWriter;

    constructor(
        readonly client: SecretClient,
        readonly context: Context,
        readonly resource: ResourceRef,
    ) {
        this.writer = new SecretWriter(client, context.signal);
    }

    async *list(): AsyncIterable<Item> {
        for await (const secret of this.listed()) yield this.#item(secret);
    }

    /** Secrets that belong to certificates (`managed`) are left out: they come with their certificates. */
    protected async *listed(): AsyncIterable<SecretProperties> {
        const pages = this.client
            .listPropertiesOfSecrets({ abortSignal: this.context.signal })
            .byPage({ maxPageSize: pageSize });
        for await (const page of pages) {
            for (const secret of page) if (secret.managed !== true) yield secret;
        }
    }

    async find(name: string): Promise<Item | undefined> {
        const found = await this.look(name);
        if (found === undefined || found.current.managed === true) return undefined;
        return found.item;
    }

    /**
     * Dates don't matter: "get" works for expired and not yet valid secrets. A disabled one answers 403 at the source,
     * and has no value that could be compared at the target.
     */
    async get(item: Item): Promise<SecretContent> {
        const { side, signal } = this.context;
        try {
            const { value } = await this.client.getSecret(item.name, { abortSignal: signal });
            if (value !== undefined) return { value };
        } catch (error) {
            if (side === "target" && isDisabled(error)) return { value: undefined };
            throw error;
        }
        throw new DataplaneError("Corrupt", "Key Vault answered without the value of a secret", {
            item: item.name,
            side,
        });
    }

    async put(item: Item, content: SecretContent, options: PutOptions): Promise<Item> {
        const before = await this.mustBeAsListed(item.name, options.existing);
        return this.#set(item, required(item.name, content.value), before, ownTags(options));
    }

    async putEmpty(item: Item, options: PutOptions): Promise<Item> {
        const before = await this.mustBeAsListed(item.name, options.existing);
        const disabled: Item = { ...item, properties: { ...item.properties, enabled: false } };
        const tags = { ...ownTags(options), [placeholderTag]: "true" };
        return this.#set(disabled, placeholderValue, before, tags);
    }

    async #set(
        item: Item,
        value: string,
        before: Look | undefined,
        tags: Readonly<Record<string, string>>,
    ): Promise<Item> {
        const { properties } = await this.writer.set({
            name: item.name,
            value,
            properties: propertiesOf(item),
            ownTags: tags,
            previous: before?.current.version,
        });
        return toItem(properties);
    }

    async putProperties(item: Item, options: PutOptions & { existing: Item }): Promise<Item> {
        const before = this.#mustBeThere(item.name, await this.mustBeAsListed(item.name, options.existing));
        const tags = { ...ownTagsIn(before.current.tags), ...ownTags(options) };
        return this.after(before, await this.writer.update(before.current, propertiesOf(item), tags));
    }

    async mark(item: Item, owner: string): Promise<Item> {
        const before = this.#mustBeThere(item.name, await this.mustBeAsListed(item.name, item));
        const tags = { ...before.current.tags, [ownerTag]: owner };
        return this.after(before, await this.writer.updateTags(before.current, tags));
    }

    /** Soft-deletes it: it can be recovered while the vault's retention lasts. */
    async remove(name: string, options: { expected?: Item }): Promise<void> {
        const found = await this.look(name);
        if (found === undefined) return;
        if (options.expected !== undefined) this.#mustEqual(name, found, options.expected);
        try {
            await this.client.beginDeleteSecret(name, { abortSignal: this.context.signal });
        } catch (error) {
            if (!isSecretNotFound(error)) throw error;
        }
    }

    /** In a time that doesn't depend on where they differ. */
    equal(a: SecretContent, b: SecretContent): boolean {
        if (a.value === undefined || b.value === undefined) return false;
        return timingSafeEqual(digest(a.value), digest(b.value));
    }

    /** A single version goes through this process: a backup always has all of them. */
    foresee(item: Item, _source: Store<SecretContent>, _outlook: Outlook): Promise<Item> {
        return Promise.resolve({ ...item, streamed: true });
    }

    movesDataFrom(_source: Store<SecretContent>): Promise<boolean> {
        return Promise.resolve(false);
    }

    copyFrom(
        _source: Store<SecretContent>,
        sourceItem: Item,
        _item: Item,
        _options: PutOptions,
    ): Promise<Item> {
        return Promise.reject(refuseCopy(sourceItem.name, "a backup has all versions, not the latest alone"));
    }

    /** The secret as it is now, those of certificates included; undefined where there is none. */
    protected async look(name: string): Promise<Look | undefined> {
        const { mode, signal } = this.context;
        const readsValues = mode === "replication";
        const current = await findCurrent(this.client, name, { readsValues, signal });
        return current && { current, item: this.#item(current) };
    }

    #item(secret: SecretProperties): Item {
        const { side, mode } = this.context;
        const item = toItem(secret);
        const isLost = side === "source" && mode === "replication" && secret.enabled === false;
        return isLost ? { ...item, lost: disabledLoss(item.name) } : item;
    }

    /** The item after a version was changed or made. */
    protected after(_before: Look, written: SecretProperties): Item {
        return toItem(written);
    }

    /** Key Vault knows no conditional requests: a look right before the write is as near as one can get. */
    protected async mustBeAsListed(name: string, existing: Item | undefined): Promise<Look | undefined> {
        const found = await this.look(name);
        if (found?.current.managed === true) {
            throw new DataplaneError("Conflict", `the name "${name}" belongs to a certificate's secret`, {
                item: name,
                side: this.context.side,
                remedy: "Give it another name with `rename`, or leave it out with `exclude`.",
            });
        }
        this.#mustEqual(name, found, existing);
        return found;
    }

    #mustEqual(name: string, found: Look | undefined, expected: Item | undefined): void {
        if (found?.item.version === expected?.version) return;
        throw new DataplaneError("Conflict", `the secret "${name}" changed at the target during the run`, {
            item: name,
            side: this.context.side,
            remedy: "Run again: the change will be looked at.",
        });
    }

    #mustBeThere(name: string, found: Look | undefined): Look {
        if (found !== undefined) return found;
        throw new DataplaneError("Conflict", `the secret "${name}" is no longer at the target`, {
            item: name,
            side: this.context.side,
        });
    }
}

/** The tags of ours that a write brings. */
export function ownTags(options: PutOptions): Record<string, string> {
    return options.owner === undefined ? {} : { [ownerTag]: options.owner };
}

/** The value to write. Throws `Conflict` where the source has none any more: it will then be found disabled. */
export function required(name: string, value: string | undefined): string {
    if (value !== undefined) return value;
    throw new DataplaneError("Conflict", `the secret "${name}" was disabled at the source during the run`, {
        item: name,
        side: "source",
        remedy: "Run again: it will be looked at.",
    });
}

function digest(value: string): Buffer {
    return createHash("sha256").update(value).digest();
}
