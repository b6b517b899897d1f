import type { SecretClient, SecretProperties, SetSecretOptions } from "../sdk.js";
import type { Item } from "../../core/contract.js";
import { canonicalJson } from "../../core/json.js";
import { DataplaneError, isDataplaneError } from "../../core/errors.js";
import { statusOf } from "../../core/rest-error.js";
import { serviceCodeOf } from "../errors.js";
import { maximumTags, placeholderTag } from "../tags.js";
import { carriedProperties, toOptions } from "./item.js";

type Tags = Readonly<Record<string, string>>;

/** How often a recovery is looked at, in milliseconds. */
const recoveryInterval = 1_000;

/** Writes secrets: with the recovery of deleted ones and with what to do when an answer is lost. */
export class SecretWriter {
    constructor(
        private readonly client: SecretClient,
        private readonly signal: AbortSignal,
    ) {}

    /** Makes a new version with that value, properties and tags. Brings a soft-deleted secret of that name back first. */
    async set(item: Item, value: string, ownTags: Tags): Promise<SecretProperties> {
        const options = toOptions(item, ownTags);
        checkTags(item.name, options);
        try {
            return await this.#setOnce(item.name, value, options);
        } catch (error) {
            if (statusOf(error) !== 409) throw error;
            await this.#recover(item.name, error);
            return this.#setOnce(item.name, value, options);
        }
    }

    /**
     * Brings the properties of the current version to the item's, without a new version where that can be done: an
     * update leaves what it does not name, so a date or a content type can't be taken away by one. For that, the value
     * is read and set again.
     */
    async update(item: Item, current: SecretProperties, ownTags: Tags): Promise<SecretProperties> {
        const options = toOptions(item, ownTags);
        checkTags(item.name, options);
        const takesAway =
            (current.notBefore !== undefined && options.notBefore === undefined) ||
            (current.expiresOn !== undefined && options.expiresOn === undefined) ||
            (current.contentType !== undefined && options.contentType === undefined);
        if (!takesAway) return this.#updateVersion(current, options);
        if (current.enabled === false) await this.#updateVersion(current, { enabled: true });
        const { value } = await this.client.getSecret(item.name, { abortSignal: this.signal });
        return this.#setOnce(item.name, value ?? "", options);
    }

    /** Replaces the tags of that version and nothing else. */
    async updateTags(current: SecretProperties, tags: Tags): Promise<SecretProperties> {
        checkTags(current.name, { tags: { ...tags } });
        return this.#updateVersion(current, { tags: { ...tags } });
    }

    async #updateVersion(current: SecretProperties, options: SetSecretOptions): Promise<SecretProperties> {
        return this.client.updateSecretProperties(current.name, current.version ?? "", {
            ...options,
            abortSignal: this.signal,
        });
    }

    async #setOnce(name: string, value: string, options: SetSecretOptions): Promise<SecretProperties> {
        try {
            const secret = await this.client.setSecret(name, value, { ...options, abortSignal: this.signal });
            return secret.properties;
        } catch (error) {
            const written = this.#isUncertain(error)
                ? await this.#ifWritten(name, value, options)
                : undefined;
            if (written === undefined) throw error;
            return written;
        }
    }

    /** Without an answer, or with one of a broken server, the secret may have been set all the same. */
    #isUncertain(error: unknown): boolean {
        if (this.signal.aborted) return false;
        return isDataplaneError(error) ? error.code === "Unreachable" : (statusOf(error) ?? 500) >= 500;
    }

    async #ifWritten(
        name: string,
        value: string,
        options: SetSecretOptions,
    ): Promise<SecretProperties | undefined> {
        try {
            const { value: found, properties } = await this.client.getSecret(name, {
                abortSignal: this.signal,
            });
            return found === value && isAsWanted(properties, options) ? properties : undefined;
        } catch {
            // The first error says more than that this look failed too.
            return undefined;
        }
    }

    async #recover(name: string, conflict: unknown): Promise<void> {
        const code = serviceCodeOf(conflict);
        if (code === "ObjectIsDeletedButRecoverable" || code === "ObjectIsBeingRecovered") {
            const poller = await this.client.beginRecoverDeletedSecret(name, {
                abortSignal: this.signal,
                intervalInMs: recoveryInterval,
            });
            const { version } = await poller.pollUntilDone({ abortSignal: this.signal });
            // Should the run end here, the next one must not take what came back for somebody else's.
            await this.client.updateSecretProperties(name, version ?? "", {
                tags: { [placeholderTag]: "true" },
                abortSignal: this.signal,
            });
            return;
        }
        throw new DataplaneError(
            "Conflict",
            code === "ObjectIsBeingDeleted"
                ? `a secret named "${name}" is just being deleted at the target`
                : `the target refuses to set the secret "${name}"`,
            {
                item: name,
                side: "target",
                status: 409,
                ...(code === undefined ? {} : { serviceCode: code }),
                remedy: "Run again in a minute.",
            },
        );
    }
}

function isAsWanted(properties: SecretProperties, options: SetSecretOptions): boolean {
    const wanted = { ...options, name: properties.name, vaultUrl: properties.vaultUrl };
    return canonicalJson(carriedProperties(properties)) === canonicalJson(carriedProperties(wanted));
}

function checkTags(name: string, options: SetSecretOptions): void {
    const count = Object.keys(options.tags ?? {}).length;
    if (count <= maximumTags) return;
    throw new DataplaneError(
        "InvalidItem",
        `the secret "${name}" would have ${String(count)} tags with our marker; Key Vault allows ${String(maximumTags)}`,
        { item: name, side: "target", remedy: "Remove a tag at the source, or leave the secret out." },
    );
}
