import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.js";
import { Assignments, type RoleAssignment } from "./assignments.js";
import { builtInRoles, type RoleDefinition } from "./built-in.js";
import { DenyAssignments, type DenyAssignment } from "./deny-assignments.js";
import { grants, isWithin, normalizeScope, type ActionKind, type Permissions } from "./matching.js";

/** What `assign` takes. */
export interface AssignOptions {
    principalId: string;
    /** A role's display name, its GUID or its resource ID. */
    role: string;
    /** A resource ID, a subscription, or `/` for everything in all tenants. */
    scope: string;
    /** Default: what the engine was made with. */
    effectiveAfterMilliseconds?: number;
    /** Default: a new GUID. */
    name?: string;
    principalType?: string;
    createdBy?: string;
    description?: string;
    condition?: string;
}

interface SavedState {
    assignments: RoleAssignment[];
    custom: RoleDefinition[];
    denials?: DenyAssignment[];
}

const builtInById: ReadonlyMap<string, RoleDefinition> = new Map(builtInRoles.map((role) => [role.id, role]));

/** Who may do what where: role definitions and assignments of all tenants. Object ids are unique across tenants. */
export class Roles {
    readonly #assignments = new Assignments();
    readonly #custom = new Map<string, RoleDefinition>();
    readonly denials = new DenyAssignments();

    constructor(
        private readonly clock: Clock,
        /** How long a new assignment takes to act, in milliseconds; minutes in Azure. */
        public delayMilliseconds: number,
    ) {}

    definitions(): RoleDefinition[] {
        return [...builtInRoles, ...this.#custom.values()];
    }

    /** A definition by GUID, resource ID or display name. */
    definition(role: string): RoleDefinition | undefined {
        const wanted = (role.split("/").at(-1) ?? role).toLowerCase();
        return (
            builtInById.get(wanted) ??
            this.#custom.get(wanted) ??
            this.definitions().find(({ name }) => name.toLowerCase() === wanted)
        );
    }

    /** Adds or replaces a custom definition. */
    define(definition: Omit<RoleDefinition, "type">): void {
        this.#custom.set(definition.id.toLowerCase(), {
            ...definition,
            id: definition.id.toLowerCase(),
            type: "CustomRole",
        });
    }

    removeDefinition(id: string): boolean {
        return this.#custom.delete(id.toLowerCase());
    }

    assignments(): RoleAssignment[] {
        return this.#assignments.all();
    }

    /** Gives a role. Throws where there is no such role. */
    assign(options: AssignOptions): RoleAssignment {
        const definition = this.definition(options.role);
        if (definition === undefined) throw new Error(`There is no role '${options.role}'.`);
        const now = this.clock.now();
        const assignment: RoleAssignment = {
            name: (options.name ?? randomUUID()).toLowerCase(),
            scope: options.scope.replace(/\/+$/, "") || "/",
            roleId: definition.id,
            principalId: options.principalId.toLowerCase(),
            principalType: options.principalType ?? "ServicePrincipal",
            createdOn: now,
            effectiveAt: now + (options.effectiveAfterMilliseconds ?? this.delayMilliseconds),
            createdBy: options.createdBy ?? "",
            ...(options.description === undefined ? {} : { description: options.description }),
            ...(options.condition === undefined ? {} : { condition: options.condition }),
        };
        this.#assignments.set(assignment);
        return assignment;
    }

    /** Takes a role away, at once. Takes the assignment, its GUID or its resource ID; tells whether it was there. */
    remove(assignment: RoleAssignment | string): boolean {
        const name = typeof assignment === "string" ? (assignment.split("/").at(-1) ?? "") : assignment.name;
        return this.#assignments.delete(name.toLowerCase());
    }

    /** Takes all roles away that were given at this scope or inside it: it is gone. */
    removeWithin(scope: string): void {
        for (const assignment of this.assignments()) {
            if (normalizeScope(assignment.scope) !== "" && isWithin(assignment.scope, scope))
                this.remove(assignment);
        }
    }

    /** Whether the principal may do it: some role that already acts, at the scope or a parent of it, grants it. */
    isAllowed(principalId: string, action: string, scope: string, kind: ActionKind): boolean {
        return (
            !this.denials.denies(principalId, action, scope, kind) &&
            this.#acting(this.#assignments.at(principalId, scope))
                .filter(({ condition }) => condition === undefined)
                .some((assignment) =>
                    this.#permissionsOf(assignment).some((permissions) => grants(permissions, action, kind)),
                )
        );
    }

    /** All that the principal's roles say at the scope, whatever their conditions and deny assignments say. */
    permissionsAt(principalId: string, scope: string): Permissions[] {
        return this.#acting(this.#assignments.at(principalId, scope)).flatMap((assignment) =>
            this.#permissionsOf(assignment),
        );
    }

    #permissionsOf({ roleId }: RoleAssignment): readonly Permissions[] {
        return this.definition(roleId)?.permissions ?? [];
    }

    /** Whether the principal has any role that acts at the scope, above it or inside it. */
    hasAnyRole(principalId: string, scope: string): boolean {
        const id = principalId.toLowerCase();
        return this.#acting(this.assignments()).some(
            (assignment) =>
                assignment.principalId === id &&
                (isWithin(scope, assignment.scope) || isWithin(assignment.scope, scope)),
        );
    }

    save(): SavedState {
        return {
            assignments: this.assignments(),
            custom: [...this.#custom.values()],
            denials: this.denials.all(),
        };
    }

    load(state: unknown): void {
        const saved = state as SavedState;
        this.#assignments.clear();
        for (const assignment of saved.assignments) this.#assignments.set(assignment);
        this.denials.load(saved.denials ?? []);
        this.#custom.clear();
        for (const definition of saved.custom) this.#custom.set(definition.id, definition);
    }

    #acting(assignments: RoleAssignment[]): RoleAssignment[] {
        const now = this.clock.now();
        return assignments.filter(({ effectiveAt }) => effectiveAt <= now);
    }
}
