import type { SecretClient } from "@azure/keyvault-secrets";

export const secretCount = 60;
const mostVersions = 12;

export const secretName = (number: number): string => `Secret-${String(number).padStart(2, "0")}`;

/** 1 to 12 versions. */
export const versionCount = (number: number): number => 1 + (number % mostVersions);

/** Secrets whose current version is disabled: its value can't be read. */
export const disabledSecrets: readonly number[] = [13, 37];

/** Secrets whose first version was disabled later, beside an enabled current one. */
export const disabledHistories: readonly number[] = [10, 11, 22, 47];

/** Names that are soft-deleted at the target, with another value. */
export const deletedAtTarget: readonly number[] = [4, 20, 41];

/**
 * Secrets with every attribute there is, some expired, some not valid yet.
 *
 * @param tick lets the vault's clock go on, so that no two versions of a secret are of one second.
 */
export async function seedSecrets(client: SecretClient, tick: () => void): Promise<void> {
    const numbers = Array.from({ length: secretCount }, (_, number) => number);
    for (let version = 0; version < mostVersions; version += 1) {
        const writing = numbers.filter((number) => versionCount(number) > version);
        await Promise.all(writing.map((number) => setVersion(client, number, version)));
        tick();
    }
    for (const number of disabledSecrets) await disable(client, number, "current");
    for (const number of disabledHistories) await disable(client, number, "oldest");
    tick();
}

/** At the target: names that somebody deleted. */
export async function seedDeletedSecrets(client: SecretClient): Promise<void> {
    for (const number of deletedAtTarget) {
        await client.setSecret(secretName(number), "of old");
        const poller = await client.beginDeleteSecret(secretName(number), { intervalInMs: 10 });
        await poller.pollUntilDone();
    }
}

async function setVersion(client: SecretClient, number: number, version: number): Promise<void> {
    await client.setSecret(secretName(number), `canary-${String(number)}-${String(version)}-pässwörd`, {
        tags: { number: String(number), version: String(version) },
        ...(number % 3 === 0 ? { contentType: `text/plain; version=${String(version)}` } : {}),
        ...(number % 4 === 0 ? { notBefore: new Date(Date.UTC(2020, version, 1)) } : {}),
        // Some expired, some not.
        ...(number % 2 === 0
            ? { expiresOn: new Date(Date.UTC(number % 7 === 0 ? 2022 : 2037, version, 2)) }
            : {}),
    });
}

async function disable(client: SecretClient, number: number, which: "current" | "oldest"): Promise<void> {
    const versions = [];
    for await (const version of client.listPropertiesOfSecretVersions(secretName(number)))
        versions.push(version);
    versions.sort((a, b) => (a.createdOn?.getTime() ?? 0) - (b.createdOn?.getTime() ?? 0));
    const chosen = which === "current" ? versions.at(-1) : versions[0];
    await client.updateSecretProperties(secretName(number), chosen?.version ?? "", { enabled: false });
}
