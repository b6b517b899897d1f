import { findElement } from "../registry.js";
import { resolveTarget } from "../open.js";
import { programSettings } from "./program-settings.js";

/**
 * One data-plane URL of a replica's target, from ARM's own answer (or the URL that the user gave). For outputs such as
 * a secret's URI.
 *
 * Needs the right to read the target's resource in ARM where an ARM resource ID was given.
 */
export async function targetEndpoint(
    kind: string,
    element: string,
    reference: string,
    profileName: string,
    endpoint: string,
): Promise<string> {
    const entry = findElement(`${kind}/${element}`);
    const resource = await resolveTarget({
        plugin: entry.plugin,
        element: entry.element,
        reference,
        profileName,
        settings: programSettings(),
    });
    const url = resource.endpoints[endpoint];
    if (url === undefined) throw new Error(`${reference} has no ${endpoint} endpoint`);
    return url;
}
