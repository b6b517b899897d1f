import { ClientSecretCredential } from "@azure/identity";
import type { ServicePrincipal } from "../../emulator/identities.js";
import { LocalAzure, type LocalAzureOptions } from "../../emulator/local-azure.js";

/** A local Azure that this process uses, in which the deployers own their subscriptions. */
export async function startAzure(options: LocalAzureOptions = {}): Promise<LocalAzure> {
    const azure = await LocalAzure.start(options);
    azure.useHere();
    const { principals, tenants } = azure;
    for (const [deployer, tenant] of [
        [principals.production.deployer, tenants.production],
        [principals.staging.deployer, tenants.staging],
    ] as const) {
        azure.roles.assign({
            principalId: deployer.objectId,
            role: "Owner",
            scope: `/subscriptions/${tenant.subscription.id}`,
        });
    }
    return azure;
}

/** What a production program would write: no option that knows of a local Azure. */
export function credentialOf(principal: ServicePrincipal): ClientSecretCredential {
    return new ClientSecretCredential(principal.tenantId, principal.clientId, secretOf(principal));
}

/** A principal's first secret. */
export function secretOf(principal: ServicePrincipal): string {
    const [secret] = principal.secrets;
    if (secret === undefined) throw new Error("The principal has no secret.");
    return secret.value;
}

/** What a promise rejects with. Throws where it does not reject. */
export async function failure(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
    try {
        await promise;
    } catch (error) {
        return error as Error & Record<string, unknown>;
    }
    throw new Error("It was expected to fail, and did not.");
}

/** A request to Resource Manager as raw as it gets, for what SDKs hide. */
export async function arm(
    principal: ServicePrincipal,
    method: string,
    pathAndQuery: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
    const { token } = await credentialOf(principal).getToken("https://management.azure.com/.default");
    const response = await fetch(`https://management.azure.com${pathAndQuery}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...options.headers },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const body = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : { text };
    return { status: response.status, headers: response.headers, body };
}

/** The code and text of an error body of Resource Manager. */
export function armError(body: Record<string, unknown>): { code: string; message: string } {
    return body.error as { code: string; message: string };
}
