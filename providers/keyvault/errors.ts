import { asServiceError, statusOf } from "../core/rest-error.js";

/**
 * The most specific code of the service's answer: `ObjectIsDeletedButRecoverable`, where the outer one is `Conflict`.
 * Format: https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses#error-responses
 */
export function serviceCodeOf(error: unknown): string | undefined {
    const failure = asServiceError(error);
    const body = failure?.details?.error;
    // Failures of listings come without details.
    return body?.innerError?.code ?? body?.code ?? failure?.code;
}

/** The service says itself that there is no such secret. */
export function isSecretNotFound(error: unknown): boolean {
    return statusOf(error) === 404 && serviceCodeOf(error) === "SecretNotFound";
}

/** The service says itself that there is no such certificate. */
export function isCertificateNotFound(error: unknown): boolean {
    return statusOf(error) === 404 && serviceCodeOf(error) === "CertificateNotFound";
}

/** The service gives no value of a disabled version of a secret, whoever asks. */
export function isDisabled(error: unknown): boolean {
    return statusOf(error) === 403 && serviceCodeOf(error) === "SecretDisabled";
}
