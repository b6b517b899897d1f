import type { ListOptions } from "../contract.js";
import { DataplaneError } from "../errors.js";
import { beginRun } from "./begin.js";
import { asDataplaneError } from "./failures.js";
import { join } from "./join.js";
import { sourceListing, targetListing } from "./listings.js";
import { forEachBounded } from "./pool.js";
import { preflight } from "./preflight.js";
import { countItems, Progress } from "./progress.js";
import { pruneLeftOver } from "./prune.js";
import { readAhead } from "./read-ahead.js";
import type { Run } from "./run.js";
import { runItem } from "./run-item.js";
import { cancelled, systemTiming, type Timing } from "./timing.js";
import type { ItemsByGroup, ReplicationRequest, ReplicationResult } from "./types.js";
import { settleMilliseconds } from "./watermark.js";

/**
 * Brings the selected items of the source to the target: lists both, decides about each item by the decision table,
 * carries it out under the service's limits, verifies by one closing listing, and answers with what to write down.
 *
 * Never throws for what goes wrong on the way: failures of items, of a listing and a cancellation (both under an empty
 * item name) stand in the result beside all that was done. Throws `InvalidArgument` or `Plugin`, before anything is
 * read, for a request that can't be carried out.
 *
 * Needs what `element.permissions(mode, options)` names on each side.
 */
export async function replicate(
    request: ReplicationRequest,
    timing: Timing = systemTiming,
): Promise<ReplicationResult> {
    const selector = preflight(request);
    const started = timing.now();
    const { element, signal } = request;
    const progress = new Progress(request);
    progress.listing();
    const run = beginRun(request, timing, progress);
    const listed = await guarded(run, "listing", async () => {
        const { source, target } = request;
        await checkRoom(run);
        const options = listOptions(request, Object.keys(request.items));
        const pairs = join({
            element,
            source: sourceListing(() => source.list(options)),
            target: targetListing(() => target.list(options), run.access),
            selector,
            takes: ceiling(request, (name) => selector.selects(name)),
            unique: request.detail === "items",
        });
        const concurrency = run.batches?.itemsAtOnce ?? element.limits.concurrency;
        await forEachBounded(pairs, { concurrency, signal, watch: run.batches }, async (pair) => {
            run.clock.saw(pair.target?.modified);
            run.volume.listed((pair.source === undefined ? 0 : 1) + (pair.target === undefined ? 0 : 1));
            await runItem(run, pair);
            progress.item(run.tally);
        });
        if (signal.aborted) throw cancelled();
        run.lastSeen = timing.now();
    });
    if (listed) await guarded(run, "pruning", () => pruneLeftOver(run));
    // After a cancellation nothing more is asked of the services; the writes' own answers are on record.
    const closed = !signal.aborted && (await guarded(run, "the closing listing", () => close(run, listed)));
    const summary = run.tally.summary((timing.now() - started) / 1000);
    progress.done(run.tally);
    const copied = run.book.finish({ listed, closed });
    return {
        copied,
        summary,
        volume: run.volume.counted(),
        losses: run.tally.losses(),
        rewritten: Object.keys(copied).filter((name) => isRewritten(copied[name])),
        failures: run.tally.failures(),
    };
}

/** By name nothing is known of sizes before all is listed. */
async function checkRoom({ request, source, target, access }: Run): Promise<void> {
    const check = target.checkRoom?.bind(target);
    if (check === undefined || request.mode !== "replication" || request.detail !== "groups") return;
    await access.run(() => check(request.items as ItemsByGroup, source));
}

function isRewritten(record: object | undefined): boolean {
    return record !== undefined && "rewritten" in record;
}

/** Nothing beyond what was previewed is taken: by name the very items, by group all of the group. */
function ceiling(
    request: ReplicationRequest,
    selects: (name: string) => boolean,
): (item: { name: string; group?: string }) => boolean {
    const { element, items } = request;
    if (request.detail === "groups") {
        const groups = new Set(Object.keys(items));
        return (item) => groups.has(item.group ?? "") && selects(item.name);
    }
    const names = new Set(Object.keys(items).map((name) => element.key(name)));
    return (item) => names.has(element.key(item.name)) && selects(item.name);
}

/** By group only the groups that matter are listed; items without a group stand under an empty name. */
function listOptions(request: ReplicationRequest, groups: readonly string[]): ListOptions {
    return request.detail === "groups" && !groups.includes("") ? { groups } : {};
}

/** Pages of the closing listing that wait to be compared. */
const pagesAhead = 1;

/** One listing of the target, only where something was written or is not covered yet: every write must show in it. */
async function close(run: Run, listed: boolean): Promise<void> {
    const { request, timing, verifier, book, access, target } = run;
    const open = listed ? book.openGroups() : [];
    if (!verifier.any && open.length === 0) return;
    const now = timing.now();
    const settledUntil = run.clock.settledUntil(now);
    if (open.length > 0 && !(settledUntil !== undefined && book.closesAt(settledUntil))) {
        const left = Math.min(
            run.lastSeen + settleMilliseconds - now,
            run.clock.untilLater(now) ?? Number.POSITIVE_INFINITY,
        );
        if (left > 0) await timing.sleep(left, request.signal);
    }
    const options = listOptions(request, listed ? open : Object.keys(request.items));
    // The service makes the next page while this one is compared.
    const pages = readAhead(targetListing(() => target.list(options), access).pages(), pagesAhead);
    try {
        for await (const page of pages) {
            for (const item of page) {
                verifier.close(item);
                book.close(item);
            }
        }
    } finally {
        pages.stop();
    }
    await verifier.finish((name) => access.run(() => target.find(name)), run.tally, timing, request.signal);
}

/** Runs a part of the run; its failure is written down, and what was done before stays done. */
async function guarded(run: Run, doing: string, part: () => Promise<void>): Promise<boolean> {
    try {
        await part();
        return true;
    } catch (error) {
        const { signal, items } = run.request;
        const failure = signal.aborted
            ? new DataplaneError(
                  "Cancelled",
                  `cancelled after ${String(run.tally.done)} of ${String(countItems(items))} items`,
              )
            : asDataplaneError(error, `${doing} failed`);
        run.tally.runFailed(failure);
        return false;
    }
}
