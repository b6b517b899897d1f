import type { Context } from "../../core/contract.js";

/** One scope for storage in all clouds: https://learn.microsoft.com/azure/storage/blobs/authorize-access-azure-active-directory#microsoft-authentication-library-msal */
const scope = "https://storage.azure.com/.default";

/**
 * The tenant that a side's tokens for storage are of: an account takes those of its own alone. Undefined where the token
 * does not tell; two such tenants are taken for different ones.
 */
export async function tenantOf({
    credential,
    signal,
}: Pick<Context, "credential" | "signal">): Promise<string | undefined> {
    const token = await credential.getToken(scope, { abortSignal: signal });
    const [, payload = ""] = token?.token.split(".") ?? [];
    try {
        // Source of the claim: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
        const { tid } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { tid?: unknown };
        return typeof tid === "string" ? tid.toLowerCase() : undefined;
    } catch {
        return undefined;
    }
}
