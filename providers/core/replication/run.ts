import type { ElementType, Store } from "../contract.js";
import { DataplaneError, isDataplaneError } from "../errors.js";
import type { AccessWait } from "./access-wait.js";
import type { RecordBook } from "./book.js";
import type { Pair } from "./join.js";
import type { Tally } from "./tally.js";
import type { Timing } from "./timing.js";
import type { ReplicationRequest } from "./types.js";
import type { Verifier } from "./verify.js";

/** What the parts of one run share. */
export interface Run {
    readonly request: ReplicationRequest;
    readonly element: ElementType;
    readonly source: Store;
    readonly target: Store;
    readonly book: RecordBook;
    readonly tally: Tally;
    readonly verifier: Verifier;
    readonly access: AccessWait;
    readonly timing: Timing;
    /** Contents that the user gave, by the source name's key; only in replication mode. */
    readonly overrides: ReadonlyMap<string, { readonly content: unknown }>;
    /** Ours at the target and gone from the source: pruned once both listings are known to be whole. */
    readonly leftOver: Pair[];
    /** The service refused once to move data itself: it isn't asked again. */
    serverSideRefused: boolean;
    /** When the target last answered a write or ended a listing, by the local clock. */
    lastSeen: number;
}

/** Runs a call to the source; a denial there is marked as such, so that nobody waits for it. */
export async function atSource<T>(call: () => Promise<T>): Promise<T> {
    try {
        return await call();
    } catch (error) {
        if (!isDataplaneError(error) || error.detail.side === "source") throw error;
        throw new DataplaneError(error.code, error.message, {
            ...error.detail,
            side: "source",
            cause: error.cause,
        });
    }
}
