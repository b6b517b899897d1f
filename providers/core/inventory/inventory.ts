import type { ArmClient } from "../arm/client.js";
import { openArm, type ArmSessionRequest } from "../arm/session.js";
import type { Plugin } from "../contract.js";
import { DataplaneError, isDataplaneError } from "../errors.js";
import { pluginForResourceType } from "../registry.js";
import { describeScope, parseScope, type Scope, type ScopeParts } from "./scope.js";

/** One resource as ARM lists it. */
export interface InventoryResource {
    readonly id: string;
    readonly name: string;
    /** As ARM spells it: `Microsoft.KeyVault/vaults`. */
    readonly type: string;
    readonly resourceGroup: string;
    readonly location?: string;
    /** What sort of its type it is, where the type has sorts: `StorageV2`. */
    readonly kind?: string;
    readonly tags: Readonly<Record<string, string>>;
}

/** What there is in a scope, in the order of resource IDs. */
export interface Inventory {
    readonly scope: Scope;
    readonly resources: readonly InventoryResource[];
}

export interface InventoryRequest extends ArmSessionRequest {
    readonly scope: ScopeParts;
}

/** https://learn.microsoft.com/rest/api/resources/resources/list */
const resourcesVersion = "2021-04-01";
/** https://learn.microsoft.com/rest/api/resources/subscriptions/get */
const subscriptionsVersion = "2022-12-01";

/**
 * Lists the resources of a subscription, or of some of its resource groups, from ARM: those that the caller may read.
 *
 * Needs `Reader` on the subscription or the groups.
 *
 * @throws DataplaneError `InvalidArgument` (the scope), `NotFound` (no such subscription or group), `AccessDenied`,
 * `CredentialInvalid` (also a subscription of another tenant), and what goes wrong on the way.
 */
export async function takeInventory(request: InventoryRequest): Promise<Inventory> {
    const { arm, profile } = await openArm(request);
    const scope = parseScope(request.scope, request.side, profile.subscriptionId);
    const path = `/subscriptions/${scope.subscriptionId}`;
    const tenant = profile.tenantId === undefined ? "" : ` (it signs in to tenant ${profile.tenantId})`;
    await explained(scope, request.side, profile.description, tenant, () =>
        arm.send("GET", path, subscriptionsVersion),
    );
    const paths =
        scope.resourceGroups === undefined
            ? [path]
            : scope.resourceGroups.map((name) => `${path}/resourceGroups/${encodeURIComponent(name)}`);
    const found: InventoryResource[] = [];
    for (const each of paths) {
        found.push(
            ...(await explained(scope, request.side, profile.description, tenant, () =>
                listResources(arm, each),
            )),
        );
    }
    return { scope, resources: inOrder(found) };
}

async function listResources(arm: ArmClient, path: string): Promise<InventoryResource[]> {
    const found: InventoryResource[] = [];
    for await (const { id, name, type, location, kind, tags } of arm.list(
        `${path}/resources`,
        resourcesVersion,
    )) {
        found.push({
            id,
            name,
            type,
            resourceGroup: /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? "",
            tags: tags ?? {},
            ...(location === undefined ? {} : { location }),
            ...(kind === undefined ? {} : { kind }),
        });
    }
    // To whom may not read it, a group looks empty: asked for by itself, it says so.
    if (found.length === 0 && /\/resourceGroups\//i.test(path)) await arm.send("GET", path, resourcesVersion);
    return found;
}

/** Each resource once: a group may be named twice. */
function inOrder(resources: readonly InventoryResource[]): InventoryResource[] {
    const byId = new Map(resources.map((resource) => [resource.id.toLowerCase(), resource]));
    return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, resource]) => resource);
}

/** Says in the user's words what ARM's refusal of a whole scope means. */
async function explained<Result>(
    scope: Scope,
    side: string,
    who: string,
    tenant: string,
    ask: () => Promise<Result>,
): Promise<Result> {
    try {
        return await ask();
    } catch (error) {
        if (!isDataplaneError(error)) throw error;
        const { serviceCode } = error.detail;
        const where = describeScope(scope);
        const detail = { ...error.detail, cause: error.cause };
        if (serviceCode === "ResourceGroupNotFound") {
            const name = /resourceGroups\/([^/]+)/i.exec(error.detail.resource ?? "")?.[1] ?? "";
            throw new DataplaneError(
                "NotFound",
                `There is no resource group "${decodeURIComponent(name)}" in subscription ${scope.subscriptionId}`,
                { ...detail, remedy: `Check the ${side}'s resource group and subscription.` },
            );
        }
        if (serviceCode === "SubscriptionNotFound") {
            throw new DataplaneError(
                "NotFound",
                `There is no subscription ${scope.subscriptionId} that ${who} can see`,
                { ...detail, remedy: `Check the ${side}'s subscription and tenant.` },
            );
        }
        if (serviceCode === "InvalidAuthenticationTokenTenant") {
            throw new DataplaneError(
                "CredentialInvalid",
                `The ${side}'s subscription ${scope.subscriptionId} is in another tenant than the credential${tenant}`,
                { ...detail, remedy: `Give the ${side} a credential of that tenant, and its tenant ID.` },
            );
        }
        if (error.code === "AccessDenied") {
            throw new DataplaneError("AccessDenied", `${who} may not read the ${where}`, {
                ...detail,
                remedy: `Assign it the role "Reader" there.`,
            });
        }
        throw error;
    }
}

/** A resource whose contents a plugin knows. */
export interface SupportedResource extends InventoryResource {
    readonly plugin: Plugin;
}

/** Resources apart by whether a plugin knows their type. */
export interface Sorted {
    readonly supported: readonly SupportedResource[];
    /** How many there are, by type, of types that no plugin knows. */
    readonly unsupported: Readonly<Record<string, number>>;
}

/** Tells resources whose contents can be replicated from those of other types. */
export function sortBySupport(
    resources: readonly InventoryResource[],
    pluginFor: (type: string) => Plugin | undefined = pluginForResourceType,
): Sorted {
    const supported: SupportedResource[] = [];
    const unsupported = new Map<string, number>();
    for (const resource of resources) {
        const plugin = pluginFor(resource.type);
        if (plugin === undefined) unsupported.set(resource.type, (unsupported.get(resource.type) ?? 0) + 1);
        else supported.push({ ...resource, plugin });
    }
    return { supported, unsupported: Object.fromEntries([...unsupported].sort()) };
}
