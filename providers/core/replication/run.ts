import type { ElementType, Store } from "../contract.js";
import type { AccessWait } from "./access-wait.js";
import type { Batches } from "./batches.js";
import type { RecordBook } from "./book.js";
import type { Pair } from "./join.js";
import type { Pilot } from "./pilot.js";
import type { Rewriting } from "./rewriting.js";
import type { ServiceClock } from "./service-clock.js";
import type { Tally } from "./tally.js";
import type { Timing } from "./timing.js";
import type { ReplicationRequest } from "./types.js";
import type { Verifier } from "./verify.js";
import type { VolumeCounter } from "./volume.js";

/** What the parts of one run share. */
export interface Run {
    readonly request: ReplicationRequest;
    readonly element: ElementType;
    readonly source: Store;
    readonly target: Store;
    readonly book: RecordBook;
    readonly tally: Tally;
    /** What is copied, for the estimate beside what it really took. */
    readonly volume: VolumeCounter;
    readonly verifier: Verifier;
    readonly access: AccessWait;
    readonly timing: Timing;
    /** Contents that the user gave, by the source name's key; only in replication mode. */
    readonly overrides: ReadonlyMap<string, { readonly content: unknown }>;
    /** Where the user has parts of contents replaced. */
    readonly rewriting: Rewriting | undefined;
    /** Ours at the target and gone from the source: pruned once both listings are known to be whole. */
    readonly leftOver: Pair[];
    /** Gathers writes that go together, where the element type has such. */
    readonly batches?: Batches | undefined;
    /** The service refused once to move data itself: it isn't asked again. */
    serverSideRefused: boolean;
    /** Goes before the first copies by the service. */
    readonly pilot: Pilot;
    /** When the target last answered a write or ended a listing, by the local clock. */
    lastSeen: number;
    /** What the target's answers tell of its clock. */
    readonly clock: ServiceClock;
}
