import type { SecretClient, SecretProperties } from "../sdk.js";
import { isDisabled, isSecretNotFound } from "../errors.js";
import { placeholderTag } from "../tags.js";
import { versionOf } from "./item.js";

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
    const newest = newestOf(await listVersions(client, name, options.signal));
    if (newest.length < 2) return newest[0];
    // Creation is in whole seconds, and versions are listed in no particular order.
    return options.readsValues ? await currentOf(client, name, newest, options.signal) : lastUpdated(newest);
}

/**
 * All versions of a secret, the oldest first and the current one last; none where the service says that there is no such
 * secret. Those made within one second are ordered by their ids, as nothing tells which came first.
 *
 * @param shown the secret in a listing of secrets, which has the current version's properties but not its id: then no
 * value is read to find out which is current, and of those that look the same any is as good.
 */
export async function findVersions(
    client: SecretClient,
    name: string,
    signal: AbortSignal,
    shown?: SecretProperties,
): Promise<SecretProperties[]> {
    const versions = await listVersions(client, name, signal);
    const newest = newestOf(versions);
    let current = newest[0];
    if (newest.length > 1 && shown !== undefined) {
        const looks = versionOf(shown);
        current = newest.find((version) => versionOf(version) === looks) ?? lastUpdated(newest);
    } else if (newest.length > 1) current = await currentOf(client, name, newest, signal);
    return inOrder(versions, current?.version);
}

/**
 * The versions with that one as the last. Creation is in whole seconds: of one second, a placeholder comes first, since
 * copies are only ever put over it.
 */
export function inOrder(
    versions: readonly SecretProperties[],
    current: string | undefined,
): SecretProperties[] {
    const rank = (version: SecretProperties): number =>
        version.version === current ? Infinity : (version.createdOn?.getTime() ?? 0);
    const id = (version: SecretProperties): string => version.version ?? "";
    return [...versions].sort((a, b) => {
        const [first, second] = [rank(a), rank(b)];
        if (first !== second) return first < second ? -1 : 1;
        if (isPlaceholder(a) !== isPlaceholder(b)) return isPlaceholder(a) ? -1 : 1;
        return id(a) < id(b) ? -1 : 1;
    });
}

function isPlaceholder({ tags }: SecretProperties): boolean {
    return tags?.[placeholderTag] !== undefined;
}

async function listVersions(
    client: SecretClient,
    name: string,
    signal: AbortSignal,
): Promise<SecretProperties[]> {
    const versions: SecretProperties[] = [];
    try {
        for await (const version of client.listPropertiesOfSecretVersions(name, { abortSignal: signal })) {
            versions.push(version);
        }
    } catch (error) {
        if (isSecretNotFound(error)) return [];
        throw error;
    }
    return versions;
}

function newestOf(versions: readonly SecretProperties[]): SecretProperties[] {
    const time = (version: SecretProperties): number => version.createdOn?.getTime() ?? 0;
    const latest = Math.max(...versions.map(time));
    return versions.filter((version) => time(version) === latest);
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
        if (isDisabled(error)) {
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
