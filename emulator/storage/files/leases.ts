import { header, type Call } from "./call.js";
import { filesError, type FilesErrorCode } from "./errors.js";
import type { Lease } from "./state.js";

/** As the service tells it. */
export type LeaseState = "available" | "leased" | "expired" | "breaking" | "broken";

/** Source: https://learn.microsoft.com/rest/api/storageservices/lease-share#remarks */
export function leaseState(lease: Lease | undefined, now: number): LeaseState {
    if (lease === undefined) return "available";
    if (lease.breaksAt !== undefined) return now < lease.breaksAt ? "breaking" : "broken";
    return lease.endsAt !== undefined && now >= lease.endsAt ? "expired" : "leased";
}

/** Whether it keeps others out. */
export function isHeld(lease: Lease | undefined, now: number): boolean {
    return ["leased", "breaking"].includes(leaseState(lease, now));
}

/** The lease as headers of an answer. */
export function leaseHeaders(lease: Lease | undefined, now: number): Record<string, string> {
    const state = leaseState(lease, now);
    return {
        "x-ms-lease-status": isHeld(lease, now) ? "locked" : "unlocked",
        "x-ms-lease-state": state,
        ...(state === "leased"
            ? { "x-ms-lease-duration": lease?.duration === -1 ? "infinite" : "fixed" }
            : {}),
    };
}

const mismatch = {
    file: "LeaseIdMismatchWithFileOperation",
    share: "LeaseIdMismatchWithShareOperation",
} as const satisfies Record<string, FilesErrorCode>;
const absent = {
    file: "LeaseNotPresentWithFileOperation",
    share: "LeaseNotPresentWithShareOperation",
} as const satisfies Record<string, FilesErrorCode>;

/**
 * Throws 412 unless the request may go on: a write needs the id of a lease that is held; an id, where one is given, has
 * to be the right one. `name` is the header that has it, without `x-ms-`.
 * Source: https://learn.microsoft.com/rest/api/storageservices/lease-file#remarks
 */
export function checkLease(
    call: Call,
    on: "file" | "share",
    lease: Lease | undefined,
    access: "read" | "write",
    name = "lease-id",
): void {
    const id = header(call, name);
    if (id === undefined) {
        if (access === "write" && isHeld(lease, call.now)) throw filesError("LeaseIdMissing");
        return;
    }
    if (!isHeld(lease, call.now)) throw filesError(absent[on]);
    if (lease?.id.toLowerCase() !== id.toLowerCase()) throw filesError(mismatch[on]);
}
