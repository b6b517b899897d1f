import type { Caller } from "../access.js";
import type { Permission } from "../contract.js";
import { denies } from "./deny.js";
import type { AssignedRole, Grants } from "./grants.js";
import { isGranted, type ActionKind } from "./match.js";

/**
 * How a permission stands: `missing`, nothing grants it; `denied`, a deny assignment takes it; `unclear`, it hangs on
 * what can't be told from here.
 */
export type Standing = "granted" | "missing" | "denied" | "unclear";

/** One permission that is needed, and how it stands. */
export interface Finding {
    readonly permission: Permission;
    readonly standing: Standing;
    /** The actions that don't stand; none where it is granted. */
    readonly actions: readonly string[];
    /** Why it is denied or unclear, as part of a sentence. */
    readonly reason?: string;
}

interface Verdict {
    readonly action: string;
    readonly standing: Standing;
    readonly reason?: string;
}

/** The worst decides: what is denied is no better for a role more. */
const order: readonly Standing[] = ["denied", "missing", "unclear", "granted"];

/**
 * Holds what is needed against what there is. No I/O.
 *
 * @param dataActions whether Azure's roles decide over data at this resource.
 */
export function judge(
    permission: Permission,
    grants: Grants,
    caller: Caller,
    resource: string,
    dataActions = true,
): Finding {
    const verdicts = [
        ...permission.actions.map((action) => verdict(action, "action", grants, caller, resource)),
        ...(dataActions ? permission.dataActions : []).map((action) =>
            verdict(action, "dataAction", grants, caller, resource),
        ),
    ];
    const standing = order.find((one) => verdicts.some((each) => each.standing === one)) ?? "granted";
    if (standing === "granted") return { permission, standing, actions: [] };
    const decisive = verdicts.filter((each) => each.standing === standing);
    const reason = decisive.find((each) => each.reason !== undefined)?.reason;
    return {
        permission,
        standing,
        actions: decisive.map(({ action }) => action),
        ...(reason === undefined ? {} : { reason }),
    };
}

function verdict(
    action: string,
    kind: ActionKind,
    grants: Grants,
    caller: Caller,
    resource: string,
): Verdict {
    const denials = grants.denials.map((one) => ({
        one,
        holds: denies(one, caller, resource, action, kind),
    }));
    const denied = denials.find(({ holds }) => holds === "yes");
    if (denied !== undefined) {
        return { action, standing: "denied", reason: `the deny assignment ${nameOf(denied.one)} takes it` };
    }
    const granted = isGranted(grants.sets, action, kind);
    const conditional = find(grants.conditional, action, kind);
    if (conditional !== undefined && find(grants.unconditional, action, kind, false) === undefined) {
        const { scope } = conditional.assignment.properties;
        return { action, standing: "unclear", reason: `the role assigned at ${scope} has a condition` };
    }
    if (!granted) {
        const narrower = find(grants.narrower, action, kind);
        if (narrower === undefined) return { action, standing: "missing" };
        const { scope } = narrower.assignment.properties;
        return { action, standing: "unclear", reason: `a role is assigned for a part of it only, ${scope}` };
    }
    const perhaps = denials.find(({ holds }) => holds === "perhaps");
    if (perhaps === undefined) return { action, standing: "granted" };
    const reason = `the deny assignment ${nameOf(perhaps.one)} may hold for it`;
    return { action, standing: "unclear", reason };
}

/** An assignment whose role grants the action. @param unread what to take a role for that may not be read. */
function find(
    assigned: readonly AssignedRole[],
    action: string,
    kind: ActionKind,
    unread = true,
): AssignedRole | undefined {
    return assigned.find(({ sets }) => (sets === undefined ? unread : isGranted(sets, action, kind)));
}

function nameOf({ id, properties }: Grants["denials"][number]): string {
    return properties.denyAssignmentName === undefined ? id : `"${properties.denyAssignmentName}"`;
}
