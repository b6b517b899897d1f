import type { HttpClient } from "@azure/core-rest-pipeline";
import type { Plugin, ResourceRef } from "./contract.js";
import type { Profile } from "./credentials/profile.js";
import { isDataplaneError } from "./errors.js";
import { resolveResource } from "./resolve.js";

export interface CachedResolve {
    readonly reference: string;
    readonly plugin: Plugin;
    readonly profile: Profile;
    readonly httpClient: HttpClient;
    readonly signal: AbortSignal;
    readonly argument: string;
}

/**
 * Found resources of a process: many element types of one resource ask ARM once. Failures are not kept, as a resource
 * may be made, and a role assigned, in the same run.
 */
export class ResourceCache {
    readonly #found = new Map<string, Promise<ResourceRef>>();

    async resolve(request: CachedResolve): Promise<ResourceRef> {
        const { reference, plugin, profile, signal } = request;
        const key = [plugin.kind, profile.key, reference.trim().replace(/\/+$/, "").toLowerCase()].join("|");
        const running = this.#found.get(key);
        if (running !== undefined) {
            try {
                return { ...(await running), reference: reference.trim() };
            } catch (error) {
                // Somebody else was told to stop; this caller was not.
                if (!isDataplaneError(error, "Cancelled") || signal.aborted) throw error;
                return this.resolve(request);
            }
        }
        const { credential, cloud } = profile;
        const resource = resolveResource({ ...request, credential, cloud });
        this.#found.set(key, resource);
        resource.catch(() => this.#found.delete(key));
        return resource;
    }
}
