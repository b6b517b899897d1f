import type { ArmClient, DenyAssignment, PermissionSet, RoleAssignment } from "../arm/client.js";
import type { Caller } from "../access.js";
import { isDataplaneError } from "../errors.js";

/** What is asked of ARM; all of it reads. */
export type PermissionSource = Pick<
    ArmClient,
    "permissions" | "roleAssignments" | "roleDefinition" | "denyAssignments" | "get"
>;

/** An assignment, and what its role grants: undefined where the definition may not be read. */
export interface AssignedRole {
    readonly assignment: RoleAssignment;
    readonly sets: readonly PermissionSet[] | undefined;
}

/** What a caller has at a resource, as far as ARM tells. */
export interface Grants {
    /** From all assignments at the resource and above, through groups too. */
    readonly sets: readonly PermissionSet[];
    /** Assignments at the resource and above that have no condition; only where there are others. */
    readonly unconditional: readonly AssignedRole[];
    /** Assignments at the resource and above that have a condition. */
    readonly conditional: readonly AssignedRole[];
    /** Assignments to a part of the resource: a container, a secret. */
    readonly narrower: readonly AssignedRole[];
    /** Deny assignments at the resource and above, whoever they are for. */
    readonly denials: readonly DenyAssignment[];
}

/**
 * Asks ARM what the caller has. `permissions` counts what is inherited from the resource group, subscription and
 * management groups, and what comes through groups, but tells nothing of conditions
 * (https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource: actions and no more), so the
 * assignments are read beside it, where the caller may: `assignedTo` counts groups, also groups in groups
 * (https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest). Whether `permissions`
 * leaves out what a deny assignment takes is not documented: those are read too.
 *
 * @returns undefined where ARM refuses to say anything.
 */
export async function grantsAt(
    resource: string,
    caller: Caller,
    arm: PermissionSource,
): Promise<Grants | undefined> {
    const { objectId } = caller;
    const [sets, assignments, denials] = await Promise.all([
        whereAllowed(() => arm.permissions(resource)),
        objectId === undefined
            ? []
            : orNothing(() => arm.roleAssignments(resource, `assignedTo('${objectId}')`)),
        orNothing(() => arm.denyAssignments(resource, "atScope()")),
    ]);
    if (sets === undefined) return undefined;
    const narrower = assignments.filter(({ properties }) => isInside(properties.scope, resource));
    const here = assignments.filter((one) => !narrower.includes(one));
    const conditional = here.filter(hasCondition);
    const unconditional = conditional.length === 0 ? [] : here.filter((one) => !hasCondition(one));
    const withRole = (list: readonly RoleAssignment[]): Promise<AssignedRole[]> =>
        Promise.all(list.map((assignment) => readRole(assignment, resource, arm)));
    return {
        sets,
        unconditional: await withRole(unconditional),
        conditional: await withRole(conditional),
        narrower: await withRole(narrower),
        denials,
    };
}

/** At the resource's scope: at that of the assignment, a subscription perhaps, the caller may read nothing. */
async function readRole(
    assignment: RoleAssignment,
    resource: string,
    arm: PermissionSource,
): Promise<AssignedRole> {
    const name = assignment.properties.roleDefinitionId.split("/").at(-1) ?? "";
    const id = `${resource}/providers/Microsoft.Authorization/roleDefinitions/${name}`;
    const definition = await whereKnown(() => arm.roleDefinition(id));
    return { assignment, sets: definition?.properties.permissions };
}

function hasCondition({ properties }: RoleAssignment): boolean {
    return properties.condition !== undefined && properties.condition !== null && properties.condition !== "";
}

function isInside(scope: string, resource: string): boolean {
    return scope.toLowerCase().startsWith(`${resource.toLowerCase()}/`);
}

async function whereAllowed<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
        return await read();
    } catch (error) {
        if (isDataplaneError(error, "AccessDenied")) return undefined;
        throw error;
    }
}

/** What only refines the answer: where it can't be had, the answer stands without it. */
async function whereKnown<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
        return await read();
    } catch (error) {
        if (isDataplaneError(error) && error.code !== "Cancelled") return undefined;
        throw error;
    }
}

async function orNothing<T>(read: () => Promise<readonly T[]>): Promise<readonly T[]> {
    return (await whereKnown(read)) ?? [];
}
