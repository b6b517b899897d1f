import type { BatchAnswer, Batching, BatchWrite } from "../batching.js";
import type { ElementType, Item, PutOptions, Store } from "../contract.js";
import { isDataplaneError } from "../errors.js";
import type { PoolWatch } from "./pool.js";
import { cancelled } from "./timing.js";

/** A write whose caller waits for its answer. */
interface Waiting extends BatchWrite {
    readonly bytes: number;
    readonly resolve: (item: Item) => void;
    readonly reject: (error: unknown) => void;
}

interface Batch {
    readonly writes: Waiting[];
    bytes: number;
}

/** Undefined where the element type's items are written one by one. */
export function openBatches(
    { batches, limits }: ElementType,
    target: Store,
    signal: AbortSignal,
): Batches | undefined {
    if (batches === undefined || target.putMany === undefined) return undefined;
    return new Batches(batches, target, { requests: limits.concurrency, signal });
}

/**
 * Gathers single writes to requests that carry many. Each caller has its own answer, as if it had written alone: an item
 * that the service refuses fails by itself, and the rest of its batch is sent again without it.
 *
 * A batch leaves when it is full. Others leave, the oldest first, when a request may be sent and nothing can be added:
 * when the pool takes no further item, and all that it works on wait for an answer. No time is waited for.
 */
export class Batches implements PoolWatch {
    /** How many items must be under way to fill all requests. */
    readonly itemsAtOnce: number;
    /** By key, the oldest first. */
    readonly #open = new Map<string, Batch>();
    readonly #ready: Batch[] = [];
    /** Writes that wait for an answer, and their bytes. */
    #waiting = 0;
    #bytes = 0;
    #requests = 0;
    #pool = { running: 0, waits: false };

    constructor(
        private readonly batching: Batching,
        private readonly target: Store,
        private readonly options: { readonly requests: number; readonly signal: AbortSignal },
    ) {
        this.itemsAtOnce = options.requests * batching.items;
    }

    put(item: Item, content: unknown, options: PutOptions): Promise<Item> {
        return new Promise((resolve, reject) => {
            const bytes = this.batching.size(item, content);
            this.#waiting += 1;
            this.#bytes += bytes;
            this.#add({ item, content, options, bytes, resolve, reject });
            this.#sendReady();
        });
    }

    /** So many bytes fill all requests: more would only be held in memory. */
    isFull(): boolean {
        return this.#bytes >= this.options.requests * this.batching.bytes;
    }

    changed(running: number, waits: boolean): void {
        this.#pool = { running, waits };
        this.#sendReady();
    }

    #add(write: Waiting): void {
        const key = this.batching.key(write.item.name);
        const open = this.#open.get(key);
        if (open !== undefined && open.bytes + write.bytes > this.batching.bytes) this.#close(key, open);
        const batch = this.#open.get(key) ?? { writes: [], bytes: 0 };
        batch.writes.push(write);
        batch.bytes += write.bytes;
        this.#open.set(key, batch);
        if (batch.writes.length >= this.batching.items) this.#close(key, batch);
    }

    #close(key: string, batch: Batch): void {
        this.#open.delete(key);
        this.#ready.push(batch);
    }

    #sendReady(): void {
        while (this.#requests < this.options.requests) {
            const batch = this.#ready.shift() ?? this.#oldest();
            if (batch === undefined) return;
            void this.#send(batch);
        }
    }

    /** A batch to which nothing will be added before something is answered. */
    #oldest(): Batch | undefined {
        const { running, waits } = this.#pool;
        if (!waits || this.#waiting < running) return undefined;
        const [oldest] = this.#open;
        if (oldest === undefined) return undefined;
        this.#open.delete(oldest[0]);
        return oldest[1];
    }

    async #send({ writes }: Batch): Promise<void> {
        this.#requests += 1;
        let left: readonly Waiting[] = writes;
        while (left.length > 1) left = await this.#together(left);
        for (const write of left) await this.#alone(write);
        this.#requests -= 1;
        this.#sendReady();
    }

    /** Answers with what is to be sent again. */
    async #together(writes: readonly Waiting[]): Promise<readonly Waiting[]> {
        try {
            if (this.options.signal.aborted) throw cancelled();
            const answer = await this.#putMany(writes);
            if ("written" in answer) {
                writes.forEach((write, index) => {
                    this.#answer(write, answer.written[index]);
                });
                return [];
            }
            const refused = writes[answer.refused];
            if (refused === undefined) throw answer.error;
            this.#settle(refused, () => {
                refused.reject(answer.error);
            });
            return writes.filter((write) => write !== refused);
        } catch (error) {
            // The service takes none of it and names none: what each of them alone is worth, it says of each alone.
            if (isRefusedWhole(error)) {
                for (const write of writes) await this.#alone(write);
                return [];
            }
            for (const write of writes) {
                this.#settle(write, () => {
                    write.reject(error);
                });
            }
            return [];
        }
    }

    #putMany(writes: readonly Waiting[]): Promise<BatchAnswer> {
        const putMany = this.target.putMany?.bind(this.target);
        if (putMany === undefined) throw new TypeError("the target writes no batches");
        return putMany(writes.map(({ item, content, options }) => ({ item, content, options })));
    }

    async #alone(write: Waiting): Promise<void> {
        const { item, content, options } = write;
        try {
            if (this.options.signal.aborted) throw cancelled();
            this.#answer(write, await this.target.put(item, content, options));
        } catch (error) {
            this.#settle(write, () => {
                write.reject(error);
            });
        }
    }

    #answer(write: Waiting, written: Item | undefined): void {
        this.#settle(write, () => {
            if (written === undefined) write.reject(new TypeError("the target left a write unanswered"));
            else write.resolve(written);
        });
    }

    #settle(write: Waiting, tell: () => void): void {
        this.#waiting -= 1;
        this.#bytes -= write.bytes;
        tell();
    }
}

/** A request that the service does not take as it is: nothing of it was carried out. */
function isRefusedWhole(error: unknown): boolean {
    return isDataplaneError(error) && (error.detail.status === 400 || error.detail.status === 413);
}
