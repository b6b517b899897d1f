import { createHash } from "node:crypto";
import { DataplaneError } from "../../core/errors.js";
import { toDataplaneError } from "../../core/http-errors.js";
import { explainMissing } from "../../core/permissions/explain.js";
import type { BegunMark, CopyCounts } from "./copy-mark.js";
import { TookTooLong, type MessageQueue } from "./message-queue.js";
import { isSendable } from "./message-text.js";
import { queuePermissions } from "./permissions.js";

/** A queue and about how many messages it has, hidden ones included: never too few. */
export interface CountedQueue {
    readonly queue: MessageQueue;
    /** The account's ARM resource ID, or its URL. */
    readonly resource: string;
    readonly messages: number;
}

export interface CopyJob {
    readonly name: string;
    readonly source: CountedQueue;
    readonly target: CountedQueue;
    /** In seconds. */
    readonly visibilityTimeout: number;
    /** A run that broke off before. */
    readonly broken: BegunMark | undefined;
    /** The service's clock. */
    readonly now: Date;
}

/** For clocks that differ, and what lies between the mark and the receiving of messages. */
const slackSeconds = 60;

/** Until when a run that begins now hides messages at the longest: the last ones are received before the first are back. */
export function hiddenUntil(now: Date, visibilityTimeout: number): Date {
    return new Date(now.getTime() + (2 * visibilityTimeout + slackSeconds) * 1_000);
}

/**
 * Sends the source's messages to a queue that has none, or goes on where a run broke off: what is there by then is counted
 * by its text, and not sent again.
 *
 * @throws DataplaneError `InvalidItem` where copies at the target are hidden or gone, where messages may still be hidden by
 * the run that broke off, or where there are too many for the time.
 */
export async function copyMessages(job: CopyJob): Promise<CopyCounts> {
    const { source, target } = job;
    const there = new Texts();
    await inTime(job, "target", (timeout) =>
        target.queue.read(timeout, ({ text }) => {
            there.add(text);
            return Promise.resolve();
        }),
    );
    if (there.size < target.messages) throw copiesAreHidden(job, target.messages - there.size);
    let sent = there.size;
    let unsendable = 0;
    const read = await inTime(job, "source", (timeout) =>
        source.queue
            .read(timeout, async (message) => {
                if (there.take(message.text)) return;
                if (isSendable(message.text)) {
                    await target.queue.send(message).catch((error: unknown) => {
                        throw toDataplaneError(error, { side: "target", item: job.name });
                    });
                    sent += 1;
                } else unsendable += 1;
            })
            .catch((error: unknown) => {
                throw error instanceof TookTooLong ? error : ofSource(job, error);
            }),
    );
    const hidden = Math.max(0, source.messages - read);
    if (hidden > 0) mustBeVisibleAgain(job, hidden);
    return { sent, hidden, unsendable, left: 0 };
}

/** The source's refusal within a write of the target: it names the role that is missing at the source. */
function ofSource({ name, source }: CopyJob, error: unknown): DataplaneError {
    const made = toDataplaneError(error, { side: "source", item: name, resource: source.resource });
    if (made.code !== "AccessDenied" || made.detail.side !== "source" || made.detail.remedy !== undefined)
        return made;
    const needed = queuePermissions(false, true).source;
    const remedy = needed.map((permission) => explainMissing(permission, source.resource)).join("\n");
    return new DataplaneError(made.code, made.message, { ...made.detail, remedy, cause: error });
}

/** After a run that broke off, nobody can tell its hidden messages from those that are at work. */
function mustBeVisibleAgain({ name, broken, now }: CopyJob, hidden: number): void {
    const seconds = Math.ceil(((broken?.hiddenUntil.getTime() ?? 0) - now.getTime()) / 1_000);
    if (seconds <= 0) return;
    throw new DataplaneError(
        "InvalidItem",
        `about ${String(hidden)} of the messages of "${name}" may still be hidden by a run that broke off`,
        {
            item: name,
            side: "source",
            remedy: `They come back by themselves: run again in ${String(seconds)} seconds. The others are copied.`,
        },
    );
}

function copiesAreHidden({ name, broken, now }: CopyJob, hidden: number): DataplaneError {
    const seconds = Math.ceil(((broken?.hiddenUntil.getTime() ?? 0) - now.getTime()) / 1_000);
    const soon = seconds > 0 ? `Run again in ${String(seconds)} seconds. ` : "";
    return new DataplaneError(
        "InvalidItem",
        `about ${String(hidden)} messages of "${name}" at the target are hidden, so what is there can't be compared`,
        {
            item: name,
            side: "target",
            remedy: `${soon}If they stay hidden, stop the consumers of the target's queue until all is copied.`,
        },
    );
}

async function inTime<T>(
    { name, visibilityTimeout }: CopyJob,
    side: "source" | "target",
    read: (timeout: number) => Promise<T>,
): Promise<T> {
    try {
        return await read(visibilityTimeout);
    } catch (error) {
        if (!(error instanceof TookTooLong)) throw error;
        throw new DataplaneError(
            "InvalidItem",
            `the queue "${name}" was not read within ${String(visibilityTimeout)} seconds`,
            {
                item: name,
                side,
                argument: "visibilityTimeout",
                remedy: "Give visibilityTimeout more seconds. What was copied is not copied again.",
            },
        );
    }
}

/** How often each text is there. Kept as digests, in memory alone: messages may be large. */
class Texts {
    readonly #counts = new Map<string, number>();
    size = 0;

    add(text: string): void {
        const key = digest(text);
        this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
        this.size += 1;
    }

    /** Whether there was one left. */
    take(text: string): boolean {
        if (this.#counts.size === 0) return false;
        const key = digest(text);
        const count = this.#counts.get(key) ?? 0;
        if (count > 0) this.#counts.set(key, count - 1);
        return count > 0;
    }
}

function digest(text: string): string {
    return createHash("sha256").update(text).digest("base64");
}
