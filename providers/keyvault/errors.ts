/** The members of an Azure SDK's `RestError` that are used here; it is told by its name, so no SDK is loaded. */
interface ServiceError extends Error {
    statusCode?: number;
    code?: string;
    details?: { error?: { code?: string; innerError?: { code?: string } } };
}

function asServiceError(error: unknown): ServiceError | undefined {
    return error instanceof Error && error.name === "RestError" ? error : undefined;
}

/** HTTP status of the service's answer; undefined where there was no answer. */
export function statusOf(error: unknown): number | undefined {
    return asServiceError(error)?.statusCode;
}

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
