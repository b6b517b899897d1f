import type { QueueServiceClient } from "@azure/storage-queue";
import type { Context, Item, Loss, PutOptions, ResourceRef, Store } from "../../core/contract.js";
import { DataplaneError } from "../../core/errors.js";
import { canonicalJson } from "../../core/json.js";
import { statusOf } from "../../core/rest-error.js";
import { changedDuringRun, isConditionFailure, unlessAbsent } from "../errors.js";
import { messagesKey, ownEntry, withOwn } from "../metadata.js";
import { queueOptions } from "../options.js";
import { toIdentifiers, unwritablePolicies, type Policy } from "../policies.js";
import { openQueueService } from "./client.js";
import { policyRole } from "./permissions.js";
import { toQueueItem, type QueueFacts, type QueueProperties } from "./queue-item.js";

/** How many queues are looked at at once. */
const looksAtOnce = 8;

/** Opens the queues of an account. Throws `InvalidArgument` where no queue service is known. */
export async function openQueueStore(resource: ResourceRef, context: Context): Promise<Store<null>> {
    return new QueueStore(await openQueueService(resource, context), context);
}

class QueueStore implements Store<null> {
    readonly #policies: boolean | undefined;

    constructor(
        private readonly service: QueueServiceClient,
        private readonly context: Context,
    ) {
        const { policies } = queueOptions.parse(context.options);
        this.#policies = context.mode === "template" ? false : policies;
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
    get(): Promise<null> {
        return Promise.resolve(null);
    }

    equal(): boolean {
        return true;
    }

    put(item: Item, _content: null, options: PutOptions): Promise<Item> {
        return options.existing === undefined
            ? this.#create(item, options)
            : this.putProperties(item, { ...options, existing: options.existing });
    }

    putEmpty(item: Item, options: PutOptions): Promise<Item> {
        return this.put(item, null, options);
    }

    /** Policies that could not be set are missing in every later run too, not only in the one that tried. */
    shortfall(source: Item, target: Item): readonly Loss[] {
        return this.#policiesChange(source, target) ? [unwritablePolicies(source.name, policyRole)] : [];
    }

    /** No request on queues knows conditions, so the look right before it is as near as one can get. */
    async putProperties(item: Item, options: PutOptions & { existing: Item }): Promise<Item> {
        const facts = await this.#mustBe(item.name, options.existing);
        if (!this.#policiesChange(item, options.existing)) {
            await this.#setMetadata(item, facts, options);
            return this.#written(item, []);
        }
        await this.#setMetadata(item, facts, { ...options, unfinished: true });
        return this.#finish(item, facts, options);
    }

    async mark(item: Item, owner: string): Promise<Item> {
        await this.#setMetadata(item, await this.#mustBe(item.name, item), { owner });
        return this.#written(item, []);
    }

    /** Only an empty queue is removed: its messages are somebody's work. */
    async remove(name: string, { expected }: { expected?: Item }): Promise<void> {
        const facts = await this.#facts(name, true);
        if (facts === undefined) return;
        if (expected !== undefined && toQueueItem(facts).version !== expected.version) {
            throw changedDuringRun("queue", name);
        }
        if ((facts.messages ?? 0) > 0) {
            throw new DataplaneError("Conflict", `the queue "${name}" has messages`, {
                item: name,
                side: "target",
                remedy: "Let them be handled or clear the queue yourself, or keep it.",
            });
        }
        await unlessAbsent(this.#queue(name).delete(this.#abort), "QueueNotFound");
    }

    async #create(item: Item, options: PutOptions): Promise<Item> {
        const setsPolicies = this.#policiesChange(item, undefined);
        const metadata = this.#metadata(item, undefined, { ...options, unfinished: setsPolicies });
        // A queue that is there with the same metadata is no error to the service.
        if ((await this.find(item.name)) !== undefined) throw changedDuringRun("queue", item.name);
        try {
            await this.#queue(item.name).create({ metadata, ...this.#abort });
        } catch (error) {
            throw isConditionFailure(error) ? changedDuringRun("queue", item.name) : error;
        }
        return setsPolicies ? this.#finish(item, undefined, options) : this.#written(item, []);
    }

    /** What comes after the mark that the queue is unfinished: the policies, then the metadata without that mark. */
    async #finish(item: Item, facts: QueueFacts | undefined, options: PutOptions): Promise<Item> {
        const losses = await this.#setPolicies(item);
        await this.#setMetadata(item, facts, options);
        return this.#written(item, losses);
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

    async #setMetadata(
        item: Item,
        facts: QueueFacts | undefined,
        own: { owner?: string | undefined; unfinished?: boolean },
    ): Promise<void> {
        await this.#queue(item.name).setMetadata(this.#metadata(item, facts, own), this.#abort);
    }

    /** What says which messages were copied stays as it is. */
    #metadata(
        item: Item,
        facts: QueueFacts | undefined,
        own: { owner?: string | undefined; unfinished?: boolean },
    ): Record<string, string> {
        const messages = ownEntry(facts?.metadata, messagesKey);
        return {
            ...withOwn((item.properties as QueueProperties).metadata, own),
            ...(messages === undefined ? {} : { [messagesKey]: messages }),
        };
    }

    async #written(item: Item, losses: Loss[]): Promise<Item> {
        const found = await this.find(item.name);
        if (found === undefined) throw changedDuringRun("queue", item.name);
        return losses.length === 0 ? found : { ...found, losses };
    }

    async #mustBe(name: string, expected: Item): Promise<QueueFacts> {
        const facts = await this.#facts(name);
        if (facts === undefined || toQueueItem(facts).version !== expected.version)
            throw changedDuringRun("queue", name);
        return facts;
    }

    /** How many messages there are is told at the source alone: what the target has of its own is nobody's loss. */
    async #facts(name: string, counts = this.context.side === "source"): Promise<QueueFacts | undefined> {
        const found = await unlessAbsent(this.#queue(name).getProperties(this.#abort), "QueueNotFound");
        if (found === undefined) return undefined;
        return {
            name,
            metadata: found.metadata,
            policies: await this.#readPolicies(name),
            ...(counts ? { messages: found.approximateMessagesCount } : {}),
        };
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

    #queue(name: string) {
        return this.service.getQueueClient(name);
    }

    get #abort() {
        return { abortSignal: this.context.signal };
    }
}
