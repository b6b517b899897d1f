import type { ResourceRef, Side } from "../core/contract.js";
import { DataplaneError } from "../core/errors.js";

/** The URL of a vault's data plane. Throws `InvalidArgument` where the resource has none. */
export function vaultUrl(resource: ResourceRef, side: Side): string {
    const url = resource.endpoints.vault;
    if (url !== undefined) return url;
    throw new DataplaneError("InvalidArgument", `${resource.reference} has no vault URL`, {
        resource: resource.reference,
        side,
    });
}
