import { badParameter, KeyVaultError } from "../errors.js";

/**
 * 400: a PFX that is none, or whose password is another: the service tells both in the same words.
 * Source: https://github.com/damienbod/AspNetCoreCertificates/issues/38 (a PFX with a password, sent without it)
 */
export function unreadablePkcs12(): KeyVaultError {
    return badParameter(
        "The specified PKCS#12 X.509 certificate content can not be read. Please check if certificate is in valid " +
            "PKCS#12 format.",
    );
}

/** 400: no PEM at all. Source: https://github.com/MicrosoftDocs/azure-docs/issues/23558 */
export function unreadablePem(): KeyVaultError {
    return badParameter(
        "The specified PEM X.509 certificate content can not be read. Please check if certificate is in valid PEM " +
            "format. Accepted formats: PEM content or Base64 encoded PEM content.",
    );
}

/**
 * 400: a PEM whose key is not PKCS#8.
 * Source: https://github.com/vancluever/terraform-provider-acme/issues/99
 */
export function unexpectedPem(): KeyVaultError {
    return badParameter(
        "The specified PEM X.509 certificate content is in an unexpected format. Please check if certificate is in " +
            "valid PEM format.",
    );
}

/** 400: a file without a private key, or without its certificate. The words are the local Azure's. */
export function missingPair(): KeyVaultError {
    return badParameter(
        "The specified X.509 certificate content has no certificate with its private key. Please check if both are " +
            "in it and belong together.",
    );
}

/** 400: the certificate is past its end. Source: https://github.com/Azure/azure-sdk-for-net/issues/24986 */
export function alreadyExpired(): KeyVaultError {
    return badParameter("X509 Certificate is already expired");
}

/** 400: an RSA key of a length or an EC key on a curve that the service does not take. The words are the local Azure's. */
export function unsupportedKey(): KeyVaultError {
    return badParameter("The specified X.509 certificate content has a key of an unsupported type or size.");
}

/**
 * 409: there is an operation under way. The odd code is the service's.
 * Source: https://learn.microsoft.com/azure/key-vault/certificates/create-certificate-scenarios
 */
export function operationInProgress(): KeyVaultError {
    return new KeyVaultError(
        409,
        "Forbidden",
        "A new key vault certificate can not be created or imported while a pending key vault certificate's status " +
            "is inProgress.",
    );
}

/** 404: no operation under way or done. Source: recordings of the service in the tests of azure-sdk-for-js */
export function pendingNotFound(name: string): KeyVaultError {
    return new KeyVaultError(404, "PendingCertificateNotFound", `Pending certificate not found: ${name}`);
}

/** 403: that operation is the issuer's. Source: as for `operationInProgress`. */
export function mergeForbidden(issuer: string): KeyVaultError {
    return new KeyVaultError(
        403,
        "Forbidden",
        `Merge is forbidden on pending object created with issuer : ${issuer} while it is in progess.`,
    );
}

/** 400: a merge without certificates. Source: https://github.com/MicrosoftDocs/azure-docs/issues/100959 */
export function noCertificatesToMerge(): KeyVaultError {
    return badParameter("Property x5c has invalid value X5C must has at least one valid item\r\n");
}

/** 404. Source: recordings of the service in the tests of azure-sdk-for-js */
export function issuerNotFound(): KeyVaultError {
    return new KeyVaultError(404, "CertificateIssuerNotFound", "Issuer not found");
}

/** 404. Source: recordings of the service in the tests of azure-sdk-for-js */
export function contactsNotFound(): KeyVaultError {
    return new KeyVaultError(404, "ContactsNotFound", "Contacts not found");
}

/** 409: the name is that of a key or a secret which is no certificate's. The words are the local Azure's. */
export function nameTaken(name: string, kind: "key" | "secret"): KeyVaultError {
    return new KeyVaultError(
        409,
        "Conflict",
        `The certificate ${name} can not be made: there is a ${kind} of that name.`,
    );
}
