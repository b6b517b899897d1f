import type { Item } from "../contract.js";
import { decide, type Case, type Equality, type Standing } from "./decide.js";
import {
    bytesAgree,
    contentsEqual,
    digestsEqual,
    propertiesEqual,
    silentChange,
    streamsEqual,
    type Contents,
} from "./equality.js";
import type { Pair } from "./join.js";
import { readSource } from "./rewriting.js";
import type { Run } from "./run.js";
import type { Decision, Path } from "./types.js";

/** What the attempts at one item know of each other. */
export interface History {
    /** What the last write sent; whether it was applied is open. */
    sent?: { source: Item; content?: { value: unknown } };
    /** What that write was to do, and how. */
    action?: "created" | "updated";
    path?: Path;
    /** The service won't move this item's data itself. */
    refused?: boolean;
    /** The source changed once already while it was copied. */
    sourceChanged?: boolean;
    /** The answer of the last write, even where its content then proved wrong. */
    answer?: Item;
    /** What was known before the write of this attempt: where the service refuses it, that still holds. */
    before?: Pick<History, "sent" | "answer">;
}

/** One attempt at one item of the source. */
export interface Attempt {
    readonly pair: Pair;
    /** As it is now, under its name at the source. */
    readonly source: Item;
    readonly target: Item | undefined;
    readonly standing: Standing;
    readonly history: History;
    /** The content that the user gives. */
    readonly override?: { readonly content: unknown };
}

export interface Decided {
    readonly decision: Decision;
    readonly equal: Equality;
    /** The content to write, where it is known already. */
    readonly content?: { readonly value: unknown };
}

/**
 * Decides about one item of the source, and compares contents only where the decision hangs on it: template mode reads
 * nothing, and neither does an item that the records prove.
 */
export async function decideItem(run: Run, attempt: Attempt): Promise<Decided> {
    const { source, target, standing, override, history } = attempt;
    const { mode, onConflict } = run.request;
    const overridden = override !== undefined;
    const base = { source, target, standing, complete: false, mode, onConflict, prune: false, overridden };
    const decideWith = (known: Pick<Case, "equal" | "propertiesEqual"> & Partial<Case>): Decision =>
        decide({ ...base, ...known });
    const blind = decideWith({ equal: "unknown", propertiesEqual: false });
    const given = override === undefined ? {} : { content: { value: override.content } };
    if (!hangsOnContents(blind, target)) return { decision: blind, equal: "unknown", ...given };
    if (standing.ours && standing.sourceUnchanged && !overridden) {
        const silently = silentChange(run, source, target);
        const known = { equal: "proven", propertiesEqual: silently === undefined } as const;
        const ours = { ours: silently !== "target", sourceUnchanged: silently === undefined };
        return { decision: decideWith({ ...known, standing: ours }), equal: "proven" };
    }
    const reader = new ContentReader(run, attempt, target);
    const foreign = overridden || run.rewriting !== undefined;
    const equal = await contentsEqual(run.element, { source, target, foreign }, reader.contents());
    if (equal === "unknown" && !foreign && keepsContent(run, attempt, target)) {
        return { decision: decideWith({ equal: "proven", propertiesEqual: false }), equal: "proven" };
    }
    const alike = propertiesEqual(source, target);
    const arrived =
        equal !== "proven" &&
        ((await sentArrived(run, history, target, reader)) || (await reader.continues()));
    const decision = decideWith({
        equal,
        propertiesEqual: alike,
        standing: arrived ? { ours: true, sourceUnchanged: false } : standing,
    });
    // Reading all of both costs as much as a copy: only where a conflict would stop somebody's run.
    if (equal === "unknown" && alike && !overridden && decision.action === "conflict") {
        const compared = await streamsEqual(run, source, target);
        return { decision: decideWith({ equal: compared, propertiesEqual: alike }), equal: compared };
    }
    return { decision, equal, ...(reader.read ?? given) };
}

/** Not after a write of this run: what it left may have another content than was sent. */
function keepsContent(run: Run, { standing, history, source }: Attempt, target: Item): boolean {
    const isFirst = history.sent === undefined && history.answer === undefined;
    return isFirst && standing.ours && run.target.keepsContent?.(source, target) === true;
}

function hangsOnContents(blind: Decision, target: Item | undefined): target is Item {
    if (target === undefined || target.placeholder === true) return false;
    return blind.action === "update" || blind.action === "conflict";
}

/** Whether the target holds what an earlier attempt sent and had no answer to. Reads the target where it must. */
export async function holdsWhatWasSent(run: Run, attempt: Attempt, target: Item): Promise<boolean> {
    return sentArrived(run, attempt.history, target, new ContentReader(run, attempt, target));
}

/**
 * Whether the target holds what an earlier attempt sent, whose answer was lost; the source may have changed since. By
 * digest or value where there is one. Else the looks must do: somebody would have had to write, in these seconds, the
 * same number of bytes and the same properties.
 */
async function sentArrived(
    run: Run,
    history: History,
    target: Item,
    reader: ContentReader,
): Promise<boolean> {
    const { sent } = history;
    if (sent === undefined) return false;
    const given = sent.content !== undefined;
    const byDigest = given ? "unknown" : digestsEqual(sent.source, target);
    if (byDigest !== "unknown") return byDigest === "proven";
    const contents = reader.contents();
    if (given && run.element.features.comparesValues && contents !== undefined) {
        return contents.equal(sent.content?.value, await contents.target());
    }
    return propertiesEqual(sent.source, target) && (given || bytesAgree(sent.source, target));
}

/** Reads each content once for comparisons, and keeps the source's for the write that may follow. */
class ContentReader {
    readonly #run: Run;
    readonly #attempt: Attempt;
    readonly #target: Item;
    #targetContent: { value: unknown } | undefined;
    read: { content: { value: unknown } } | undefined;

    constructor(run: Run, attempt: Attempt, target: Item) {
        this.#run = run;
        this.#attempt = attempt;
        this.#target = target;
    }

    /** Whether the target holds the beginning of the content: what a write leaves that was killed half-way. */
    async continues(): Promise<boolean> {
        const continues = this.#run.target.continues?.bind(this.#run.target);
        const contents = this.contents();
        if (continues === undefined || contents === undefined || !this.#run.element.features.comparesValues) {
            return false;
        }
        return continues(this.read?.content.value ?? (await contents.source()), await contents.target());
    }

    contents(): Contents | undefined {
        const { target, access } = this.#run;
        if (target.equal === undefined) return undefined;
        const { override } = this.#attempt;
        return {
            source: async () => {
                const value =
                    override === undefined
                        ? await readSource(this.#run, this.#attempt.source)
                        : override.content;
                this.read = { content: { value } };
                return value;
            },
            target: async () => {
                this.#targetContent ??= { value: await access.run(() => target.get(this.#target)) };
                return this.#targetContent.value;
            },
            equal: (a, b) => target.equal?.(a, b) ?? false,
        };
    }
}
