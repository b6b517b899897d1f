import { randomUUID } from "node:crypto";
import type { ServiceResponse } from "../../contract.js";
import { answer, header, stamps, wholeNumber, type ShareCall } from "./call.js";
import { filesError } from "./errors.js";
import { isHeld, leaseState } from "./leases.js";
import type { FileNode, Share } from "./state.js";
import { fileAt } from "./tree.js";

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
/** Seconds. Source: https://learn.microsoft.com/rest/api/storageservices/lease-share */
const SHORTEST = 15;
const LONGEST = 60;
const INFINITE = -1;

type Leased = FileNode | Share;

/** Source: https://learn.microsoft.com/rest/api/storageservices/lease-file */
export function leaseFile(call: ShareCall): ServiceResponse {
    return act(call, fileAt(call), "file");
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/lease-share */
export function leaseShare(call: ShareCall): ServiceResponse {
    return act(call, call.share, "share");
}

function act(call: ShareCall, on: Leased, kind: "file" | "share"): ServiceResponse {
    switch (header(call, "lease-action")?.toLowerCase()) {
        case "acquire":
            return acquire(call, on, kind);
        case "change":
            return change(call, on);
        case "release":
            checkId(call, on);
            delete on.lease;
            return answer(200, stamps(on));
        case "renew":
            // A file's lease has no end.
            if (kind === "share") return renew(call, on);
            break;
        case "break":
            return breakLease(call, on, kind);
    }
    throw filesError("InvalidHeaderValue", "x-ms-lease-action");
}

function acquire(call: ShareCall, on: Leased, kind: "file" | "share"): ServiceResponse {
    const duration = wholeNumber(call, "lease-duration", INFINITE) ?? INFINITE;
    const fits = duration >= SHORTEST && duration <= LONGEST && kind === "share";
    if (duration !== INFINITE && !fits) throw filesError("InvalidHeaderValue", "x-ms-lease-duration");
    const id = idIn(call, "proposed-lease-id") ?? randomUUID();
    if (isHeld(on.lease, call.now)) {
        if (on.lease?.id !== id) throw filesError("LeaseAlreadyPresent");
        if (leaseState(on.lease, call.now) === "breaking")
            throw filesError("LeaseIsBreakingAndCannotBeAcquired");
    }
    on.lease = withEnd(id, duration, call.now);
    return answer(201, { ...stamps(on), "x-ms-lease-id": id });
}

function change(call: ShareCall, on: Leased): ServiceResponse {
    const id = idIn(call, "proposed-lease-id");
    if (id === undefined) throw filesError("MissingRequiredHeader", "x-ms-proposed-lease-id");
    if (on.lease?.id !== id) checkId(call, on);
    if (on.lease === undefined || leaseState(on.lease, call.now) !== "leased")
        throw filesError("LeaseNotPresentWithLeaseOperation");
    on.lease.id = id;
    return answer(200, { ...stamps(on), "x-ms-lease-id": id });
}

function renew(call: ShareCall, on: Leased): ServiceResponse {
    const lease = checkId(call, on);
    if (lease.breaksAt !== undefined) throw filesError("LeaseIsBrokenAndCannotBeRenewed");
    on.lease = withEnd(lease.id, lease.duration, call.now);
    return answer(200, { ...stamps(on), "x-ms-lease-id": lease.id });
}

function breakLease(call: ShareCall, on: Leased, kind: "file" | "share"): ServiceResponse {
    const { lease } = on;
    if (lease === undefined) throw filesError("LeaseNotPresentWithLeaseOperation");
    if (kind === "file" && leaseState(lease, call.now) === "broken") throw filesError("LeaseAlreadyBroken");
    const left = Math.max(0, ((lease.breaksAt ?? lease.endsAt ?? call.now) - call.now) / 1000);
    const asked = kind === "share" ? wholeNumber(call, "lease-break-period") : 0;
    if (asked !== undefined && asked > LONGEST)
        throw filesError("InvalidHeaderValue", "x-ms-lease-break-period");
    // A lease without end is broken at once, or when the request says; another one never later than it ends.
    const seconds = lease.duration === INFINITE ? (asked ?? 0) : Math.min(asked ?? left, left);
    lease.breaksAt = call.now + seconds * 1000;
    return answer(202, {
        ...stamps(on),
        ...(kind === "share" ? { "x-ms-lease-time": String(Math.ceil(seconds)) } : {}),
    });
}

/** The lease that the request has the id of. Throws 409 where it is another's, or none. */
function checkId(call: ShareCall, on: Leased): NonNullable<Leased["lease"]> {
    const id = idIn(call, "lease-id");
    if (id === undefined) throw filesError("MissingRequiredHeader", "x-ms-lease-id");
    if (on.lease === undefined) throw filesError("LeaseNotPresentWithLeaseOperation");
    if (on.lease.id !== id) throw filesError("LeaseIdMismatchWithLeaseOperation");
    return on.lease;
}

function idIn(call: ShareCall, name: string): string | undefined {
    const id = header(call, name)?.toLowerCase();
    if (id !== undefined && !UUID.test(id)) throw filesError("InvalidHeaderValue", `x-ms-${name}`);
    return id;
}

function withEnd(id: string, duration: number, now: number): NonNullable<Leased["lease"]> {
    return { id, duration, ...(duration === INFINITE ? {} : { endsAt: now + duration * 1000 }) };
}
