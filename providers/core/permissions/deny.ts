import type { DenyAssignment } from "../arm/client.js";
import type { Caller } from "../access.js";
import { isGranted, type ActionKind } from "./match.js";

/** "All principals" in a deny assignment. https://learn.microsoft.com/azure/role-based-access-control/deny-assignments#the-all-principals-principal */
const everybody = "00000000-0000-0000-0000-000000000000";

/** Whether it holds for sure, may hold, or doesn't: members of groups and conditions can't be told from here. */
export type Certainty = "yes" | "perhaps" | "no";

/**
 * Whether a deny assignment takes an action from the caller at a resource.
 *
 * https://learn.microsoft.com/azure/role-based-access-control/deny-assignments#deny-assignment-properties
 */
export function denies(
    { properties }: DenyAssignment,
    caller: Caller,
    resource: string,
    action: string,
    kind: ActionKind,
): Certainty {
    const { permissions = [], scope = "", doNotApplyToChildScopes, condition } = properties;
    if (!isGranted(permissions, action, kind)) return "no";
    if (doNotApplyToChildScopes === true && scope.toLowerCase() !== resource.toLowerCase()) return "no";
    const applies = isAmong(caller, properties.principals);
    const excluded = isAmong(caller, properties.excludePrincipals);
    if (applies === "no" || excluded === "yes") return "no";
    const conditional = [condition, ...permissions.map((set) => set.condition)].some(Boolean);
    return applies === "yes" && excluded === "no" && !conditional ? "yes" : "perhaps";
}

function isAmong(caller: Caller, principals: DenyAssignment["properties"]["principals"] = []): Certainty {
    const ids = principals.map(({ id = "" }) => id.toLowerCase());
    const own = [caller.objectId, ...(caller.groups ?? []), everybody];
    if (own.some((id) => id !== undefined && ids.includes(id.toLowerCase()))) return "yes";
    if (caller.objectId === undefined && ids.length > 0) return "perhaps";
    // Tokens for Resource Manager need not tell all groups, or any.
    return principals.some(({ type }) => type === "Group") ? "perhaps" : "no";
}
