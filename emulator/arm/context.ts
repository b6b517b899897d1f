import type { Clock } from "../clock.js";
import type { Principal, ServiceRequest } from "../contract.js";
import type { Entra } from "../entra.js";
import type { Tenant } from "../identities.js";
import type { Roles } from "../roles/engine.js";
import { ArmError, armErrors } from "./errors.js";
import type { Operations } from "./operations.js";
import type { ArmPath } from "./path.js";
import type { ResourceStore } from "./store.js";

/** What all parts of the local ARM share. */
export interface ArmState {
    readonly clock: Clock;
    readonly entra: Entra;
    readonly roles: Roles;
    readonly store: ResourceStore;
    readonly operations: Operations;
    /** How many entries a page of a list has at most. */
    pageSize: number;
}

/** One request to ARM, with its caller. */
export class ArmContext {
    constructor(
        readonly state: ArmState,
        readonly request: ServiceRequest,
        readonly path: ArmPath,
        readonly principal: Principal,
        readonly apiVersion: string,
    ) {}

    get method(): string {
        return this.request.method;
    }

    get url(): URL {
        return this.request.url;
    }

    /** The tenant that the request's subscription is in; the caller's own where it names none. */
    get tenant(): Tenant {
        const { subscriptionId } = this.path;
        const tenant = this.state.entra.tenants.find((one) =>
            subscriptionId === undefined
                ? one.id === this.principal.tenantId
                : one.subscription.id === subscriptionId,
        );
        if (tenant === undefined) throw armErrors.subscriptionNotFound(subscriptionId ?? "");
        return tenant;
    }

    isAllowed(action: string, scope: string): boolean {
        return this.state.roles.isAllowed(this.principal.objectId, action, scope, "action");
    }

    /** Throws the 403 that names action and scope. */
    authorize(action: string, scope: string): void {
        if (this.isAllowed(action, scope)) return;
        throw armErrors.authorizationFailed(this.principal.clientId, this.principal.objectId, action, scope);
    }

    /** The body as an object. Throws 400 for anything else. */
    async body(): Promise<Record<string, unknown>> {
        const text = (await this.request.body()).toString("utf8");
        let value: unknown;
        try {
            value = JSON.parse(text === "" ? "{}" : text);
        } catch {
            throw armErrors.invalidContent("The body is no JSON.");
        }
        if (!isObject(value)) throw armErrors.invalidContent("The body is no JSON object.");
        return value;
    }

    /** Throws 412 where `If-Match` or `If-None-Match` is not met. `etag` is undefined for what is not there. */
    checkConditions(etag: string | undefined): void {
        const match = this.request.headers["if-match"];
        const noneMatch = this.request.headers["if-none-match"];
        if (match !== undefined && (etag === undefined || (match !== "*" && match !== etag))) {
            throw armErrors.preconditionFailed();
        }
        if (noneMatch !== undefined && etag !== undefined && (noneMatch === "*" || noneMatch === etag)) {
            throw armErrors.preconditionFailed();
        }
    }

    refuse(status: number, code: string, message: string): never {
        throw new ArmError(status, code, message);
    }
}

export function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
