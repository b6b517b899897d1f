import type { TokenCredential } from "@azure/core-auth";
import type { Caller } from "../access.js";

/** The claims that are looked at. https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
interface Claims {
    readonly oid?: unknown;
    readonly idtyp?: unknown;
    readonly appid?: unknown;
    readonly azp?: unknown;
    readonly groups?: unknown;
}

/**
 * `idtyp` says whether the token stands for an application or for a user.
 * https://learn.microsoft.com/entra/identity-platform/optional-claims-reference
 */
const principalTypes: Readonly<Record<string, Caller["principalType"]>> = {
    app: "ServicePrincipal",
    user: "User",
};

/**
 * Who a credential is, as its token for Resource Manager tells. Tokens are meant for the service that they are for and
 * may change their form (https://learn.microsoft.com/entra/identity-platform/access-tokens), so what isn't there, or
 * isn't of the form that is expected, is left out. Never throws: whoever can't sign in learns it elsewhere.
 *
 * @param scope of the token, such as `https://management.azure.com/.default`.
 */
export async function identifyCaller(
    credential: TokenCredential,
    scope: string,
    clientId?: string,
): Promise<Caller> {
    try {
        const token = await credential.getToken(scope);
        return callerOf(token?.token ?? "", clientId);
    } catch {
        return callerOf("", clientId);
    }
}

/** What the claims of a token say; the token is not checked, as nothing is decided by it. */
export function callerOf(token: string, clientId?: string): Caller {
    const { oid, idtyp, appid, azp, groups } = claimsOf(token);
    const client = [clientId, appid, azp].find((one) => typeof one === "string");
    const type = typeof idtyp === "string" ? principalTypes[idtyp] : undefined;
    return {
        ...(typeof oid === "string" ? { objectId: oid } : {}),
        ...(type === undefined ? {} : { principalType: type }),
        ...(typeof client === "string" ? { clientId: client } : {}),
        ...(Array.isArray(groups) ? { groups: groups.filter((one) => typeof one === "string") } : {}),
    };
}

function claimsOf(token: string): Claims {
    const [, payload = ""] = token.split(".");
    try {
        const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
        return typeof claims === "object" && claims !== null ? claims : {};
    } catch {
        return {};
    }
}
