import { createHash, timingSafeEqual } from "node:crypto";
import type { SecretClient, SecretProperties } from "../sdk.js";
import type { Context, Item, PutOptions, ResourceRef, Store } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { clientOptions } from "../../core/http/client.js";
import { findCurrent } from "./current-version.js";
import { isSecretNotFound } from "../errors.js";
import { ownerTag, placeholderTag } from "../tags.js";
import { vaultUrl } from "../vault-url.js";
import { disabledLoss, toItem, versionOf } from "./item.js";
import { SecretWriter } from "./writer.js";

/** What a secret holds. The value is in memory only, and never part of an error. */
export interface SecretContent {
    readonly value: string;
}

/** What stands in a placeholder instead of a value. It is no secret, and it is disabled: nobody can read it. */
const placeholderValue = "placeholder";

/** The service's largest page: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secrets/get-secrets */
const pageSize = 25;

/** Opens the secrets of a vault. Throws `InvalidArgument` where the resource has no vault URL. */
export async function openSecretStore(
    resource: ResourceRef,
    context: Context,
): Promise<Store<SecretContent>> {
    const url = vaultUrl(resource, context.side);
    const { SecretClient: Client } = await import("@azure/keyvault-secrets");
    return new SecretStore(new Client(url, context.credential, clientOptions(context)), context);
}

class SecretStore implements Store<SecretContent> {
    readonly #writer: SecretWriter;

    constructor(
        private readonly client: SecretClient,
        private readonly context: Context,
    ) {
        this.#writer = new SecretWriter(client, context.signal);
    }

    /** Secrets that belong to certificates (`managed`) are left out: they come with their certificates. */
    async *list(): AsyncIterable<Item> {
        const pages = this.client
            .listPropertiesOfSecrets({ abortSignal: this.context.signal })
            .byPage({ maxPageSize: pageSize });
        for await (const page of pages) {
            for (const secret of page) {
                if (secret.managed !== true) yield this.#item(secret);
            }
        }
    }

    async find(name: string): Promise<Item | undefined> {
        const current = await this.#current(name);
        return current === undefined || current.managed === true ? undefined : this.#item(current);
    }

    /** Dates don't matter: "get" works for expired and not yet valid secrets. A disabled one answers 403. */
    async get(item: Item): Promise<SecretContent> {
        const secret = await this.client.getSecret(item.name, { abortSignal: this.context.signal });
        if (secret.value === undefined) {
            throw new DataplaneError("Corrupt", "Key Vault answered without the value of a secret", {
                item: item.name,
                side: this.context.side,
            });
        }
        return { value: secret.value };
    }

    async put(item: Item, content: SecretContent, options: PutOptions): Promise<Item> {
        await this.#mustBeAsListed(item.name, options.existing);
        return toItem(await this.#writer.set(item, content.value, ownTags(options)));
    }

    async putEmpty(item: Item, options: PutOptions): Promise<Item> {
        await this.#mustBeAsListed(item.name, options.existing);
        const disabled: Item = { ...item, properties: { ...item.properties, enabled: false } };
        const tags = { ...ownTags(options), [placeholderTag]: "true" };
        return toItem(await this.#writer.set(disabled, placeholderValue, tags));
    }

    async putProperties(item: Item, options: PutOptions & { existing: Item }): Promise<Item> {
        const current = await this.#mustBeAsListed(item.name, options.existing);
        return toItem(await this.#writer.update(item, this.#required(item.name, current), ownTags(options)));
    }

    async mark(item: Item, owner: string): Promise<Item> {
        const current = this.#required(item.name, await this.#mustBeAsListed(item.name, item));
        const tags = { ...current.tags, [ownerTag]: owner };
        return toItem(await this.#writer.updateTags(current, tags));
    }

    /** Soft-deletes it: it can be recovered while the vault's retention lasts. */
    async remove(name: string, options: { expected?: Item }): Promise<void> {
        const current = await this.#current(name);
        if (current === undefined) return;
        if (options.expected !== undefined) this.#mustEqual(name, current, options.expected);
        try {
            await this.client.beginDeleteSecret(name, { abortSignal: this.context.signal });
        } catch (error) {
            if (!isSecretNotFound(error)) throw error;
        }
    }

    /** In a time that doesn't depend on where they differ. */
    equal(a: SecretContent, b: SecretContent): boolean {
        return timingSafeEqual(digest(a.value), digest(b.value));
    }

    #item(secret: SecretProperties): Item {
        const item = toItem(secret);
        const isLost =
            this.context.side === "source" && this.context.mode === "replication" && secret.enabled === false;
        return isLost ? { ...item, lost: disabledLoss(item.name) } : item;
    }

    #current(name: string): Promise<SecretProperties | undefined> {
        const readsValues = this.context.mode === "replication";
        return findCurrent(this.client, name, { readsValues, signal: this.context.signal });
    }

    /** Key Vault knows no conditional requests: a look right before the write is as near as one can get. */
    async #mustBeAsListed(name: string, existing: Item | undefined): Promise<SecretProperties | undefined> {
        const current = await this.#current(name);
        if (current?.managed === true) {
            throw new DataplaneError("Conflict", `the name "${name}" belongs to a certificate's secret`, {
                item: name,
                side: this.context.side,
                remedy: "Give it another name with `rename`, or leave it out with `exclude`.",
            });
        }
        this.#mustEqual(name, current, existing);
        return current;
    }

    #mustEqual(name: string, current: SecretProperties | undefined, expected: Item | undefined): void {
        if ((current && versionOf(current)) === expected?.version) return;
        throw new DataplaneError("Conflict", `the secret "${name}" changed at the target during the run`, {
            item: name,
            side: this.context.side,
            remedy: "Run again: the change will be looked at.",
        });
    }

    #required(name: string, current: SecretProperties | undefined): SecretProperties {
        if (current !== undefined) return current;
        throw new DataplaneError("Conflict", `the secret "${name}" is no longer at the target`, {
            item: name,
            side: this.context.side,
        });
    }
}

function ownTags(options: PutOptions): Record<string, string> {
    return options.owner === undefined ? {} : { [ownerTag]: options.owner };
}

function digest(value: string): Buffer {
    return createHash("sha256").update(value).digest();
}
