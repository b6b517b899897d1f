import { ArmClient } from "../core/arm/client.js";
import { geographyOf } from "../core/arm/geography.js";
import type { Context, ResourceRef } from "../core/contract.js";

/** Whether a backup of one vault can be restored in another; `unknown` where only trying it tells. */
export type Boundary = "same" | "different" | "unknown";

/** One side of a replication, as far as backups go. */
export interface VaultPlace {
    readonly resource: ResourceRef;
    readonly context: Context;
}

/**
 * A backup can be restored in vaults of the same subscription and the same geography, nowhere else:
 * https://learn.microsoft.com/azure/key-vault/general/backup#design-considerations
 *
 * `unknown` where a vault is only known by its URL, or the caller may not read the subscription's locations (which takes
 * `Microsoft.Resources/subscriptions/locations/read`) and the regions differ.
 */
export async function boundaryBetween(source: VaultPlace, target: VaultPlace): Promise<Boundary> {
    const [from, to] = [subscriptionOf(source.resource), subscriptionOf(target.resource)];
    if (from === undefined || to === undefined) return "unknown";
    if (from !== to) return "different";
    const [here, there] = [source.resource.location, target.resource.location];
    if (here === undefined || there === undefined) return "unknown";
    if (here === there) return "same";
    const arm = new ArmClient(target.context);
    const geographies = [await geographyOf(arm, to, here), await geographyOf(arm, to, there)];
    if (geographies.includes(undefined)) return "unknown";
    return geographies[0] === geographies[1] ? "same" : "different";
}

function subscriptionOf({ id }: ResourceRef): string | undefined {
    return /^\/subscriptions\/([^/]+)\//i.exec(id ?? "")?.[1]?.toLowerCase();
}
