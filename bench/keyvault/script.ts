import type { SecretClient, SecretProperties } from "@azure/keyvault-secrets";
import type { Job, JobResult } from "./messages.js";
import { officialClient } from "./official.js";

/**
 * What people write for this today: reads each secret at the source and sets it at the target, one after another, with
 * the SDK and its own retries; with all versions, the oldest first. When it runs again it reads the target's too, and
 * sets only what differs.
 */
export async function runScript(job: Job): Promise<JobResult> {
    const source = officialClient(job.sourceUrl, "SOURCE");
    const target = officialClient(job.targetUrl, "TARGET");
    const started = performance.now();
    let failed = 0;
    for await (const { name } of source.listPropertiesOfSecrets()) {
        try {
            await copy(name, source, target, job);
        } catch {
            failed += 1;
        }
    }
    return { seconds: (performance.now() - started) / 1000, failed };
}

async function copy(name: string, source: SecretClient, target: SecretClient, job: Job): Promise<void> {
    const again = job.kind === "script-again";
    if (!job.allVersions) {
        const secret = await source.getSecret(name);
        if (again && (await target.getSecret(name)).value === secret.value) return;
        await target.setSecret(name, secret.value ?? "");
        return;
    }
    const versions = await versionsOf(name, source);
    const there = again ? await versionsOf(name, target) : [];
    for (const { version } of versions.slice(there.length)) {
        const { value = "" } = await source.getSecret(name, version === undefined ? {} : { version });
        await target.setSecret(name, value);
    }
}

/** The oldest first. */
async function versionsOf(name: string, client: SecretClient): Promise<SecretProperties[]> {
    const versions: SecretProperties[] = [];
    for await (const version of client.listPropertiesOfSecretVersions(name)) versions.push(version);
    return versions.sort((a, b) => (a.createdOn?.getTime() ?? 0) - (b.createdOn?.getTime() ?? 0));
}
