import type { ServiceResponse } from "../contract.js";
import type { ArmContext } from "./context.js";
import { handleDeletedVaults } from "./deleted-vaults.js";
import { handleDenyAssignments } from "./deny-assignments.js";
import { armErrors } from "./errors.js";
import { checkNameAvailability } from "./name-availability.js";
import { typeOf } from "./path.js";
import { handlePermissions } from "./permissions.js";
import { registeredType } from "./providers.js";
import { handleResourceGroup, listResourceGroups } from "./resource-groups.js";
import { handleResources } from "./resources.js";
import { handleRoleAssignments } from "./role-assignments.js";
import { handleRoleDefinitions } from "./role-definitions.js";
import {
    getSubscription,
    handleProviders,
    listLocations,
    listResources,
    listSubscriptions,
    listTenants,
} from "./subscriptions.js";

/** Types that are no ordinary resources. */
const special: Readonly<Record<string, (context: ArmContext) => Promise<ServiceResponse> | ServiceResponse>> =
    {
        "microsoft.authorization/roleassignments": handleRoleAssignments,
        "microsoft.authorization/denyassignments": handleDenyAssignments,
        "microsoft.authorization/roledefinitions": handleRoleDefinitions,
        "microsoft.authorization/permissions": handlePermissions,
        "microsoft.keyvault/deletedvaults": handleDeletedVaults,
        "microsoft.keyvault/locations/deletedvaults": handleDeletedVaults,
        "microsoft.keyvault/locations/deletedvaults/purge": handleDeletedVaults,
        "microsoft.keyvault/checknameavailability": checkNameAvailability,
        "microsoft.storage/checknameavailability": checkNameAvailability,
    };

/** Takes a request to what answers it. Its caller is known and in the right tenant. */
export async function route(context: ArmContext): Promise<ServiceResponse> {
    const { path, method } = context;
    const lower = path.segments.map((segment) => segment.toLowerCase());
    if (path.namespace === undefined || path.types.length === 0) return routePlain(context, lower);
    const operation = pollOperation(context, lower);
    if (operation !== undefined) return operation;
    if (method === "POST" && lower.at(-1) === "register" && path.types.length === 1) {
        return handleProviders(context, path.namespace);
    }
    checkApiVersion(context);
    const handler = special[typeOf(path).toLowerCase()] ?? handleResources;
    return handler(context);
}

/** Paths without a resource type: subscriptions, groups and what is asked about them. */
async function routePlain(context: ArmContext, lower: readonly string[]): Promise<ServiceResponse> {
    const { method, path } = context;
    const [root, subscription, third, fourth, fifth] = lower;
    if (third === "resourcegroups" && fourth !== undefined && fifth === undefined) {
        return handleResourceGroup(context, path.resourceGroup ?? "");
    }
    const polled = pollOperation(context, lower);
    if (polled !== undefined) return polled;
    if (method !== "GET") throw armErrors.methodNotAllowed(method);
    if (root === "tenants" && subscription === undefined) return listTenants(context);
    if (root !== "subscriptions") throw armErrors.notFoundPath(path.path);
    if (subscription === undefined) return listSubscriptions(context);
    if (third === undefined) return getSubscription(context);
    if (third === "locations" && fourth === undefined) return listLocations(context);
    if (third === "resourcegroups" && fourth === undefined) return listResourceGroups(context);
    if (third === "resources" || fifth === "resources") return listResources(context);
    if (third === "providers") return handleProviders(context, path.namespace);
    throw armErrors.notFoundPath(path.path);
}

/** The answer to a poll of a long-running operation; undefined for any other request. */
function pollOperation(context: ArmContext, lower: readonly string[]): ServiceResponse | undefined {
    const [segment, id] = lower.slice(-2);
    if (context.method !== "GET" || id === undefined) return undefined;
    if (!["asyncoperations", "operationstatuses", "operationresults"].includes(segment ?? ""))
        return undefined;
    const answer = context.state.operations.poll(id, context.url, context.state.clock.now());
    if (answer === undefined) throw armErrors.notFoundPath(context.path.path);
    return answer;
}

function checkApiVersion({ apiVersion, path, method }: ArmContext): void {
    const full = typeOf(path);
    // The last segment of a POST is an action; the version is that of the type it belongs to.
    const owner = method === "POST" ? full.split("/").slice(0, -1).join("/") : full;
    const registered = registeredType(full) ?? registeredType(owner);
    const versions = registered?.apiVersions;
    if (registered === undefined || versions === undefined) return;
    if (versions.some((version) => version.toLowerCase() === apiVersion.toLowerCase())) return;
    // Clients made after this list may ask for a version that is newer than all in it.
    if (versions.every((version) => version.slice(0, 10) < apiVersion.slice(0, 10))) return;
    throw armErrors.noRegisteredProvider(registered.type.split("/").slice(1).join("/"), apiVersion, versions);
}
