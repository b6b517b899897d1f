import type { ErrorCode } from "../errors.js";

/** What a failed sign-in means, for people. */
export interface SignInFailure {
    readonly code: Extract<ErrorCode, "CredentialInvalid" | "CredentialUnavailable" | "Unreachable">;
    readonly sentence: string;
    readonly remedy?: string;
}

/** Codes of https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const entraCodes: Readonly<Record<string, readonly [sentence: string, remedy: string]>> = {
    "7000215": [
        "the client secret is wrong",
        "Give the secret's value, not its ID, of this very application.",
    ],
    "7000222": ["the client secret has expired", "Make a new secret for the application."],
    "7000218": [
        "the request carries no client secret or assertion",
        "Give a secret, a certificate or an OIDC token.",
    ],
    "90002": ["the tenant is not known", "Check the tenant ID and the profile's cloud."],
    "900021": ["the tenant is not known", "Check the tenant ID and the profile's cloud."],
    "900023": ["the tenant ID is neither a GUID nor a domain name", "Check the tenant ID."],
    "700016": ["the application is not known in this tenant", "Check the client ID and the tenant ID."],
    "700027": [
        "the certificate is not one of the application's",
        "Upload the certificate to the application.",
    ],
    "70021": [
        "no federated credential of the application matches the OIDC token",
        "Check its issuer and subject.",
    ],
    "700211": ["no federated credential of the application matches the token's issuer", "Check its issuer."],
    "700212": [
        "no federated credential of the application matches the token's audience",
        "Check its audience.",
    ],
    "700213": [
        "no federated credential of the application matches the token's subject",
        "Check its subject.",
    ],
    "700024": ["the OIDC token has expired", "Take a new one from the workflow that runs this."],
    "500011": [
        "the resource's service is not known in this tenant",
        "Check the tenant ID and the profile's cloud.",
    ],
    "7000112": ["the application is disabled", "Enable its service principal in the tenant."],
    "53003": ["a conditional access policy blocks this sign-in", "Ask the tenant's administrator."],
};

/** Names of the errors of @azure/identity and of MSAL below it. */
const signInNames: ReadonlySet<string> = new Set([
    "AuthenticationError",
    "AuthenticationRequiredError",
    "AggregateAuthenticationError",
    "CredentialUnavailableError",
    "ClientAuthError",
    "ClientConfigurationError",
    "ServerError",
    "InteractionRequiredAuthError",
]);

/** Tells a failed sign-in by name and code; undefined for any other error. Pure. */
export function classifySignIn(error: unknown): SignInFailure | undefined {
    if (!(error instanceof Error) || !signInNames.has(error.name)) return undefined;
    const entra = /AADSTS(\d+)/.exec(textOf(error))?.[1];
    if (entra !== undefined) {
        const [sentence, remedy] = entraCodes[entra] ?? ["Entra refuses the sign-in", undefined];
        return {
            code: "CredentialInvalid",
            sentence: `${sentence} (AADSTS${entra})`,
            ...(remedy === undefined ? {} : { remedy }),
        };
    }
    const text = textOf(error);
    const tenant = /not configured to acquire tokens for tenant ([0-9a-zA-Z.-]+?)\.?(?:\s|$)/.exec(text)?.[1];
    if (tenant !== undefined) {
        return {
            code: "CredentialInvalid",
            sentence: `the resource is in tenant ${tenant}, the profile signs in to another`,
            remedy: "Give this side a profile of the resource's tenant.",
        };
    }
    if (
        /network_error|endpoints_resolution_error|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN/.test(
            text,
        )
    ) {
        return { code: "Unreachable", sentence: "the sign-in service can't be reached" };
    }
    if (error.name === "CredentialUnavailableError" || error.name === "AggregateAuthenticationError") {
        return {
            code: "CredentialUnavailable",
            sentence: "no way to sign in was found",
            remedy: howToSignIn,
        };
    }
    return { code: "CredentialInvalid", sentence: "the sign-in failed" };
}

const howToSignIn =
    "Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_SOURCE_… and AZURE_TARGET_…), or run az login.";

/** With the errors that an aggregate holds: one that is present and wrong decides. */
function textOf(error: Error): string {
    const inner = "errors" in error && Array.isArray(error.errors) ? error.errors : [];
    return [error.message, ...inner.map((each) => (each instanceof Error ? each.message : ""))].join("\n");
}
