import { randomUUID } from "node:crypto";
import { grants, isWithin, type ActionKind, type Permissions } from "./matching.js";

/** Takes rights away whatever roles grant. Only Azure makes them: deployment stacks and managed applications do. */
export interface DenyAssignment {
    /** A GUID, the last segment of its resource ID. */
    readonly name: string;
    readonly displayName: string;
    readonly scope: string;
    readonly permissions: Permissions;
    /** Object IDs; `everybody` for all. */
    readonly principals: readonly string[];
    readonly excludePrincipals: readonly string[];
    readonly doNotApplyToChildScopes: boolean;
}

/** Source: https://learn.microsoft.com/azure/role-based-access-control/deny-assignments#the-all-principals-principal */
export const everybody = "00000000-0000-0000-0000-000000000000";

/** What `add` takes. */
export type DenyOptions = Pick<DenyAssignment, "scope" | "principals"> &
    Partial<Pick<DenyAssignment, "displayName" | "excludePrincipals" | "doNotApplyToChildScopes">> & {
        permissions: Partial<Permissions>;
    };

/** The deny assignments of all tenants. */
export class DenyAssignments {
    readonly #all = new Map<string, DenyAssignment>();

    all(): DenyAssignment[] {
        return [...this.#all.values()];
    }

    add(options: DenyOptions): DenyAssignment {
        const added: DenyAssignment = {
            name: randomUUID(),
            displayName: options.displayName ?? "Deny assignment",
            scope: options.scope,
            permissions: {
                actions: [],
                notActions: [],
                dataActions: [],
                notDataActions: [],
                ...options.permissions,
            },
            principals: options.principals.map((id) => id.toLowerCase()),
            excludePrincipals: (options.excludePrincipals ?? []).map((id) => id.toLowerCase()),
            doNotApplyToChildScopes: options.doNotApplyToChildScopes ?? false,
        };
        this.#all.set(added.name, added);
        return added;
    }

    remove({ name }: DenyAssignment): void {
        this.#all.delete(name);
    }

    load(saved: readonly DenyAssignment[]): void {
        this.#all.clear();
        for (const one of saved) this.#all.set(one.name, one);
    }

    /** Whether any takes the operation from the principal, at the scope or above it. */
    denies(principalId: string, action: string, scope: string, kind: ActionKind): boolean {
        const id = principalId.toLowerCase();
        return this.all().some(
            (one) =>
                (one.doNotApplyToChildScopes
                    ? isWithin(scope, one.scope) && isWithin(one.scope, scope)
                    : isWithin(scope, one.scope)) &&
                (one.principals.includes(id) || one.principals.includes(everybody)) &&
                !one.excludePrincipals.includes(id) &&
                grants(one.permissions, action, kind),
        );
    }
}
