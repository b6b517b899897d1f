import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { TokenError } from "../../emulator/token-error.js";
import type { ArmRecord, Platform, Principal, ServiceRequest } from "../../emulator/contract.js";

/** A platform over plain maps: tokens are `TENANT/OBJECT/AUDIENCE`, grants are exact actions at exact scopes or above. */
export class FakePlatform implements Platform {
    time = Date.UTC(2026, 0, 1);
    readonly records: { host: string; record: ArmRecord }[] = [];
    readonly grants: { objectId: string; action: string; scope: string }[] = [];
    readonly port = 0;
    readonly caFile = "";

    now(): number {
        return this.time;
    }

    authenticate(bearer: string, audiences: readonly string[]): Promise<Principal> {
        const [tenantId, objectId, ...audience] = bearer.split("/");
        const found = audience.join("/");
        if (tenantId === undefined || objectId === undefined || !audiences.includes(found)) {
            return Promise.reject(new TokenError("audience", "wrong audience", found));
        }
        return Promise.resolve({ tenantId, objectId, clientId: `app-${objectId}`, audience: found });
    }

    isAllowed(principal: Principal, action: string, scope: string): boolean {
        return this.grants.some(
            (grant) =>
                grant.objectId === principal.objectId &&
                (grant.action === "*" || grant.action === action) &&
                scope.toLowerCase().startsWith(grant.scope.toLowerCase()),
        );
    }

    findByHost(type: string, host: string): ArmRecord | undefined {
        return this.records.find((entry) => entry.record.type === type && entry.host === host)?.record;
    }

    findById(id: string): ArmRecord | undefined {
        return this.records.find(({ record }) => record.id.toLowerCase() === id.toLowerCase())?.record;
    }
}

/** A request as the front door hands it over. */
export function serviceRequest(
    method: string,
    url: string,
    options: { bearer?: string; body?: unknown; headers?: Record<string, string> } = {},
): ServiceRequest {
    const body = options.body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(options.body));
    return {
        id: "request",
        method,
        url: new URL(url),
        headers: options.headers ?? {},
        ...(options.bearer === undefined ? {} : { bearer: options.bearer }),
        body: () => Promise.resolve(body),
        raw: new IncomingMessage(new Socket()),
    };
}
