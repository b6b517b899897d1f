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

/** The kinds of objects, as messages name them; codes begin with them too. */
export type ObjectKind = "Secret" | "Key" | "Certificate";

/** 404 for an object, or for one version of it. */
export function notFound(kind: ObjectKind, name: string, version?: string): KeyVaultError {
    const id = version === undefined ? name : `${name}/${version}`;
    const noun = kind.toLowerCase();
    return new KeyVaultError(
        404,
        `${kind}NotFound`,
        `A ${noun} with (name/id) ${id} was not found in this key vault. If you recently deleted this ${noun} you ` +
            "may be able to recover it using the correct recovery command. For help resolving this issue, please " +
            "see https://go.microsoft.com/fwlink/?linkid=2125182",
    );
}

/** 404 for an object that is not among the deleted ones, or not yet. */
export function deletedNotFound(kind: ObjectKind, name: string): KeyVaultError {
    return new KeyVaultError(404, `${kind}NotFound`, `Deleted ${kind} not found: ${name}`);
}

/** The three ways in which a name is taken by an object that is not there. */
export type NameConflict =
    "ObjectIsBeingDeleted" | "ObjectIsDeletedButRecoverable" | "ObjectIsBeingRecovered";

/** 409: the name belongs to an object that is deleted, or on its way there or back. */
export function nameConflict(kind: ObjectKind, name: string, conflict: NameConflict): KeyVaultError {
    const messages: Record<NameConflict, string> = {
        ObjectIsBeingDeleted: "is currently being deleted and cannot be re-created; retry later.",
        ObjectIsBeingRecovered: "is currently being recovered and cannot be re-created; retry later.",
        ObjectIsDeletedButRecoverable:
            "is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the " +
            `${kind.toLowerCase()} can only be recovered or purged.`,
    };
    return new KeyVaultError(409, "Conflict", `${kind} ${name} ${messages[conflict]}`, conflict);
}

/**
 * 409: a purge or a recovery while the deletion is still under way.
 * Source: recordings of the service in the tests of https://github.com/Azure/azure-sdk-for-js (keyvault-keys)
 */
export function beingDeleted(kind: ObjectKind): KeyVaultError {
    return new KeyVaultError(409, "Conflict", `${kind} is currently being deleted.`, "ObjectIsBeingDeleted");
}

/**
 * 409: a restore where there is an object of that name. `id`: that of the backup's latest version at this vault.
 * Source: recordings of the service in the tests of https://github.com/Azure/azure-sdk-for-js (keyvault-secrets)
 */
export function restoreConflict(kind: ObjectKind, id: string): KeyVaultError {
    const noun = kind.toLowerCase();
    return new KeyVaultError(
        409,
        "Conflict",
        `There was a conflict restoring the ${noun} '${id}'. This can happen if either: a second ${noun} with the ` +
            `same name was created after the first ${noun} was deleted; thus trying to restore a ${noun} whose name ` +
            `is already in use. To fix this, rename the second ${noun} to something else so that the restore works. ` +
            "The second probable cause of this exception is when multiple operations are performed in parallel " +
            `against the ${noun}. To avoid this error, perform operations against a ${noun} in a sequential manner.`,
    );
}

/** 403 for a reason that the inner code tells. */
export function forbidden(message: string, innerCode: string): KeyVaultError {
    return new KeyVaultError(403, "Forbidden", message, innerCode);
}

/**
 * 403: a purge in a vault with purge protection.
 * Source of the words: https://github.com/hashicorp/terraform-provider-azurerm/issues/15678. The inner code is in no
 * source found, so it is that of other refusals by policy.
 */
export function purgeProtected(vault: string): KeyVaultError {
    return forbidden(
        'Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will ' +
            `automatically purge it after the retention period has passed.\r\nVault: ${vault}`,
        "ForbiddenByPolicy",
    );
}

/**
 * 403: the key or the secret of a certificate is changed through the certificate alone.
 * Sources: https://github.com/hashicorp/terraform-provider-azurerm/issues/5659 (the inner code; older words),
 * https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#composition-of-a-certificate
 */
export function managedByCertificate(kind: ObjectKind, operation: string): KeyVaultError {
    return forbidden(
        `Operation "${operation}" is not allowed on this ${kind.toLowerCase()}, since it is associated with a ` +
            "certificate. Perform the operation on the corresponding certificate. For more information refer to " +
            "https://docs.microsoft.com/en-us/azure/key-vault/certificates/about-certificates#composition-of-a-certificate",
        `${kind}ManagedByKeyVault`,
    );
}

/** 501: an operation that the local Azure lacks. */
export function notImplemented(operation: string, collection: string): KeyVaultError {
    return new KeyVaultError(501, "NotImplemented", `The local Azure has no ${operation} of ${collection}.`);
}
