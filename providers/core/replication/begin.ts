import { AccessWait } from "./access-wait.js";
import { openBatches } from "./batches.js";
import { GroupBook } from "./group-book.js";
import { NameBook } from "./name-book.js";
import { Pilot } from "./pilot.js";
import type { Progress } from "./progress.js";
import type { Run } from "./run.js";
import { Rewriting } from "./rewriting.js";
import { ServiceClock } from "./service-clock.js";
import { Tally } from "./tally.js";
import type { Timing } from "./timing.js";
import type { ReplicationRequest } from "./types.js";
import { Verifier } from "./verify.js";
import { VolumeCounter } from "./volume.js";

/** Puts together what the parts of a run share. Reads and writes nothing. */
export function beginRun(request: ReplicationRequest, timing: Timing, progress: Progress): Run {
    const { element, copied, items, mode } = request;
    const tally = new Tally();
    const groups =
        request.detail === "groups"
            ? new GroupBook(element, copied, Object.keys(items), timing.now())
            : undefined;
    return {
        request,
        element,
        source: request.source,
        target: request.target,
        book: groups ?? new NameBook(element, copied),
        tally,
        volume: new VolumeCounter(element.limits),
        verifier: new Verifier(element, groups !== undefined),
        access: new AccessWait({
            timeoutMilliseconds: request.accessTimeoutMilliseconds,
            timing,
            signal: request.signal,
            role: element
                .permissions(mode, request.options ?? {})
                .target.map(({ role }) => role.name)
                .join(" and "),
            onWaiting: (message) => {
                progress.waiting(tally, message);
            },
        }),
        timing,
        overrides: overridesOf(request),
        rewriting: rewritingOf(request),
        leftOver: [],
        batches: openBatches(element, request.target, request.signal),
        serverSideRefused: false,
        pilot: new Pilot(),
        lastSeen: timing.now(),
        clock: new ServiceClock(element.features.modifiedMilliseconds),
    };
}

/** In template mode no content goes anywhere. */
function rewritingOf({ element, mode, rewrite = {} }: ReplicationRequest): Rewriting | undefined {
    if (mode === "template" || Object.keys(rewrite).length === 0) return undefined;
    return new Rewriting(element, rewrite);
}

function overridesOf(request: ReplicationRequest): Run["overrides"] {
    const { element, mode, overrides = {} } = request;
    const override = element.override?.bind(element);
    if (mode === "template" || override === undefined) return new Map();
    return new Map(
        Object.entries(overrides).map(([name, value]) => [element.key(name), { content: override(value) }]),
    );
}
