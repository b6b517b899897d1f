import type { ElementType, Mode, Permission, Side } from "../contract.js";

/**
 * What a replica needs on each side, with the least built-in role that has it.
 *
 * @param options the element type's own arguments: some need more than others.
 */
export function requiredPermissions(
    element: ElementType,
    mode: Mode,
    options: Readonly<Record<string, unknown>> = {},
): Record<Side, readonly Permission[]> {
    return element.permissions(mode, options);
}
