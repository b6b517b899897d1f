import { createPublicKey } from "node:crypto";
import { decodeJwt, jwtVerify } from "jose";
import { entraErrors } from "./entra-errors.js";
import type { ServicePrincipal, Tenant } from "./identities.js";

/**
 * Checks what a client sends instead of a secret: a token signed with its certificate, or one that a trusted outside
 * issuer gave it.
 * Source: https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
export async function checkAssertion(
    assertion: string,
    principal: ServicePrincipal,
    tenant: Tenant,
    now: number,
): Promise<void> {
    const { iss, sub } = claims(assertion);
    const key = principal.assertionKeys?.find((one) => one.issuer === iss && one.subject === sub);
    if (key === undefined) throw entraErrors.invalidAssertion("The key was not found.");
    const hosts = [
        "https://login.microsoftonline.com",
        "https://login.windows.net",
        "https://sts.windows.net",
    ];
    const audience = key.audience ?? hosts.flatMap((host) => tokenEndpoints(`${host}/${tenant.id}`));
    try {
        await jwtVerify(assertion, createPublicKey(key.publicKey), {
            audience,
            currentDate: new Date(now),
        });
    } catch {
        throw entraErrors.invalidAssertion("The assertion's signature, audience or time is not valid.");
    }
}

function tokenEndpoints(base: string): string[] {
    return [`${base}/oauth2/v2.0/token`, `${base}/oauth2/token`, `${base}/v2.0`, base];
}

function claims(assertion: string): { iss?: string; sub?: string } {
    try {
        return decodeJwt(assertion);
    } catch {
        throw entraErrors.invalidAssertion("The assertion is no token.");
    }
}
