import type { TokenCredential } from "@azure/core-auth";

/**
 * A credential that answers a service's challenge for another tenant with a token of its own tenant where it has none
 * for the other. The service then refuses the request with a reason.
 *
 * Without this, an SDK that holds a token of the credential's own tenant asks for one of the challenge's tenant every
 * three seconds until the first one expires, an hour later, and shows none of the failures:
 * https://github.com/Azure/azure-sdk-for-js/blob/main/sdk/core/core-rest-pipeline/src/util/tokenCycler.ts
 */
export function fallBackToOwnTenant(credential: TokenCredential): TokenCredential {
    return {
        async getToken(scopes, options = {}) {
            const { tenantId, ...others } = options;
            if (tenantId === undefined) return credential.getToken(scopes, options);
            try {
                return await credential.getToken(scopes, options);
            } catch (error) {
                if (options.abortSignal?.aborted === true) throw error;
                return credential.getToken(scopes, others);
            }
        },
    };
}
