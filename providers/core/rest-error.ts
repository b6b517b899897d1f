/** The members of an Azure SDK's `RestError` that plugins look at; it is told by its name, so no SDK is loaded. */
export interface ServiceError extends Error {
    statusCode?: number;
    code?: string;
    details?: { error?: { code?: string; innerError?: { code?: string } } };
    response?: { headers: { get(name: string): string | undefined } };
}

/** The error as what an SDK of Azure throws, or undefined where it is something else. */
export function asServiceError(error: unknown): ServiceError | undefined {
    return error instanceof Error && error.name === "RestError" ? error : undefined;
}

/** HTTP status of the service's answer; undefined where there was no answer. */
export function statusOf(error: unknown): number | undefined {
    return asServiceError(error)?.statusCode;
}
