import { normalizeScope } from "./matching.js";

/** A role given to a principal at a scope. */
export interface RoleAssignment {
    /** A GUID, the last segment of its resource ID. */
    readonly name: string;
    readonly scope: string;
    /** The GUID of the role definition. */
    readonly roleId: string;
    readonly principalId: string;
    readonly principalType: string;
    /** Milliseconds since the epoch. */
    readonly createdOn: number;
    /** From when on services act on it; ARM shows it at once, as in Azure. */
    readonly effectiveAt: number;
    /** The object id of who made it; "" for a seed. */
    readonly createdBy: string;
    readonly description?: string;
    /** Not evaluated: an assignment with a condition grants nothing here. */
    readonly condition?: string;
}

/** Role assignments by name, and by who has them where: every request asks for the latter. */
export class Assignments {
    readonly #byName = new Map<string, RoleAssignment>();
    readonly #byHolder = new Map<string, Set<RoleAssignment>>();

    /** Adds one, or replaces that of its name. */
    set(assignment: RoleAssignment): void {
        this.delete(assignment.name);
        this.#byName.set(assignment.name, assignment);
        const key = holder(assignment.principalId, normalizeScope(assignment.scope));
        const there = this.#byHolder.get(key);
        if (there === undefined) this.#byHolder.set(key, new Set([assignment]));
        else there.add(assignment);
    }

    /** Whether there was one of that name. */
    delete(name: string): boolean {
        const assignment = this.#byName.get(name);
        if (assignment === undefined) return false;
        const key = holder(assignment.principalId, normalizeScope(assignment.scope));
        const there = this.#byHolder.get(key);
        there?.delete(assignment);
        if (there?.size === 0) this.#byHolder.delete(key);
        return this.#byName.delete(name);
    }

    clear(): void {
        this.#byName.clear();
        this.#byHolder.clear();
    }

    all(): RoleAssignment[] {
        return [...this.#byName.values()];
    }

    /** Those of a principal that are given at the scope or at a parent of it. */
    at(principalId: string, scope: string): RoleAssignment[] {
        return scopesAbove(scope).flatMap((parent) => [
            ...(this.#byHolder.get(holder(principalId, parent)) ?? []),
        ]);
    }
}

function holder(principalId: string, normalizedScope: string): string {
    return `${principalId.toLowerCase()} ${normalizedScope}`;
}

/** The scope itself and all its parents, normalized; the last one is the root. */
function scopesAbove(scope: string): string[] {
    const scopes: string[] = [];
    let rest = normalizeScope(scope);
    while (rest !== "") {
        scopes.push(rest);
        rest = rest.slice(0, rest.lastIndexOf("/"));
    }
    return [...scopes, ""];
}
