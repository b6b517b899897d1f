import type { QueueServiceClient } from "@azure/storage-queue";
import type { Context, Item, Loss, PutOptions, ResourceRef, Store } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { canonicalJson, sameJson } from "../../core/json.js";
import { statusOf } from "../../core/rest-error.js";
import { changedDuringRun, isConditionFailure, unlessAbsent } from "../errors.js";
import { messagesKey, ownEntry, withOwn } from "../metadata.js";
import { copiesMessages, queueOptions } from "../options.js";
import { toIdentifiers, unwritablePolicies, type Policy } from "../policies.js";
import { openWire, type Wire } from "../wire.js";
import { openQueueService, queueEndpoint } from "./client.js";
import { formatMark, parseMark, type BegunMark, type CopyMark } from "./copy-mark.js";
import { copyMessages, hiddenUntil, type CountedQueue } from "./message-copy.js";
import { MessageQueue } from "./message-queue.js";
import { policyRole } from "./permissions.js";
import { toQueueItem, type QueueFacts, type QueueProperties } from "./queue-item.js";

/** How many queues are looked at at once. */
const looksAtOnce = 8;
/** For how long messages are hidden at the longest unless the user says otherwise, in seconds. */
const defaultVisibilityTimeout = 300;

/** The messages of a queue, where they are to be copied. Nothing is read of them before they are put. */
export interface QueueContent extends CountedQueue {
    /** What was copied to it, where that is known. */
    readonly mark: CopyMark | undefined;
    readonly properties: Item["properties"];
    /** The service's clock. */
    readonly now: Date;
}

/** A copying of messages that has to be done. */
interface Copying {
    readonly source: CountedQueue;
    readonly target: CountedQueue;
    readonly broken: BegunMark | undefined;
    readonly now: Date;
}

/** What a write has to do about messages. */
interface MessagePlan {
    readonly copying?: Copying;
    /** What the queue says of them until that is done. */
    readonly mark?: CopyMark;
}

/** What is written on a queue beside its own metadata. */
interface Own {
    readonly owner?: string | undefined;
    readonly unfinished?: boolean;
    /** Default: what says which messages were copied stays as it is. */
    readonly mark?: CopyMark | undefined;
}

/** Opens the queues of an account. Throws `InvalidArgument` where no queue service is known. */
export async function openQueueStore(
    resource: ResourceRef,
    context: Context,
): Promise<Store<QueueContent | null>> {
    const service = await openQueueService(resource, context);
    const place = { endpoint: queueEndpoint(resource, context), resource: resource.id ?? resource.reference };
    return new QueueStore(service, place, await openWire(context), context);
}

class QueueStore implements Store<QueueContent | null> {
    readonly #policies: boolean | undefined;
    readonly #copies: boolean;
    readonly #visibilityTimeout: number;

    constructor(
        private readonly service: QueueServiceClient,
        private readonly place: { readonly endpoint: string; readonly resource: string },
        private readonly wire: Wire,
        private readonly context: Context,
    ) {
        const options = queueOptions.parse(context.options);
        const isTemplate = context.mode === "template";
        this.#policies = isTemplate ? false : options.policies;
        this.#copies = !isTemplate && copiesMessages(options);
        this.#visibilityTimeout = options.visibilityTimeout ?? defaultVisibilityTimeout;
    }

    async *list(): AsyncIterable<Item> {
        const { signal: abortSignal } = this.context;
        const pages = this.service.listQueues({ includeMetadata: true, abortSignal }).byPage();
        for await (const { queueItems = [] } of pages) {
            for (let start = 0; start < queueItems.length; start += looksAtOnce) {
                const some = queueItems.slice(start, start + looksAtOnce);
                const found = await Promise.all(some.map(({ name }) => this.find(name)));
                yield* found.filter((item) => item !== undefined);
            }
        }
    }

    async find(name: string): Promise<Item | undefined> {
        const facts = await this.#facts(name);
        return facts === undefined ? undefined : toQueueItem(facts);
    }

    /** A queue without its messages is all properties. */
    async get(item: Item): Promise<QueueContent | null> {
        if (!this.#copies) return null;
        const { metadata, messages = 0, now } = (await this.#look(item.name)) ?? {};
        return {
            queue: this.#messages(item.name),
            resource: this.place.resource,
            messages,
            mark: parseMark(ownEntry(metadata, messagesKey)),
            properties: item.properties,
            now: now ?? new Date(),
        };
    }

    /** Copied once is copied: what came and went since is the consumers' business. */
    equal(source: QueueContent | null, target: QueueContent | null): boolean {
        if (source === null || target === null || source.messages === 0) return true;
        return target.mark?.state === "done" && target.mark.origin === source.queue.origin;
    }

    /** An empty queue takes messages without losing anything, so somebody else may have made it. */
    continues(content: QueueContent | null, existing: QueueContent | null): boolean {
        if (content === null || existing === null) return false;
        const isEmpty = existing.messages === 0 && existing.mark === undefined;
        return content.messages > 0 && isEmpty && sameJson(content.properties, existing.properties);
    }

    put(item: Item, content: QueueContent | null, options: PutOptions): Promise<Item> {
        return options.existing === undefined
            ? this.#create(item, content, options)
            : this.#change(item, content, { ...options, existing: options.existing });
    }

    putEmpty(item: Item, options: PutOptions): Promise<Item> {
        return this.put(item, null, options);
    }

    /** Policies that could not be set are missing in every later run too, not only in the one that tried. */
    shortfall(source: Item, target: Item): readonly Loss[] {
        return [
            ...(this.#policiesChange(source, target) ? [unwritablePolicies(source.name, policyRole)] : []),
            ...(target.losses ?? []).filter(({ what }) => what === "messages"),
        ];
    }

    putProperties(item: Item, options: PutOptions & { existing: Item }): Promise<Item> {
        return this.#change(item, null, options);
    }

    async mark(item: Item, owner: string): Promise<Item> {
        await this.#setMetadata(item, await this.#mustBe(item.name, item), { owner });
        return this.#written(item, []);
    }

    /** Only an empty queue is removed, or one with just the messages that were copied: others are somebody's work. */
    async remove(name: string, { expected }: { expected?: Item }): Promise<void> {
        const facts = await this.#facts(name, true);
        if (facts === undefined) return;
        if (expected !== undefined && toQueueItem(facts).version !== expected.version) {
            throw changedDuringRun("queue", name);
        }
        const { messages = 0, copied } = facts;
        // At the source, the guard says what there is to say.
        if (messages > 0 && messages !== copied?.sent && this.context.side === "target") {
            throw new DataplaneError("Conflict", `the queue "${name}" has messages`, {
                item: name,
                side: "target",
                remedy: "Let them be handled or clear the queue yourself, or keep it.",
            });
        }
        await unlessAbsent(this.#queue(name).delete(this.#abort), "QueueNotFound");
    }

    async #create(item: Item, content: QueueContent | null, options: PutOptions): Promise<Item> {
        const plan = this.#planMessages(item.name, content, undefined);
        const isUnfinished = this.#policiesChange(item, undefined) || plan.copying !== undefined;
        const own = { ...options, unfinished: isUnfinished, mark: plan.mark };
        // A queue that is there with the same metadata is no error to the service.
        if ((await this.find(item.name)) !== undefined) throw changedDuringRun("queue", item.name);
        try {
            const metadata = metadataOf(item, undefined, own);
            await this.#queue(item.name).create({ metadata, ...this.#abort });
        } catch (error) {
            throw isConditionFailure(error) ? changedDuringRun("queue", item.name) : error;
        }
        if (!isUnfinished) return this.#written(item, []);
        return this.#finish(item, undefined, { ...options, ...plan });
    }

    /** No request on queues knows conditions, so the look right before it is as near as one can get. */
    async #change(
        item: Item,
        content: QueueContent | null,
        options: PutOptions & { existing: Item },
    ): Promise<Item> {
        const facts = await this.#mustBe(item.name, options.existing, content !== null);
        const plan = this.#planMessages(item.name, content, facts);
        if (!this.#policiesChange(item, options.existing) && plan.copying === undefined) {
            await this.#setMetadata(item, facts, { ...options, mark: plan.mark });
            return this.#written(item, []);
        }
        await this.#setMetadata(item, facts, { ...options, unfinished: true, mark: plan.mark });
        return this.#finish(item, facts, { ...options, ...plan });
    }

    /**
     * What comes after the mark that the queue is unfinished: policies and messages, then the metadata without that
     * mark.
     */
    async #finish(
        item: Item,
        facts: QueueFacts | undefined,
        { copying, existing, ...own }: PutOptions & MessagePlan,
    ): Promise<Item> {
        const losses = this.#policiesChange(item, existing) ? await this.#setPolicies(item) : [];
        if (copying === undefined) {
            await this.#setMetadata(item, facts, own);
            return this.#written(item, losses);
        }
        const { name } = item;
        const visibilityTimeout = this.#visibilityTimeout;
        const counts = await copyMessages({ ...copying, name, visibilityTimeout });
        const { origin } = copying.source.queue;
        await this.#setMetadata(item, facts, { ...own, mark: { state: "done", origin, ...counts } });
        return this.#written(item, losses);
    }

    /** Messages go into an empty queue, or on where a run broke off. Those that a queue has of its own stay as they are. */
    #planMessages(name: string, content: QueueContent | null, facts: QueueFacts | undefined): MessagePlan {
        // At the source nothing is written: the guard says so.
        const { side } = this.context;
        if (content === null || content.messages === 0 || side === "source") return {};
        const { queue, resource, messages, now } = content;
        const { origin } = queue;
        const mark = parseMark(ownEntry(facts?.metadata, messagesKey));
        if (mark?.state === "done" && mark.origin === origin) return {};
        const broken = mark?.state === "begun" && mark.origin === origin ? mark : undefined;
        const there = facts?.messages ?? 0;
        if (there > 0 && broken === undefined) {
            return { mark: { state: "done", origin, sent: 0, hidden: 0, unsendable: 0, left: messages } };
        }
        const target = { queue: this.#messages(name), resource: this.place.resource, messages: there };
        return {
            copying: { source: { queue, resource, messages }, target, broken, now },
            mark: { state: "begun", origin, hiddenUntil: hiddenUntil(now, this.#visibilityTimeout) },
        };
    }

    /** Policies that the source does not show must not take away what the target has. */
    #policiesChange(item: Item, existing: Item | undefined): boolean {
        if (this.#policies === false || item.losses?.some(({ what }) => what === "policies") === true)
            return false;
        const of = ({ properties }: Item): Policy[] => (properties as QueueProperties).policies ?? [];
        return canonicalJson(of(item)) !== canonicalJson(existing === undefined ? [] : of(existing));
    }

    async #setPolicies(item: Item): Promise<Loss[]> {
        const { policies = [] } = item.properties as QueueProperties;
        try {
            await this.#queue(item.name).setAccessPolicy(toIdentifiers(policies), this.#abort);
            return [];
        } catch (error) {
            if (statusOf(error) === 403 && this.#policies !== true)
                return [unwritablePolicies(item.name, policyRole)];
            throw error;
        }
    }

    async #setMetadata(item: Item, facts: QueueFacts | undefined, own: Own): Promise<void> {
        await this.#queue(item.name).setMetadata(metadataOf(item, facts, own), this.#abort);
    }

    async #written(item: Item, losses: Loss[]): Promise<Item> {
        const found = await this.find(item.name);
        if (found === undefined) throw changedDuringRun("queue", item.name);
        return losses.length === 0 ? found : { ...found, losses };
    }

    async #mustBe(name: string, expected: Item, counts = false): Promise<QueueFacts> {
        const facts = await this.#facts(name, counts);
        if (facts === undefined || toQueueItem(facts).version !== expected.version)
            throw changedDuringRun("queue", name);
        return facts;
    }

    /** How many messages there are is told at the source alone: what the target has of its own is nobody's loss. */
    async #facts(name: string, counts = this.context.side === "source"): Promise<QueueFacts | undefined> {
        const found = await this.#look(name);
        if (found === undefined) return undefined;
        const { metadata, messages } = found;
        const mark = parseMark(ownEntry(metadata, messagesKey));
        return {
            name,
            metadata,
            policies: await this.#readPolicies(name),
            ...(counts ? { messages } : {}),
            ...(this.context.side === "source"
                ? { copies: this.#copies }
                : { copied: mark?.state === "done" ? mark : undefined }),
        };
    }

    async #look(name: string) {
        const found = await unlessAbsent(this.#queue(name).getProperties(this.#abort), "QueueNotFound");
        if (found === undefined) return undefined;
        const { metadata, approximateMessagesCount: messages = 0, date: now } = found;
        return { metadata, messages, now };
    }

    async #readPolicies(name: string): Promise<QueueFacts["policies"]> {
        if (this.#policies === false) return undefined;
        try {
            return (await this.#queue(name).getAccessPolicy(this.#abort)).signedIdentifiers;
        } catch (error) {
            if (statusOf(error) === 403 && this.#policies === undefined) return "denied";
            throw error;
        }
    }

    #messages(name: string): MessageQueue {
        return new MessageQueue(`${this.place.endpoint}${name}`, this.wire, this.context.signal);
    }

    #queue(name: string) {
        return this.service.getQueueClient(name);
    }

    get #abort() {
        return { abortSignal: this.context.signal };
    }
}

function metadataOf(item: Item, facts: QueueFacts | undefined, own: Own): Record<string, string> {
    const before = ownEntry(facts?.metadata, messagesKey);
    const mark = own.mark === undefined ? before : formatMark(own.mark);
    return {
        ...withOwn((item.properties as QueueProperties).metadata, own),
        ...(mark === undefined ? {} : { [messagesKey]: mark }),
    };
}
