import type { ServiceResponse } from "../contract.js";
import type { Tenant } from "../identities.js";
import type { ArmContext } from "./context.js";
import { armErrors } from "./errors.js";
import { locations } from "./locations.js";
import { page, parameter } from "./paging.js";
import { resourceProviders, registeredType, type RegisteredType } from "./providers.js";
import { showBriefly } from "./show.js";

/** The tenants that the caller is in: its own. */
export function listTenants({ state, principal }: ArmContext): ServiceResponse {
    const value = state.entra.tenants
        .filter(({ id }) => id === principal.tenantId)
        .map((tenant) => ({
            id: `/tenants/${tenant.id}`,
            tenantId: tenant.id,
            displayName: tenant.name,
            defaultDomain: tenant.domain,
            domains: [tenant.domain],
            countryCode: "NL",
            tenantCategory: "Home",
            tenantType: "AAD",
        }));
    return { status: 200, body: { value } };
}

/** The subscriptions in which the caller has any role. */
export function listSubscriptions(context: ArmContext): ServiceResponse {
    const { state, principal } = context;
    const entries = state.entra.tenants
        .filter(({ id, subscription }) => {
            const scope = `/subscriptions/${subscription.id}`;
            return id === principal.tenantId && state.roles.hasAnyRole(principal.objectId, scope);
        })
        .map((tenant) => ({ id: tenant.subscription.id, body: show(tenant) }));
    return { status: 200, body: page(entries, context.url, state.pageSize) };
}

/** One subscription. A role anywhere in it lets the caller see it. */
export function getSubscription(context: ArmContext): ServiceResponse {
    const scope = `/subscriptions/${context.tenant.subscription.id}`;
    if (!context.state.roles.hasAnyRole(context.principal.objectId, scope)) {
        context.authorize("Microsoft.Resources/subscriptions/read", scope);
    }
    return { status: 200, body: show(context.tenant) };
}

export function listLocations(context: ArmContext): ServiceResponse {
    const id = context.tenant.subscription.id;
    context.authorize("Microsoft.Resources/subscriptions/locations/read", `/subscriptions/${id}`);
    const value = locations.map(({ name, displayName, geography }) => ({
        id: `/subscriptions/${id}/locations/${name}`,
        name,
        type: "Region",
        displayName,
        regionalDisplayName: displayName,
        metadata: { regionType: "Physical", regionCategory: "Recommended", geography },
    }));
    return { status: 200, body: { value } };
}

/** Resource providers: all, or the one that is named. Also answers to `register`. */
export function handleProviders(context: ArmContext, namespace: string | undefined): ServiceResponse {
    const id = context.tenant.subscription.id;
    context.authorize("Microsoft.Resources/subscriptions/providers/read", `/subscriptions/${id}`);
    const known = resourceProviders();
    if (namespace === undefined) {
        return {
            status: 200,
            body: { value: known.map((one) => showProvider(id, one.namespace, one.types)) },
        };
    }
    const provider = known.find((one) => one.namespace.toLowerCase() === namespace.toLowerCase());
    if (provider === undefined) throw armErrors.invalidNamespace(namespace);
    return { status: 200, body: showProvider(id, provider.namespace, provider.types) };
}

/**
 * All resources of the subscription, or of a group in it, that the caller may read.
 * Source: https://learn.microsoft.com/rest/api/resources/resources/list
 */
export function listResources(context: ArmContext): ServiceResponse {
    const { path, state } = context;
    const scope = path.segments.slice(0, -1).join("/").toLowerCase();
    const group = `/subscriptions/${path.subscriptionId ?? ""}/resourceGroups/${path.resourceGroup ?? ""}`;
    if (path.resourceGroup !== undefined && !state.store.groups.has(group.toLowerCase())) {
        throw armErrors.resourceGroupNotFound(path.resourceGroup);
    }
    const terms = filterTerms(parameter(context.url, "$filter") ?? "");
    const entries = state.store
        .list((record) => record.id.toLowerCase().startsWith(`/${scope}/`))
        .filter(({ record }) => registeredType(record.type)?.tracked ?? record.location !== "")
        .filter(({ record }) => context.isAllowed(`${record.type}/read`, record.id))
        .filter(({ record }) =>
            terms.every(([field, value]) => {
                const { type: resourceType, name, location, tags } = record;
                const resourceGroup = record.id.split("/")[4] ?? "";
                if (field === "tagname") return tags?.[value] !== undefined;
                if (field === "tagvalue") return Object.values(tags ?? {}).includes(value);
                const actual = { resourcetype: resourceType, name, location, resourcegroup: resourceGroup }[
                    field
                ];
                return actual?.toLowerCase() === value.toLowerCase();
            }),
        )
        .map((resource) => ({ id: resource.record.id, body: showBriefly(resource) }));
    return { status: 200, body: page(entries, context.url, state.pageSize) };
}

/** `resourceType eq 'a' and name eq 'b'`, as pairs. Throws 400 for what is not of this form. */
function filterTerms(filter: string): [string, string][] {
    if (filter.trim() === "") return [];
    return filter.split(/\s+and\s+/i).map((term) => {
        const match =
            /^\s*(resourceType|name|location|resourceGroup|tagName|tagValue)\s+eq\s+'([^']*)'\s*$/i.exec(
                term,
            );
        if (match === null) throw armErrors.notModelled(`the filter '${filter}'`);
        return [(match[1] ?? "").toLowerCase(), match[2] ?? ""];
    });
}

function show({ id, name, subscription }: Tenant): object {
    return {
        id: `/subscriptions/${subscription.id}`,
        subscriptionId: subscription.id,
        tenantId: id,
        displayName: subscription.name || name,
        state: "Enabled",
        subscriptionPolicies: {
            locationPlacementId: "Public_2014-09-01",
            quotaId: "PayAsYouGo_2014-09-01",
            spendingLimit: "Off",
        },
        authorizationSource: "RoleBased",
    };
}

function showProvider(subscriptionId: string, namespace: string, types: readonly RegisteredType[]): object {
    return {
        id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
        namespace,
        registrationPolicy: "RegistrationRequired",
        registrationState: "Registered",
        resourceTypes: types.map(({ type, apiVersions }) => ({
            resourceType: type.slice(namespace.length + 1),
            locations: locations.map(({ displayName }) => displayName),
            // Newest first, as Azure lists them.
            apiVersions: [...(apiVersions ?? ["2024-01-01"])].reverse(),
            capabilities: "None",
        })),
    };
}
