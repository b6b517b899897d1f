import type { SecretClient, SecretProperties } from "../sdk.js";
import { statusOf } from "../../core/rest-error.js";
import { isSecretNotFound, serviceCodeOf } from "../errors.js";

/**
 * The current version of a secret with its id, from the listing of its versions: so neither the value nor the right to
 * read it is needed, and a disabled secret is found as well. Undefined where the service says that there is none.
 *
 * @param options.readsValues whether the value may be read; only used where the listing can't tell which is current.
 */
export async function findCurrent(
    client: SecretClient,
    name: string,
    options: { readsValues: boolean; signal: AbortSignal },
): Promise<SecretProperties | undefined> {
    const newest = await newestVersions(client, name, options.signal);
    if (newest.length < 2) return newest[0];
    // Creation is in whole seconds, and versions are listed in no particular order.
    return options.readsValues ? await currentOf(client, name, newest, options.signal) : lastUpdated(newest);
}

async function newestVersions(
    client: SecretClient,
    name: string,
    signal: AbortSignal,
): Promise<SecretProperties[]> {
    let newest: SecretProperties[] = [];
    let created = -Infinity;
    try {
        for await (const version of client.listPropertiesOfSecretVersions(name, { abortSignal: signal })) {
            const time = version.createdOn?.getTime() ?? 0;
            if (time > created) newest = [];
            if (time >= created) newest.push(version);
            created = Math.max(created, time);
        }
    } catch (error) {
        if (isSecretNotFound(error)) return [];
        throw error;
    }
    return newest;
}

async function currentOf(
    client: SecretClient,
    name: string,
    candidates: readonly SecretProperties[],
    signal: AbortSignal,
): Promise<SecretProperties | undefined> {
    try {
        const current = await client.getSecret(name, { abortSignal: signal });
        return current.properties;
    } catch (error) {
        if (isSecretNotFound(error)) return undefined;
        // Only of a disabled secret: so the current version is one of those.
        if (statusOf(error) === 403 && serviceCodeOf(error) === "SecretDisabled") {
            return lastUpdated(candidates.filter((version) => version.enabled === false));
        }
        throw error;
    }
}

function lastUpdated(versions: readonly SecretProperties[]): SecretProperties | undefined {
    const time = (version: SecretProperties): number => version.updatedOn?.getTime() ?? 0;
    return versions.reduce<SecretProperties | undefined>(
        (last, version) => (last !== undefined && time(last) > time(version) ? last : version),
        undefined,
    );
}
