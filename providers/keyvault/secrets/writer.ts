import { canonicalJson } from "../../core/json.js";
import { statusOf } from "../../core/rest-error.js";
import { isUncertain } from "../backup.js";
import type { SecretClient, SecretProperties, SetSecretOptions } from "../sdk.js";
import { checkVersion } from "./checks.js";
import { carriedProperties, toOptions, type CarriedProperties } from "./item.js";
import { recoverSecret } from "./recovery.js";

type Tags = Readonly<Record<string, string>>;

/** A version that is to be set. */
export interface Setting {
    readonly name: string;
    readonly value: string;
    readonly properties: CarriedProperties;
    /** Tags of ours beside those of the properties. */
    readonly ownTags: Tags;
    /** The id of the version that is current before, if there is one: what is found with it after an error isn't ours. */
    readonly previous: string | undefined;
}

/** What became of a setting. */
export interface SetAnswer {
    readonly properties: SecretProperties;
    /** A deleted secret of that name was brought back first, with the versions that it had. */
    readonly recovered: boolean;
}

/** Writes secrets: with the recovery of deleted ones and with what to do when an answer is lost. */
export class SecretWriter {
    constructor(
        private readonly client: SecretClient,
        private readonly signal: AbortSignal,
    ) {}

    /**
     * Makes a new version with that value, properties and tags. Brings a soft-deleted secret of that name back first.
     * Throws `InvalidItem`, before anything is sent, for what a secret can't hold.
     */
    async set(setting: Setting): Promise<SetAnswer> {
        checkVersion(setting.name, setting);
        try {
            return { properties: await this.#setOnce(setting), recovered: false };
        } catch (error) {
            if (statusOf(error) !== 409) throw error;
            const previous = await recoverSecret(this.client, setting.name, error, this.signal);
            return { properties: await this.#setOnce({ ...setting, previous }), recovered: true };
        }
    }

    /**
     * Brings the properties of the current version to these, without a new version where that can be done: an update
     * leaves what it does not name, so a date or a content type can't be taken away by one. For that, the value is read
     * and set again.
     */
    async update(
        current: SecretProperties,
        properties: CarriedProperties,
        ownTags: Tags,
    ): Promise<SecretProperties> {
        const { name } = current;
        checkVersion(name, { properties, ownTags });
        const takesAway =
            (current.notBefore !== undefined && properties.notBefore === undefined) ||
            (current.expiresOn !== undefined && properties.expires === undefined) ||
            (current.contentType !== undefined && properties.contentType === undefined);
        if (!takesAway) return this.updateVersion(current, properties, ownTags);
        if (current.enabled === false) await this.#change(current, { enabled: true });
        const { value = "" } = await this.client.getSecret(name, { abortSignal: this.signal });
        return this.#setOnce({ name, value, properties, ownTags, previous: current.version });
    }

    /** Sets what the properties have of a version, current or older; what they lack stays. */
    async updateVersion(
        version: SecretProperties,
        properties: CarriedProperties,
        ownTags: Tags,
    ): Promise<SecretProperties> {
        return this.#change(version, toOptions(properties, ownTags));
    }

    /** Replaces the tags of that version and nothing else. */
    async updateTags(version: SecretProperties, tags: Tags): Promise<SecretProperties> {
        checkVersion(version.name, { properties: carriedProperties(version), ownTags: tags });
        return this.#change(version, { tags: { ...tags } });
    }

    async #change(version: SecretProperties, options: SetSecretOptions): Promise<SecretProperties> {
        return this.client.updateSecretProperties(version.name, version.version ?? "", {
            ...options,
            abortSignal: this.signal,
        });
    }

    async #setOnce(setting: Setting): Promise<SecretProperties> {
        const { name, value, properties, ownTags } = setting;
        const options = toOptions(properties, ownTags);
        try {
            const secret = await this.client.setSecret(name, value, { ...options, abortSignal: this.signal });
            return secret.properties;
        } catch (error) {
            const written = isUncertain(error, this.signal) ? await this.#ifWritten(setting) : undefined;
            if (written === undefined) throw error;
            return written;
        }
    }

    /** Without an answer, or with one of a broken server, the secret may have been set all the same. */
    async #ifWritten(setting: Setting): Promise<SecretProperties | undefined> {
        const { name, value, properties, previous } = setting;
        try {
            const { value: found, properties: current } = await this.client.getSecret(name, {
                abortSignal: this.signal,
            });
            const isWritten =
                current.version !== previous &&
                found === value &&
                canonicalJson(carriedProperties(current)) === canonicalJson(properties);
            return isWritten ? current : undefined;
        } catch {
            // The first error says more than that this look failed too.
            return undefined;
        }
    }
}
