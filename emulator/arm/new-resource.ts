import type { ArmRecord } from "../contract.js";
import type { StoredResource } from "./store.js";

/** A resource that nobody has stored yet. */
export function newResource(record: ArmRecord, now: number): StoredResource {
    return { record, etag: "", createdAt: now, changedAt: now, other: {}, pendingReads: 0 };
}
