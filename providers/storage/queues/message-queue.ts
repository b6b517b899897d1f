import { forEachBounded } from "../../core/replication/pool.js";
import { statusOf } from "../../core/rest-error.js";
import type { Wire, WireRequest } from "../wire.js";
import { messagesAtOnce } from "./message-reads.js";
import { messageDocument, parseMessages, type ReceivedMessage } from "./message-text.js";

/** Requests to one queue at once: what keeps it busy that answers after 20 ms, under its 2,000 messages a second. */
const requestsAtOnce = 32;

/** A message as it is copied. */
export interface CopiedMessage {
    readonly text: string;
    /** Seconds until it expires; -1: never. */
    readonly timeToLive: number;
}

/** Messages that never expire have this year. */
const never = 9999;

/** One queue, for those that copy its messages, or look what has arrived of them. */
export class MessageQueue {
    /** Host and name, by which a mark tells it. */
    readonly origin: string;
    readonly #url: string;

    /** @param url of the queue. */
    constructor(
        url: string,
        private readonly wire: Wire,
        private readonly signal: AbortSignal,
    ) {
        const { hostname, pathname } = new URL(url);
        this.origin = `${hostname}${pathname}`;
        this.#url = `${url}/messages`;
    }

    /**
     * Reads all messages that can be seen, each once, and lets all of them be seen again at the end, also where it ends
     * with an error. Meanwhile they are hidden from everybody, for `visibilityTimeout` seconds at most, whatever becomes of
     * this process. Answers with how many there were.
     *
     * @throws TookTooLong where the first ones are back before the last ones were read.
     */
    async read(visibilityTimeout: number, use: (message: CopiedMessage) => Promise<void>): Promise<number> {
        const receipts = new Map<string, string>();
        const bounds = { concurrency: requestsAtOnce, signal: this.signal };
        try {
            await forEachBounded(this.#receiveAll(visibilityTimeout, receipts), bounds, use);
            this.signal.throwIfAborted();
            return receipts.size;
        } finally {
            await forEachBounded([...receipts], bounds, ([id, receipt]) => this.#giveBack(id, receipt));
        }
    }

    /** https://learn.microsoft.com/rest/api/storageservices/put-message */
    async send({ text, timeToLive }: CopiedMessage): Promise<void> {
        await this.#send({
            method: "POST",
            url: `${this.#url}?messagettl=${String(timeToLive)}`,
            body: messageDocument(text),
        });
    }

    async *#receiveAll(
        visibilityTimeout: number,
        receipts: Map<string, string>,
    ): AsyncGenerator<CopiedMessage> {
        const end = performance.now() + visibilityTimeout * 1_000;
        for (;;) {
            if (performance.now() > end) throw new TookTooLong();
            const { messages, now } = await this.#receive(visibilityTimeout);
            if (messages.length === 0) return;
            const isBack = messages.some(({ id }) => receipts.has(id));
            for (const { id, receipt } of messages) receipts.set(id, receipt);
            if (isBack) throw new TookTooLong();
            for (const message of messages) yield toCopied(message, now);
        }
    }

    /** https://learn.microsoft.com/rest/api/storageservices/get-messages */
    async #receive(visibilityTimeout: number): Promise<{ messages: ReceivedMessage[]; now: Date }> {
        const { bodyAsText, headers } = await this.#send({
            method: "GET",
            url: `${this.#url}?numofmessages=${String(messagesAtOnce)}&visibilitytimeout=${String(visibilityTimeout)}`,
        });
        const date = headers.get("date");
        return {
            messages: parseMessages(bodyAsText ?? ""),
            now: date === undefined ? new Date() : new Date(date),
        };
    }

    /**
     * Without a text: what the message says stays as it is. Where this fails, the message comes back by itself; that a
     * role lacks the right is an error all the same.
     * https://learn.microsoft.com/rest/api/storageservices/update-message
     */
    async #giveBack(id: string, receipt: string): Promise<void> {
        const url = `${this.#url}/${encodeURIComponent(id)}?popreceipt=${encodeURIComponent(receipt)}&visibilitytimeout=0`;
        try {
            await this.#send({ method: "PUT", url });
        } catch (error) {
            if (statusOf(error) === 403) throw error;
        }
    }

    #send(request: Pick<WireRequest, "method" | "url" | "body">) {
        return this.wire.send({ ...request, signal: this.signal });
    }
}

/** A queue was not read before its first messages could be seen again. */
export class TookTooLong extends Error {}

function toCopied({ text, expires }: ReceivedMessage, now: Date): CopiedMessage {
    const seconds = Math.ceil((expires.getTime() - now.getTime()) / 1_000);
    return { text, timeToLive: expires.getUTCFullYear() >= never ? -1 : Math.max(1, seconds) };
}
