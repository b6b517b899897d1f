import type { TokenCredential } from "@azure/core-auth";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { ArmClient } from "./arm/client.js";
import type { Cloud } from "./clouds.js";
import type { Plugin, ResourceRef } from "./contract.js";
import { DataplaneError, isDataplaneError } from "./errors.js";
import { identifyCaller } from "./permissions/caller.js";
import { assignCommand } from "./permissions/explain.js";
import { mismatch, parseReference, referenceMatches, type ArmReference } from "./references.js";

export interface ResolveRequest {
    readonly reference: string;
    readonly plugin: Plugin;
    readonly credential: TokenCredential;
    readonly cloud: Cloud;
    readonly httpClient: HttpClient;
    readonly signal?: AbortSignal;
    /** The user's argument, for messages: `source`. */
    readonly argument?: string;
}

/**
 * Finds a resource and its data planes: of an ARM resource ID by ARM's own answer, of a URL without asking ARM.
 *
 * Needs the resource type's `read` action for an ARM resource ID, nothing for a URL.
 *
 * @throws DataplaneError `InvalidArgument` (malformed, or of another type), `NotFound` (ARM says 404), and what goes
 * wrong on the way.
 */
export async function resolveResource(request: ResolveRequest): Promise<ResourceRef> {
    const { plugin } = request;
    const reference = parseReference(request.reference);
    if (!referenceMatches(plugin, reference)) throw mismatch(plugin, reference, request.argument);
    if (reference.kind === "arm") return resolveByArm(request, reference);
    const found = plugin.fromUrl(reference.url);
    const type = found?.type ?? plugin.resourceTypes[0];
    if (found === undefined || type === undefined) throw mismatch(plugin, reference, request.argument);
    return { type, name: found.name, endpoints: found.endpoints, reference: reference.text };
}

async function resolveByArm(request: ResolveRequest, reference: ArmReference): Promise<ResourceRef> {
    const { plugin } = request;
    const resource = await readByArm(request, reference);
    if (resource === undefined) {
        throw new DataplaneError(
            "NotFound",
            `There is no ${reference.type} "${reference.name}": ${reference.id}`,
            {
                resource: reference.id,
                remedy: "Check the resource ID, and that the profile's subscription is the right one.",
            },
        );
    }
    const endpoints = plugin.endpoints(resource);
    if (Object.keys(endpoints).length === 0) {
        throw new DataplaneError("Unexpected", `ARM names no data plane of ${reference.id}`, {
            resource: reference.id,
        });
    }
    const publicNetworkAccess = resource.properties?.publicNetworkAccess;
    return {
        id: resource.id,
        type: resource.type,
        name: resource.name,
        endpoints,
        ...(resource.location === undefined ? {} : { location: resource.location }),
        ...(typeof publicNetworkAccess === "string" ? { publicNetworkAccess } : {}),
        reference: reference.text,
    };
}

async function readByArm(request: ResolveRequest, reference: ArmReference) {
    const { credential, cloud, httpClient, signal, plugin } = request;
    const arm = new ArmClient({ credential, cloud, httpClient, ...(signal === undefined ? {} : { signal }) });
    try {
        return await arm.get(reference.id, plugin.apiVersion);
    } catch (error) {
        if (!isDataplaneError(error, "AccessDenied")) throw error;
        const caller = await identifyCaller(credential, `${cloud.resourceManager}/.default`);
        throw new DataplaneError("AccessDenied", error.message, {
            ...error.detail,
            remedy:
                `Assign the role "Reader" on the resource, or give its data-plane URL instead of the resource ID: ` +
                `that needs no right in ARM.\n${assignCommand("Reader", reference.id, caller)}`,
            cause: error.cause,
        });
    }
}
