import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";
import type { Cloud } from "../clouds.js";
import { registerSecret } from "../redact.js";
import type { CredentialDescription, DefaultDescription } from "./description.js";
import { readOidcToken } from "./oidc-token.js";
import { load } from "../load.js";

/**
 * Makes the credential of a description. Loads @azure/identity only now: it costs a third of a second. Tokens are kept
 * in memory by the credential, nowhere else.
 */
export async function buildCredential(
    description: CredentialDescription,
    cloud: Cloud,
): Promise<TokenCredential> {
    const identity = await loadIdentity();
    const options = { authorityHost: cloud.authorityHost };
    switch (description.kind) {
        case "clientSecret": {
            const { tenantId, clientId, clientSecret } = description;
            registerSecret(clientSecret);
            return new identity.ClientSecretCredential(tenantId, clientId, clientSecret, options);
        }
        case "clientCertificate": {
            const { tenantId, clientId, certificatePath, certificatePassword } = description;
            if (certificatePassword !== undefined) registerSecret(certificatePassword);
            const certificate = {
                certificatePath,
                ...(certificatePassword === undefined ? {} : { certificatePassword }),
            };
            return new identity.ClientCertificateCredential(tenantId, clientId, certificate, options);
        }
        case "oidc": {
            const { tenantId, clientId } = description;
            return new identity.ClientAssertionCredential(
                tenantId,
                clientId,
                () => readOidcToken(description.token),
                options,
            );
        }
        case "managedIdentity": {
            const { clientId } = description;
            return new identity.ManagedIdentityCredential(clientId === undefined ? {} : { clientId });
        }
        case "interactive": {
            const { kind: _, ...application } = description;
            return new identity.InteractiveBrowserCredential({ ...options, ...application });
        }
        case "default":
            return defaultCredential(identity, description, options);
    }
}

function loadIdentity() {
    return load<typeof import("@azure/identity")>("@azure/identity");
}

function defaultCredential(
    identity: Awaited<ReturnType<typeof loadIdentity>>,
    description: DefaultDescription,
    options: { authorityHost: string },
): TokenCredential {
    const { tenantId, interactive } = description;
    const tenant = tenantId === undefined ? {} : { tenantId };
    const silent = new identity.DefaultAzureCredential({ ...options, ...tenant });
    if (!interactive) return silent;
    return inTurn(silent, new identity.InteractiveBrowserCredential({ ...options, ...tenant }));
}

/** What says that no credential of its sort is here; every other error stops the chain. */
const absentNames: ReadonlySet<string> = new Set([
    "CredentialUnavailableError",
    "AggregateAuthenticationError",
]);

/** The second where the first says that there is none. @azure/identity's own chain stops at an aggregate error. */
export function inTurn(first: TokenCredential, second: TokenCredential): TokenCredential {
    return {
        async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null> {
            try {
                return await first.getToken(scopes, options);
            } catch (error) {
                if (!(error instanceof Error) || !absentNames.has(error.name)) throw error;
                // One among the aggregated errors that Entra gave: a credential is there, and wrong.
                if (error.message.includes("AADSTS")) throw error;
                return second.getToken(scopes, options);
            }
        },
    };
}
