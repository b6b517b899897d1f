import { randomUUID } from "node:crypto";
import { ClientSecretCredential } from "@azure/identity";
import type { ServicePrincipal, Tenant } from "../../emulator/identities.js";
import type { LocalAzure } from "../../emulator/local-azure.js";
import type { ArmResource, Side } from "../../providers/core/contract.js";
import type { ElementEntry } from "../../providers/core/registry.js";
import type { Fixture, Items } from "./fixture.js";

/** One side of a check: an empty resource of its own, and who the product signs in as there. */
export interface Place {
    readonly side: Side;
    readonly tenant: Tenant;
    /** Has the least roles that the element type says it needs, at the resource; nothing else. */
    readonly principal: ServicePrincipal;
    /** The ARM resource ID. */
    readonly id: string;
    /** The resource's data planes. */
    readonly hosts: readonly string[];
    readonly endpoints: Readonly<Record<string, string>>;
    /** The official SDK, as somebody who may do everything. */
    readonly items: Items;
}

let resources = 0;

/** Makes a resource of the element type, with who seeds it and who replicates. */
export async function createPlace(
    azure: LocalAzure,
    entry: ElementEntry,
    fixture: Fixture,
    side: Side,
): Promise<Place> {
    const { production, staging } = azure.tenants;
    const tenant = side === "source" || fixture.together === true ? production : staging;
    const type = entry.plugin.resourceTypes[0] ?? "";
    const name = `conf${String((resources += 1))}${side}`;
    const id = `/subscriptions/${tenant.subscription.id}/resourceGroups/conformance/providers/${type}/${name}`;
    const record = azure.arm.put(id, { ...fixture.resource(tenant) });
    const endpoints = entry.plugin.endpoints(record as unknown as ArmResource);
    const seeder = addPrincipal(azure, tenant, "seeder");
    for (const role of ["Owner", ...fixture.seedingRoles]) {
        azure.roles.assign({ principalId: seeder.objectId, role, scope: id, effectiveAfterMilliseconds: 0 });
    }
    const principal = addPrincipal(azure, tenant, "replica");
    mayFind(azure, principal, type);
    return {
        side,
        tenant,
        principal,
        id,
        endpoints,
        hosts: Object.values(endpoints).map((url) => new URL(url).hostname),
        items: await fixture.connect({ side, endpoints, credential: credentialOf(seeder) }),
    };
}

/** Whoever replicates may find resources and see the own rights; what the resources hold is another matter. */
function mayFind(azure: LocalAzure, { objectId }: ServicePrincipal, type: string): void {
    const role = `finder of ${type.replace("/", " ")}`;
    if (azure.roles.definition(role) === undefined) {
        azure.roles.define({
            id: randomUUID(),
            name: role,
            description: "Finds resources.",
            permissions: [
                {
                    actions: [`${type}/read`, "Microsoft.Authorization/permissions/read"],
                    notActions: [],
                    dataActions: [],
                    notDataActions: [],
                },
            ],
            assignableScopes: ["/"],
        });
    }
    azure.roles.assign({ principalId: objectId, role: azure.roles.definition(role)?.id ?? "", scope: "/" });
}

const principals = new WeakMap<LocalAzure, Map<string, ServicePrincipal>>();

/** One of each per tenant, so that each signs in once. */
function addPrincipal(azure: LocalAzure, tenant: Tenant, displayName: string): ServicePrincipal {
    const known = principals.get(azure) ?? new Map<string, ServicePrincipal>();
    principals.set(azure, known);
    const key = `${tenant.id} ${displayName}`;
    const there = known.get(key);
    if (there !== undefined) return there;
    const principal: ServicePrincipal = {
        tenantId: tenant.id,
        clientId: randomUUID(),
        objectId: randomUUID(),
        displayName,
        secrets: [{ value: `local~${displayName}~${tenant.name}` }],
    };
    azure.entra.addPrincipal(principal);
    known.set(key, principal);
    return principal;
}

function credentialOf({ tenantId, clientId, secrets }: ServicePrincipal): ClientSecretCredential {
    return new ClientSecretCredential(tenantId, clientId, secrets[0]?.value ?? "");
}
