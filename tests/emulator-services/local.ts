import { ClientSecretCredential } from "@azure/identity";
import { LocalAzure } from "../../emulator/local-azure.js";

type Principal = LocalAzure["principals"]["staging"]["deployer"];

/** Three principals of two tenants, with nothing but what tests give them. */
export interface Cast {
    azure: LocalAzure;
    /** Deploys in the target's tenant. */
    deployer: Principal;
    /** Deploys in the source's tenant. */
    producer: Principal;
    /** Reads in the source's tenant. */
    reader: Principal;
}

/** Starts a local Azure for this process. */
export async function startLocalAzure(): Promise<Cast> {
    const azure = await LocalAzure.start();
    azure.useHere();
    const { production, staging } = azure.principals;
    return { azure, deployer: staging.deployer, producer: production.deployer, reader: production.reader };
}

/** The credential that a program would have. */
export function credentialOf({ tenantId, clientId, secrets }: Principal): ClientSecretCredential {
    return new ClientSecretCredential(tenantId, clientId, secrets[0]?.value ?? "");
}

/** A role of the principal at a scope. */
export function give(cast: Cast, principal: Principal, role: string, scope: string): void {
    cast.azure.roles.assign({ principalId: principal.objectId, role, scope });
}

/** Puts a vault or an account where it belongs; the answer is its resource ID. */
export function place(
    cast: Cast,
    tenant: "production" | "staging",
    type: string,
    name: string,
    body: Record<string, unknown>,
): string {
    const { subscription } = cast.azure.tenants[tenant];
    const id = `/subscriptions/${subscription.id}/resourceGroups/data/providers/${type}/${name}`;
    return cast.azure.arm.put(id, { location: "westeurope", ...body }).id;
}

/** Status and code of what an SDK threw; undefined where it did not throw. */
export async function failure(
    promise: Promise<unknown>,
): Promise<{ status: number | undefined; code: string | undefined } | undefined> {
    try {
        await promise;
        return undefined;
    } catch (error) {
        const { statusCode, code } = error as { statusCode?: number; code?: string };
        return { status: statusCode, code };
    }
}
