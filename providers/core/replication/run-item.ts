import type { Item, Outlook } from "../contract.js";
import { isDataplaneError } from "../errors.js";
import { decideItem, holdsWhatWasSent, type Attempt, type History } from "./decide-item.js";
import { isRefusal, isTransient } from "./failures.js";
import type { Pair } from "./join.js";
import { atSource } from "./at-source.js";
import { isCopyRefused, isRefusedForItem } from "./refused.js";
import type { Run } from "./run.js";
import { conflict, fail, lose, same, settleFailed, settleLeft, write } from "./settle-item.js";
import { throwIfCancelled } from "./timing.js";

/** An item is tried so often when its errors are transient. */
const attemptsAtMost = 4;
const firstBackoffMilliseconds = 1_000;

/**
 * Deals with one pair of the join: decides, carries out, settles and counts. Errors of the item end up in the tally,
 * never in a throw; only a cancellation is thrown. Transient errors are met by trying again, from what both sides show
 * by then: a write that was applied although its answer was lost is found and not doubled.
 */
export async function runItem(run: Run, pair: Pair): Promise<void> {
    if (!pair.selected || pair.source === undefined) {
        settleLeft(run, pair);
        return;
    }
    const history: History = {};
    // The version on record is one that was listed or found *before* the content was read. Where the source changes
    // in between, the record claims too little, and the next run sees a change.
    let source = pair.source;
    let target = pair.target;
    let isRefused = false;
    for (let attempt = 1; ; attempt++) {
        try {
            throwIfCancelled(run.request.signal);
            delete history.before;
            if (attempt > 1 || isRefused) {
                const found = await findAgain(run, source.name, pair.name);
                if (found.source === undefined) {
                    await settleVanished(run, beginAttempt(run, pair, source, found.target, history));
                    return;
                }
                source = found.source;
                target = found.target;
            }
            const streamed = history.refused === true;
            const foreseen = await foresee(run, source, { name: pair.name, existing: target, streamed });
            const planned = streamed ? { ...foreseen, streamed } : foreseen;
            await attemptItem(run, beginAttempt(run, pair, planned, target, history));
            return;
        } catch (error) {
            if (isDataplaneError(error, "Cancelled") || run.request.signal.aborted) {
                settleFailed(run, pair, target, history);
                throw error;
            }
            if (isCopyRefused(error)) {
                // Once more, on another path, and without what only the service could carry. What takes several steps
                // may have left some of them at the target, so that is looked at first.
                isRefused = true;
                forgetRefused(history);
                if (isRefusedForItem(error)) history.refused = true;
                attempt -= 1;
                continue;
            }
            if (isRefusal(error)) forgetRefused(history);
            // A refused condition says that one of both changed under our hands: look again at once.
            const changed = isDataplaneError(error, "Conflict");
            // A source that changes while it is copied is copied once more, and not for as long as it changes.
            const restless = changed && error.detail.side === "source" && history.sourceChanged === true;
            if (changed && error.detail.side === "source") history.sourceChanged = true;
            if (attempt === attemptsAtMost || restless || !(changed || isTransient(error))) {
                fail(run, pair, target, history, error);
                return;
            }
            if (!changed) await run.timing.sleep(backoff(attempt), run.request.signal);
        }
    }
}

/** The service refused the write of this attempt: what was known before it still holds. */
function forgetRefused(history: History): void {
    const { before } = history;
    if (before === undefined) return;
    delete history.sent;
    delete history.answer;
    Object.assign(history, before);
}

/** What the target makes of the item. Asks no content of anybody. */
async function foresee(run: Run, source: Item, outlook: Outlook): Promise<Item> {
    const ask = run.target.foresee?.bind(run.target);
    if (ask === undefined) return source;
    const isGiven = run.overrides.has(run.element.key(source.name));
    const streamed = outlook.streamed || isGiven || run.rewriting !== undefined || run.serverSideRefused;
    return run.access.run(() => ask(source, run.source, { ...outlook, streamed }));
}

/** The source lost the item while it was copied. What was sent by then is ours, even where the answer was lost. */
async function settleVanished(run: Run, attempt: Attempt): Promise<void> {
    const { pair, target, history } = attempt;
    const left: Pair = { name: pair.name, selected: false, ...(target && { target }) };
    if (target !== undefined && (await holdsWhatWasSent(run, attempt, target))) {
        settleFailed(run, left, target, { ...history, answer: target });
        run.tally.leftOver("kept");
    } else settleLeft(run, left);
}

/** Half of it is random, so that items that failed together do not come back together. */
function backoff(attempt: number): number {
    return firstBackoffMilliseconds * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
}

async function findAgain(
    run: Run,
    sourceName: string,
    targetName: string,
): Promise<{ source: Item | undefined; target: Item | undefined }> {
    const source = await atSource(() => run.source.find(sourceName));
    const target = await run.access.run(() => run.target.find(targetName));
    return { source, target };
}

function beginAttempt(
    run: Run,
    pair: Pair,
    source: Item,
    target: Item | undefined,
    history: History,
): Attempt {
    // What an earlier attempt wrote is ours, even where its content then proved wrong.
    const answered = target !== undefined && history.answer?.version === target.version;
    const standing = answered
        ? { ours: true, sourceUnchanged: false }
        : run.book.standing({ ...pair, source }, target);
    const override = run.overrides.get(run.element.key(source.name));
    return { pair, source, target, standing, history, ...(override === undefined ? {} : { override }) };
}

async function attemptItem(run: Run, attempt: Attempt): Promise<void> {
    const decided = await decideItem(run, attempt);
    switch (decided.decision.action) {
        case "create":
        case "update":
            return write(run, attempt, decided);
        case "same":
            return same(run, attempt);
        case "conflict":
            conflict(run, attempt);
            return;
        case "lose":
            lose(run, attempt, decided.decision);
            return;
        case "keep":
        case "prune":
            // Only for what the source lacks; `settleLeft` has dealt with that.
            return;
    }
}
