import type { PermissionSource } from "./grants.js";

/**
 * What ARM has told of permissions: all element types of a resource ask the same, so that a preview of many replicas
 * asks once for each resource. For as long as what is told can't have changed: a preview, but no wait for a new role.
 * Failures are not kept.
 */
export class KeptAnswers {
    readonly #kept = new Map<string, Promise<unknown>>();

    /** @param caller tells apart who asks: others are told other things. */
    source(arm: PermissionSource, caller: string): PermissionSource {
        const keep =
            <Given extends unknown[], Answer>(name: string, ask: (...given: Given) => Promise<Answer>) =>
            async (...given: Given): Promise<Answer> => {
                const key = JSON.stringify([caller, name, given]).toLowerCase();
                const running = this.#kept.get(key) as Promise<Answer> | undefined;
                if (running !== undefined) return running;
                const answer = ask(...given);
                this.#kept.set(key, answer);
                answer.catch(() => this.#kept.delete(key));
                return answer;
            };
        return {
            permissions: keep("permissions", (scope) => arm.permissions(scope)),
            roleAssignments: keep("roleAssignments", (scope, filter) => arm.roleAssignments(scope, filter)),
            roleDefinition: keep("roleDefinition", (id) => arm.roleDefinition(id)),
            denyAssignments: keep("denyAssignments", (scope, filter) => arm.denyAssignments(scope, filter)),
            get: keep("get", (id, apiVersion) => arm.get(id, apiVersion)),
        };
    }
}
