import type { ElementType, Item, ListOptions, Mode } from "./contract.js";
import { DataplaneError } from "./errors.js";
import { openStore, type OpenRequest } from "./open.js";

/** Whether the element type can be replicated in that mode. */
export function supportsMode(element: ElementType, mode: Mode): boolean {
    return element.features.modes.includes(mode);
}

/**
 * Lists what a resource holds of one element type: metadata only, lazily, as the source's side unless said otherwise.
 *
 * Needs what `requiredPermissions` says for the mode.
 */
export async function* discover(
    request: Omit<OpenRequest, "side"> & Partial<Pick<OpenRequest, "side">>,
    list?: ListOptions,
): AsyncIterable<Item> {
    const { element, mode } = request;
    if (!supportsMode(element, mode)) {
        throw new DataplaneError("InvalidArgument", `${element.name} has no mode "${mode}"`, {
            argument: "mode",
            remedy: `Use ${element.features.modes.join(" or ")}.`,
        });
    }
    const { store } = await openStore({ ...request, side: request.side ?? "source" });
    yield* store.list(list);
}
