import type { Item, Loss } from "../contract.js";
import { DataplaneError } from "../errors.js";
import type { SettledKind } from "./book.js";
import type { Attempt, Decided, History } from "./decide-item.js";
import { asDataplaneError } from "./failures.js";
import type { Pair } from "./join.js";
import type { Run } from "./run.js";
import type { Decision, Path } from "./types.js";
import { writeItem } from "./write-item.js";

/** Carries out `create` and `update`. */
export async function write(run: Run, attempt: Attempt, decided: Decided): Promise<void> {
    const { source, target, pair, history } = attempt;
    checkName(run, source, pair.name);
    const action = pair.target === undefined ? "created" : "updated";
    const path = await writeItem(run, {
        source,
        name: pair.name,
        existing: target,
        owner: ownerFor(run, pair),
        propertiesOnly: decided.equal === "proven",
        overridden: attempt.override !== undefined,
        ...(decided.content && { content: decided.content }),
        onSend: (content) => {
            history.before = {
                ...(history.sent && { sent: history.sent }),
                ...(history.answer && { answer: history.answer }),
            };
            delete history.answer;
            history.sent = { source, ...(content && { content }) };
            history.action = action;
        },
        onAnswer: (item, way) => {
            history.answer = item;
            history.path = way;
        },
    });
    carried(run, attempt, history.answer ?? source, action, path);
}

/** Carries out `same`: nothing is written, unless the item passes from another replica to this one. */
export async function same(run: Run, attempt: Attempt): Promise<void> {
    const { target, history, pair } = attempt;
    if (target === undefined) return;
    run.clock.saw(target.modified);
    if (history.action !== undefined && (run.request.mode === "replication" || isOurEmpty(run, target))) {
        // An earlier attempt did it, only its answer was lost.
        carried(run, attempt, target, history.action, history.path);
        return;
    }
    if (!takesOver(run, pair, target) || run.request.owner === undefined) {
        carried(run, attempt, target, "same");
        return;
    }
    const { owner } = run.request;
    history.sent = { source: attempt.source };
    const marked = await run.access.run(async () => run.target.mark?.(target, owner) ?? target);
    run.lastSeen = run.timing.now();
    run.clock.wrote(marked.modified, run.lastSeen);
    carried(run, attempt, marked, "same", undefined, marked !== target);
}

/** Whether an item that template mode finds after a write of its own is that write's, and not made by somebody else. */
function isOurEmpty(run: Run, target: Item): boolean {
    const { owner } = run.request;
    return target.placeholder === true || (owner !== undefined && target.owner === owner);
}

/** `conflict`: an error that names the item and the setting, or nothing where the user said `skip`. */
export function conflict(run: Run, attempt: Attempt): void {
    const item = attempt.source.name;
    settle(run, attempt.pair, attempt.target);
    if (run.request.onConflict === "skip") {
        run.tally.notCarried("conflicts");
        return;
    }
    const message = `"${item}" differs at the target, and was not written by this replica or was changed since`;
    const remedy = 'Set onConflict to "overwrite" to replace it, or to "skip" to leave it.';
    const detail = { item, argument: "onConflict", side: "target", remedy } as const;
    run.tally.notCarried("conflicts", { item, error: new DataplaneError("Conflict", message, detail) });
}

/** `lose`: the item can't be carried; its loss is reported. */
export function lose(run: Run, attempt: Attempt, decision: Decision): void {
    const { source, pair, target } = attempt;
    const reason = decision.reason ?? "it can't be carried";
    run.tally.lost(source.lost ?? { item: source.name, what: "value", reason });
    settle(run, pair, target);
}

/** An item that failed for good: the others go on. */
export function fail(run: Run, pair: Pair, target: Item | undefined, history: History, error: unknown): void {
    const item = pair.source?.name ?? pair.name;
    run.tally.notCarried("failed", { item, error: asDataplaneError(error, `"${item}" failed`, { item }) });
    settleFailed(run, pair, target, history);
}

/**
 * What is on record of an item that failed or was cancelled: where its last write was answered, that what is there is
 * ours, but not the source's content; where it was not, nothing new.
 */
export function settleFailed(run: Run, pair: Pair, target: Item | undefined, history: History): void {
    const { answer, sent } = history;
    if (answer !== undefined) {
        const origin = originOf(run, pair, history.action ?? "updated");
        run.book.settle({ kind: "owned", pair, target: answer, wrote: true, origin });
    } else if (sent !== undefined) run.book.settle({ kind: "uncertain", pair, wrote: false });
    else settle(run, pair, target);
}

/** A pair that this run does not write: the source lacks it, or it isn't taken. */
export function settleLeft(run: Run, pair: Pair): void {
    const kind = settle(run, pair, pair.target);
    if (pair.source !== undefined || kind === "foreign" || pair.target === undefined) return;
    if (run.request.prune) run.leftOver.push(pair);
    else run.tally.leftOver("kept");
}

function settle(run: Run, pair: Pair, target: Item | undefined): SettledKind {
    const kind = kindOf(run, pair, target);
    run.book.settle({
        kind,
        pair,
        wrote: false,
        ...(pair.source && { source: pair.source }),
        ...(target && { target }),
    });
    return kind;
}

function kindOf(run: Run, pair: Pair, target: Item | undefined): SettledKind {
    if (target === undefined) return "absent";
    const standing = run.book.standing(pair, target);
    if (!standing.ours) return "foreign";
    return standing.sourceUnchanged ? "proven" : "owned";
}

function carried(
    run: Run,
    attempt: Attempt,
    target: Item,
    counted: "created" | "updated" | "same",
    path?: Path,
    wrote = counted !== "same",
): void {
    const { pair, source, override } = attempt;
    const sourceContent = run.request.mode === "replication" && override === undefined;
    const losses = [...(source.losses ?? []), ...(run.target.shortfall?.(source, target) ?? [])].filter(
        (loss: Loss) => sourceContent || loss.what !== "value",
    );
    const faithful = losses.every((loss) => loss.minor === true);
    const copied = path === "streamed" || path === "server-side";
    const bytes = copied ? (target.bytes ?? source.bytes ?? 0) : 0;
    run.tally.carried(counted, losses, path, bytes);
    if (path !== undefined)
        run.volume.copies(path, { bytes, ...(source.writes && { writes: source.writes }) });
    if (wrote) {
        const { name, version } = target;
        run.verifier.expect({ item: source.name, name, version, counted, faithful });
    }
    if (!wrote && !sourceContent) {
        settle(run, pair, target);
        return;
    }
    run.book.settle({
        kind: sourceContent ? "proven" : "owned",
        pair,
        source,
        target,
        wrote,
        origin: originOf(run, pair, counted),
        rewritten: run.rewriting?.touched(source.name),
    });
}

function originOf(run: Run, pair: Pair, counted: "created" | "updated" | "same"): "created" | "adopted" {
    if (counted === "created") return "created";
    return run.book.origin(pair) ?? (pair.target?.placeholder === true ? "created" : "adopted");
}

/** The marker goes on what we create, and stays on what carries one; what was there before us stays unmarked. */
function ownerFor(run: Run, pair: Pair): string | undefined {
    if (!run.element.features.marker) return undefined;
    const { target } = pair;
    const marks =
        target === undefined ||
        target.placeholder === true ||
        target.owner !== undefined ||
        run.book.origin(pair) === "created";
    return marks ? run.request.owner : undefined;
}

/** Whether an item that is right already must get our marker. Template mode never touches what exists. */
function takesOver(run: Run, pair: Pair, target: Item): boolean {
    const { owner, mode } = run.request;
    if (owner === undefined || mode === "template" || !run.element.features.marker) return false;
    if (target.owner === owner) return false;
    return target.owner !== undefined || run.book.origin(pair) === "created";
}

function checkName(run: Run, source: Item, name: string): void {
    const invalid = run.element.invalidName(name);
    if (invalid === undefined) return;
    throw new DataplaneError("InvalidItem", `"${name}" can't be a name at the target: ${invalid}`, {
        item: source.name,
        side: "target",
        remedy: "Rename or exclude it.",
    });
}
