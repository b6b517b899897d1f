import { isDataplaneError } from "../errors.js";
import type { ArmClient } from "./client.js";

/** https://learn.microsoft.com/rest/api/resources/subscriptions/list-locations */
const locationsVersion = "2022-12-01";

interface Location {
    readonly name?: string;
    readonly metadata?: { readonly geography?: string };
}

/** Geography by region, by subscription: it does not change while a process lives. */
const known = new Map<string, Map<string, string>>();

/**
 * The geography of a region, such as `Europe` for `westeurope`, as ARM has it for a subscription. Undefined where the
 * caller may not ask or ARM does not say.
 *
 * Needs `Microsoft.Resources/subscriptions/locations/read` at the subscription.
 *
 * @param location in any spelling: `West Europe`, `westeurope`.
 */
export async function geographyOf(
    arm: Pick<ArmClient, "list">,
    subscriptionId: string,
    location: string,
): Promise<string | undefined> {
    const key = subscriptionId.toLowerCase();
    const geographies = known.get(key) ?? (await listGeographies(arm, subscriptionId));
    if (geographies === undefined) return undefined;
    known.set(key, geographies);
    return geographies.get(normalized(location));
}

async function listGeographies(
    arm: Pick<ArmClient, "list">,
    subscriptionId: string,
): Promise<Map<string, string> | undefined> {
    const geographies = new Map<string, string>();
    try {
        const locations = arm.list<Location>(`/subscriptions/${subscriptionId}/locations`, locationsVersion);
        for await (const { name, metadata } of locations) {
            if (name !== undefined && metadata?.geography !== undefined) {
                geographies.set(normalized(name), metadata.geography);
            }
        }
    } catch (error) {
        if (isDataplaneError(error, "AccessDenied")) return undefined;
        throw error;
    }
    return geographies;
}

function normalized(location: string): string {
    return location.replaceAll(/\s+/g, "").toLowerCase();
}
