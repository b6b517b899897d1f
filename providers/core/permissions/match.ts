import type { PermissionSet } from "../arm/client.js";

/** The two kinds of Azure actions: on the control plane and on data. */
export type ActionKind = "action" | "dataAction";

/**
 * Whether a pattern of a role definition covers an action: `*` stands for any characters, across segments; case does
 * not matter. https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format
 */
export function matchesAction(pattern: string, action: string): boolean {
    const [first = "", ...rest] = pattern.toLowerCase().split("*");
    const text = action.toLowerCase();
    if (rest.length === 0) return text === first;
    const last = rest.pop() ?? "";
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
        return false;
    let from = first.length;
    const end = text.length - last.length;
    // The earliest place for each part leaves the most room for the parts that follow.
    for (const part of rest) {
        const at = text.indexOf(part, from);
        if (at === -1 || at + part.length > end) return false;
        from = at + part.length;
    }
    return true;
}

/**
 * Whether any of the sets grants the action: one that has it in its actions and not in its notActions. Sets add up:
 * what one leaves out another may grant.
 */
export function isGranted(sets: readonly PermissionSet[], action: string, kind: ActionKind): boolean {
    const covers = (patterns: readonly string[] | undefined) =>
        patterns?.some((pattern) => matchesAction(pattern, action)) ?? false;
    return sets.some((set) =>
        kind === "action"
            ? covers(set.actions) && !covers(set.notActions)
            : covers(set.dataActions) && !covers(set.notDataActions),
    );
}
