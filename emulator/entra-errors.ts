import { randomUUID } from "node:crypto";
import type { ServiceResponse } from "./contract.js";

/**
 * A refused sign-in. Codes and texts are Entra's.
 * Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export class EntraError extends Error {
    constructor(
        readonly status: number,
        /** OAuth's own error: `invalid_client`. */
        readonly error: string,
        /** The number after AADSTS. */
        readonly code: number,
        message: string,
    ) {
        super(`AADSTS${String(code)}: ${message}`);
        this.name = "EntraError";
    }

    toResponse(now: number): ServiceResponse {
        const [trace, correlation] = [randomUUID(), randomUUID()];
        const timestamp = new Date(now).toISOString().replace("T", " ").replace(/\.\d+/, "");
        return {
            status: this.status,
            body: {
                error: this.error,
                error_description:
                    `${this.message} Trace ID: ${trace} Correlation ID: ${correlation} ` +
                    `Timestamp: ${timestamp}`,
                error_codes: [this.code],
                timestamp,
                trace_id: trace,
                correlation_id: correlation,
                error_uri: `https://login.microsoftonline.com/error?code=${String(this.code)}`,
            },
        };
    }
}

export const entraErrors = {
    unknownTenant: (tenant: string) =>
        new EntraError(
            400,
            "invalid_request",
            90002,
            `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the ` +
                "correct cloud. Check with your subscription administrator, this may happen if there are no active " +
                "subscriptions for the tenant.",
        ),
    unknownClient: (clientId: string, tenant: string) =>
        new EntraError(
            400,
            "unauthorized_client",
            700016,
            `Application with identifier '${clientId}' was not found in the directory '${tenant}'. This can happen if ` +
                "the application has not been installed by the administrator of the tenant or consented to by any user " +
                "in the tenant. You may have sent your authentication request to the wrong tenant.",
        ),
    wrongSecret: (clientId: string) =>
        new EntraError(
            401,
            "invalid_client",
            7000215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, " +
                `not the client secret ID, for a secret added to app '${clientId}'.`,
        ),
    expiredSecret: (clientId: string) =>
        new EntraError(
            401,
            "invalid_client",
            7000222,
            `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new ` +
                "keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for " +
                "added security: https://aka.ms/certCreds.",
        ),
    noCredential: () =>
        new EntraError(
            401,
            "invalid_client",
            7000216,
            "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
        ),
    invalidAssertion: (reason: string) =>
        new EntraError(
            401,
            "invalid_client",
            700027,
            `The certificate with identifier used to sign the client ` +
                `assertion is not registered on application, or its signature failed. [Reason - ${reason}]`,
        ),
    unsupportedGrant: (grant: string) =>
        new EntraError(
            400,
            "unsupported_grant_type",
            70003,
            `The app requested an unsupported grant type '${grant}'.`,
        ),
    /** What a flow for public clients (device code, password) gets at an application that must prove itself. */
    notPublic: () =>
        new EntraError(
            401,
            "invalid_client",
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        ),
    missing: (parameter: string) =>
        new EntraError(
            400,
            "invalid_request",
            900144,
            `The request body must contain the following parameter: '${parameter}'.`,
        ),
    invalidScope: (scope: string) =>
        new EntraError(
            400,
            "invalid_scope",
            1002012,
            `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with ` +
                "/.default suffixed to the resource identifier (application ID URI).",
        ),
    unknownResource: (resource: string, tenant: string) =>
        new EntraError(
            400,
            "invalid_resource",
            500011,
            `The resource principal named ${resource} was not found in the tenant named ${tenant}. This can happen if ` +
                "the application has not been installed by the administrator of the tenant or consented to by any user " +
                "in the tenant. You might have sent your authentication request to the wrong tenant.",
        ),
};
