import { statusOf } from "../../core/rest-error.js";
import type { VaultPlace } from "../boundary.js";
import { serviceCodeOf } from "../errors.js";
import { mapOrdered } from "../map-ordered.js";
import type { DeletedKey, KeyClient, KeyRotationPolicy, KeyVaultKey } from "../sdk.js";
import { recreatedTag } from "../tags.js";
import type { KeyContent } from "./content.js";
import { publicKeyOf, toItem, type KeyItem } from "./item.js";

type KeyProperties = KeyVaultKey["properties"];

/** The service's largest page: https://learn.microsoft.com/rest/api/keyvault/keys/get-keys/get-keys */
const pageSize = 25;

/** How many keys are looked at together: a listing shows neither type nor operations, so each takes two requests. */
const looksAtOnce = 8;

/** Reads keys: everything but the private part. */
export class KeyReader {
    /** Keys that a backup was wanted of, and there was no right to one. */
    readonly #denied = new Set<string>();

    constructor(
        private readonly client: KeyClient,
        private readonly place: VaultPlace,
    ) {}

    /** Keys that belong to certificates (`managed`) are left out: they come with their certificates. */
    async *list(): AsyncIterable<KeyItem> {
        for await (const item of mapOrdered(this.#names(), looksAtOnce, (name) => this.find(name))) {
            // It was deleted since it was listed.
            if (item !== undefined) yield item;
        }
    }

    /** A key with its rotation policy; undefined where there is none or it is a certificate's. */
    async find(name: string): Promise<KeyItem | undefined> {
        const found = await this.look(name);
        return found?.managed === true ? undefined : found?.item;
    }

    /** A key with its rotation policy, and whether it is a certificate's; undefined where there is none. */
    async look(name: string): Promise<{ item: KeyItem; managed: boolean } | undefined> {
        const key = await this.key(name);
        if (key === undefined) return undefined;
        const managed = key.properties.managed === true;
        return { item: toItem(key, managed ? undefined : await this.policy(name)), managed };
    }

    /**
     * The current version; undefined only where the service says that there is none. Of a disabled one, which the service
     * may not show, what stands in the listing of its versions.
     */
    async key(name: string): Promise<KeyVaultKey | undefined> {
        try {
            return await unlessAbsent(() => this.client.getKey(name, this.#options));
        } catch (error) {
            if (statusOf(error) !== 403 || serviceCodeOf(error) !== "KeyDisabled") throw error;
            const properties = await unlessAbsent(() => this.#newestDisabled(name));
            return properties && { name, properties };
        }
    }

    async policy(name: string): Promise<KeyRotationPolicy | undefined> {
        return unlessAbsent(() => this.client.getKeyRotationPolicy(name, this.#options));
    }

    /** A key that was deleted and can be recovered. */
    async deleted(name: string): Promise<DeletedKey | undefined> {
        return unlessAbsent(() => this.client.getDeletedKey(name, this.#options));
    }

    /** All that tells whether two keys are the same; undefined where the key is gone. */
    async content(item: KeyItem): Promise<KeyContent | undefined> {
        const { name } = item;
        const key = await this.key(name);
        if (key === undefined) return undefined;
        const versions: string[] = [];
        const recreatedFrom: string[] = [];
        for await (const { version, tags } of this.client.listPropertiesOfKeyVersions(name, this.#options)) {
            versions.push(version ?? "");
            const origin = tags?.[recreatedTag];
            if (origin !== undefined) recreatedFrom.push(origin);
        }
        const publicKey = publicKeyOf(key);
        const early = this.#denied.has(name) ? await this.#backup(name) : undefined;
        return {
            name,
            version: key.properties.version ?? "",
            ...(publicKey === undefined ? {} : { publicKey }),
            versions,
            recreatedFrom,
            hasRotationPolicy: item.properties.rotationPolicy !== undefined,
            place: this.place,
            backup: () => (early === undefined ? this.#backup(name) : Promise.resolve(early)),
            denied: () => this.#denied.add(name),
        };
    }

    #backup(name: string): Promise<Uint8Array | undefined> {
        return this.client.backupKey(name, this.#options);
    }

    /** Creation counts whole seconds; of several in one second the one that was changed last. */
    async #newestDisabled(name: string): Promise<KeyProperties | undefined> {
        let newest: KeyProperties | undefined;
        for await (const version of this.client.listPropertiesOfKeyVersions(name, this.#options)) {
            if (version.enabled === false && isNewer(version, newest)) newest = version;
        }
        return newest;
    }

    async *#names(): AsyncIterable<string> {
        const pages = this.client.listPropertiesOfKeys(this.#options).byPage({ maxPageSize: pageSize });
        for await (const page of pages) {
            for (const key of page) {
                if (key.managed !== true) yield key.name;
            }
        }
    }

    get #options(): { abortSignal: AbortSignal } {
        return { abortSignal: this.place.context.signal };
    }
}

function isNewer(a: KeyProperties, b: KeyProperties | undefined): boolean {
    if (b === undefined) return true;
    const [created, changed] = [
        compareDates(a.createdOn, b.createdOn),
        compareDates(a.updatedOn, b.updatedOn),
    ];
    return created > 0 || (created === 0 && changed > 0);
}

function compareDates(a: Date | undefined, b: Date | undefined): number {
    return (a?.getTime() ?? 0) - (b?.getTime() ?? 0);
}

/** https://learn.microsoft.com/azure/key-vault/general/rest-error-codes#http-404-not-found */
async function unlessAbsent<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
        return await ask();
    } catch (error) {
        if (statusOf(error) === 404 && serviceCodeOf(error) === "KeyNotFound") return undefined;
        throw error;
    }
}
