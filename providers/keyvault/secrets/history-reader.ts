import { DataplaneError } from "../../core/errors.js";
import { isDisabled } from "../errors.js";
import { mapOrdered } from "../map-ordered.js";
import type { SecretClient, SecretProperties } from "../sdk.js";
import type { SecretContent, SecretVersion } from "./content.js";
import { inOrder } from "./current-version.js";
import { toVersion } from "./history-item.js";

/** So many versions of one secret are read at once. */
const concurrency = 8;

/** Reads the values of a secret's versions; what is disabled has none. */
export class HistoryReader {
    constructor(
        private readonly client: SecretClient,
        private readonly signal: AbortSignal,
    ) {}

    /**
     * The values of all versions that were listed, or of those that are asked for.
     *
     * @param listed the oldest first, the current one last.
     * @param isWanted default all.
     */
    async read(
        name: string,
        listed: readonly SecretProperties[],
        isWanted: (version: SecretProperties) => boolean = () => true,
    ): Promise<SecretContent> {
        const current = await this.#current(name, listed);
        // A listing can't tell which of two versions that look the same is the current one.
        const ordered = inOrder(listed, current?.version ?? listed.at(-1)?.version);
        const versions: SecretVersion[] = [];
        const read = async (version: SecretProperties): Promise<SecretVersion> => {
            if (version.enabled === false || !isWanted(version)) return toVersion(version, undefined);
            const isCurrent = version.version === current?.version;
            return toVersion(version, isCurrent ? current?.value : await this.#value(name, version.version));
        };
        for await (const version of mapOrdered(each(ordered), concurrency, read)) versions.push(version);
        return { value: versions.at(-1)?.value, versions };
    }

    /** The version that the service itself says is current, with its value. Undefined where that is disabled. */
    async #current(
        name: string,
        listed: readonly SecretProperties[],
    ): Promise<{ version: string; value: string } | undefined> {
        if (listed.at(-1)?.enabled === false) return undefined;
        const found = await this.#get(name);
        if (found === undefined) return undefined;
        if (listed.some(({ version }) => version === found.version)) return found;
        throw new DataplaneError("Conflict", `the secret "${name}" got a new version during the run`, {
            item: name,
            remedy: "Run again: the change will be looked at.",
        });
    }

    async #value(name: string, version: string | undefined): Promise<string | undefined> {
        const found = await this.#get(name, version);
        return found?.value;
    }

    async #get(name: string, version?: string): Promise<{ version: string; value: string } | undefined> {
        try {
            const { value, properties } = await this.client.getSecret(name, {
                abortSignal: this.signal,
                ...(version === undefined ? {} : { version }),
            });
            if (value !== undefined) return { version: properties.version ?? "", value };
        } catch (error) {
            // Since it was listed.
            if (isDisabled(error)) return undefined;
            throw error;
        }
        throw new DataplaneError("Corrupt", "Key Vault answered without the value of a secret", {
            item: name,
        });
    }
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
    await Promise.resolve();
    yield* items;
}
