import { setTimeout as delay } from "node:timers/promises";
import type { Fault, ServiceRequest, ServiceResponse } from "./contract.js";

/** What each status says when the fault names no code of its own. */
const defaultCodes: Readonly<Record<number, string>> = {
    408: "RequestTimeout",
    429: "TooManyRequests",
    500: "InternalServerError",
    502: "BadGateway",
    503: "ServerBusy",
    504: "GatewayTimeout",
};

/**
 * What goes wrong before the service sees the request: it waits, the connection is cut, or an answer of its own is
 * given.
 */
export async function applyBefore(
    faults: readonly Fault[],
    request: ServiceRequest,
): Promise<ServiceResponse | "cut" | undefined> {
    for (const { kind } of faults) {
        if (kind.type === "latency") await delay(kind.milliseconds);
        else if (kind.type === "cut" && kind.when === "before") return "cut";
        else if (kind.type === "status") return statusResponse(kind, request);
    }
    return undefined;
}

/** What goes wrong after the service has acted. */
export function faultsAfter(faults: readonly Fault[]): { cut: boolean; truncate?: number } {
    const truncations = faults.flatMap(({ kind }) => (kind.type === "truncate" ? [kind.bytes] : []));
    return {
        cut: faults.some(({ kind }) => kind.type === "cut" && kind.when === "after"),
        ...(truncations.length > 0 ? { truncate: Math.min(...truncations) } : {}),
    };
}

function statusResponse(
    kind: Extract<Fault["kind"], { type: "status" }>,
    request: ServiceRequest,
): ServiceResponse {
    const code = kind.code ?? defaultCodes[kind.status] ?? "Fault";
    const message = kind.message ?? "This answer is a fault that was switched on.";
    const headers = {
        "x-ms-error-code": code,
        ...(kind.retryAfterSeconds === undefined ? {} : { "retry-after": String(kind.retryAfterSeconds) }),
    };
    // Storage speaks XML, everybody else JSON.
    if (/\.(core\.windows\.net|storage\.azure\.net)$/i.test(request.url.hostname)) {
        return {
            status: kind.status,
            headers: { ...headers, "content-type": "application/xml" },
            body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
        };
    }
    return { status: kind.status, headers, body: { error: { code, message } } };
}
