import type { ArmClient, PermissionSet } from "../arm/client.js";
import type { ElementType, Mode, Permission, ResourceRef, Side } from "../contract.js";
import { isDataplaneError } from "../errors.js";
import { isGranted } from "./match.js";
import { requiredPermissions } from "./required.js";

export interface VerifyRequest {
    readonly resource: Pick<ResourceRef, "id">;
    readonly side: Side;
    readonly mode: Mode;
    readonly element: ElementType;
    readonly options?: Readonly<Record<string, unknown>>;
    readonly arm: Pick<ArmClient, "permissions">;
}

export interface Verification {
    /** What the caller lacks; empty where nothing is, or where it is not known. */
    readonly missing: readonly Permission[];
    /** Whether ARM could be asked. It can't where only a URL is known, or without a right to anything there. */
    readonly known: boolean;
}

/**
 * Compares what an element type needs with what ARM says that the caller may do at the resource. Rights that a
 * service keeps itself (access policies of a vault, roles of a database) don't show in it.
 *
 * https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource
 */
export async function verifyPermissions(request: VerifyRequest): Promise<Verification> {
    const { resource, side, mode, element, options = {}, arm } = request;
    if (resource.id === undefined) return { missing: [], known: false };
    let granted: readonly PermissionSet[];
    try {
        granted = await arm.permissions(resource.id);
    } catch (error) {
        if (isDataplaneError(error, "AccessDenied")) return { missing: [], known: false };
        throw error;
    }
    const required = requiredPermissions(element, mode, options)[side];
    return { missing: required.filter((permission) => !isCovered(permission, granted)), known: true };
}

function isCovered(permission: Permission, granted: readonly PermissionSet[]): boolean {
    return (
        permission.actions.every((action) => isGranted(granted, action, "action")) &&
        permission.dataActions.every((action) => isGranted(granted, action, "dataAction"))
    );
}
