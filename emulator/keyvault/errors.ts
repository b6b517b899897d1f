import type { ServiceResponse } from "../contract.js";

/**
 * An answer that is not a success, in the service's own shape: `{ error: { code, message, innererror: { code } } }`.
 * Source: https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses#error-responses
 */
export class KeyVaultError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
        readonly innerCode?: string,
        readonly headers: Readonly<Record<string, string>> = {},
    ) {
        super(message);
        this.name = "KeyVaultError";
    }

    toResponse(): ServiceResponse {
        return {
            status: this.status,
            headers: { ...this.headers },
            body: {
                error: {
                    code: this.code,
                    message: this.message,
                    ...(this.innerCode === undefined ? {} : { innererror: { code: this.innerCode } }),
                },
            },
        };
    }
}

/** 400: a name, a value, an attribute or a query parameter that the service does not take. */
export function badParameter(message: string): KeyVaultError {
    return new KeyVaultError(400, "BadParameter", message);
}

/** 404 for a secret, or for one version of it. */
export function secretNotFound(name: string, version?: string): KeyVaultError {
    const id = version === undefined ? name : `${name}/${version}`;
    return new KeyVaultError(
        404,
        "SecretNotFound",
        `A secret with (name/id) ${id} was not found in this key vault. If you recently deleted this secret you ` +
            "may be able to recover it using the correct recovery command. For help resolving this issue, please " +
            "see https://go.microsoft.com/fwlink/?linkid=2125182",
    );
}

/** 404 for a secret that is not among the deleted ones, or not yet. */
export function deletedSecretNotFound(name: string): KeyVaultError {
    return new KeyVaultError(404, "SecretNotFound", `Deleted Secret not found: ${name}`);
}

/** The three ways in which a name is taken by a secret that is not there. */
export type NameConflict =
    "ObjectIsBeingDeleted" | "ObjectIsDeletedButRecoverable" | "ObjectIsBeingRecovered";

/** 409: the name belongs to a secret that is deleted, or on its way there or back. */
export function nameConflict(name: string, conflict: NameConflict): KeyVaultError {
    const messages: Record<NameConflict, string> = {
        ObjectIsBeingDeleted: "is currently being deleted and cannot be re-created; retry later.",
        ObjectIsBeingRecovered: "is currently being recovered and cannot be re-created; retry later.",
        ObjectIsDeletedButRecoverable:
            "is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the " +
            "secret can only be recovered or purged.",
    };
    return new KeyVaultError(409, "Conflict", `Secret ${name} ${messages[conflict]}`, conflict);
}

/** 403 for a reason that the inner code tells. */
export function forbidden(message: string, innerCode: string): KeyVaultError {
    return new KeyVaultError(403, "Forbidden", message, innerCode);
}
