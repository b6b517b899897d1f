import { DataplaneError } from "../../core/errors.js";
import { statusOf } from "../../core/rest-error.js";
import { serviceCodeOf } from "../errors.js";
import type { SecretClient } from "../sdk.js";
import { placeholderTag } from "../tags.js";

/** How often a recovery is looked at, in milliseconds. */
const recoveryInterval = 1_000;

/** The service's code for a firewall: it says nothing about the name. */
const firewall = "ForbiddenByFirewall";

/**
 * Brings back the deleted secret that keeps a name from being set, marks it as a placeholder and answers with the id of
 * its current version.
 *
 * @param conflict the service's 409 answer to setting it.
 * @throws DataplaneError `AccessDenied` where the right to recover is missing; `Conflict` where something else is in the
 * way.
 */
export async function recoverSecret(
    client: SecretClient,
    name: string,
    conflict: unknown,
    signal: AbortSignal,
): Promise<string | undefined> {
    const code = serviceCodeOf(conflict);
    if (code !== "ObjectIsDeletedButRecoverable" && code !== "ObjectIsBeingRecovered") {
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
    const version = await recover(client, name, signal);
    // Should the run end here, the next one must not take what came back for somebody else's.
    await client.updateSecretProperties(name, version ?? "", {
        tags: { [placeholderTag]: "true" },
        abortSignal: signal,
    });
    return version;
}

async function recover(client: SecretClient, name: string, signal: AbortSignal): Promise<string | undefined> {
    try {
        const poller = await client.beginRecoverDeletedSecret(name, {
            abortSignal: signal,
            intervalInMs: recoveryInterval,
        });
        const { version } = await poller.pollUntilDone({ abortSignal: signal });
        return version;
    } catch (error) {
        const code = serviceCodeOf(error);
        if (statusOf(error) !== 403 || code === firewall) throw error;
        // No remedy: which role or policy is missing is found out for it.
        throw new DataplaneError(
            "AccessDenied",
            `a secret that was deleted at the target still has the name "${name}", and the right to recover it is ` +
                `missing (403 ${code ?? ""}); other ways are to ${await otherWays(client, name, signal)}`,
            {
                item: name,
                side: "target",
                status: 403,
                ...(code === undefined ? {} : { serviceCode: code }),
                cause: error,
            },
        );
    }
}

/** Purge protection keeps anybody from purging: https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection */
async function otherWays(client: SecretClient, name: string, signal: AbortSignal): Promise<string> {
    const other = "give the copy another name with `rename`, or leave it out with `exclude`";
    try {
        const deleted = await client.getDeletedSecret(name, { abortSignal: signal });
        if (deleted.properties.recoveryLevel?.includes("Purgeable") === false) {
            const date = deleted.scheduledPurgeDate?.toISOString();
            return `${other} (purge protection keeps the deleted one${date === undefined ? "" : ` until ${date}`})`;
        }
    } catch {
        // It only makes the advice better.
    }
    return `purge the deleted one, ${other}`;
}
