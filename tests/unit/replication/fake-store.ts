import { z } from "zod";
import type {
    ElementType,
    Features,
    Item,
    ListOptions,
    PutOptions,
    Side,
    Store,
} from "../../../providers/core/contract.js";
import { DataplaneError } from "../../../providers/core/errors.js";
import type { Json } from "../../../providers/core/json.js";
import type { Timing } from "../../../providers/core/replication/timing.js";

/** A clock that only moves when somebody sleeps or a test says so: no test waits. */
export class FakeClock implements Timing {
    #now = Date.parse("2030-01-01T00:00:00Z");
    readonly slept: number[] = [];

    now(): number {
        return this.#now;
    }

    advance(milliseconds: number): void {
        this.#now += milliseconds;
    }

    async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
        await new Promise((resolve) => setImmediate(resolve));
        if (signal.aborted) throw new DataplaneError("Cancelled", "the run was cancelled");
        this.slept.push(milliseconds);
        this.#now += milliseconds;
    }
}

export interface FakeOptions extends Partial<Features> {
    name?: string;
    /** Names that differ only in case are one. */
    foldsCase?: boolean;
    concurrency?: number;
    /** The group of a name: what stands before its first slash. */
    groups?: boolean;
}

/** An element type over `FakeStore`, with the features that a test asks for. */
export function fakeElement(options: FakeOptions = {}): ElementType<string> {
    const { name = "things", foldsCase = false, concurrency = 4, groups = false, ...features } = options;
    return {
        name,
        singular: "thing",
        features: {
            modes: ["template", "replication"],
            order: "none",
            detail: groups ? "groups" : "items",
            digest: false,
            comparesValues: false,
            keepsVersions: false,
            softDelete: false,
            serverSideCopy: false,
            rename: true,
            overrides: true,
            marker: true,
            rewrite: true,
            ...features,
        },
        limits: { concurrency, rates: [], requestsPerItem: () => ({}) },
        options: z.record(z.string(), z.unknown()),
        permissions: () => {
            const permission = {
                actions: [],
                dataActions: [],
                role: { name: "Thing Officer", id: "0" },
                purpose: "do it",
            };
            return { source: [permission], target: [permission] };
        },
        sourceReads: () => false,
        idempotent: () => false,
        invalidName: (text) => (text.includes("!") ? "it has an exclamation mark" : undefined),
        key: (text) => (foldsCase ? text.toLowerCase() : text),
        compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
        override: (value) => value,
        rewrite: (content, replace) => replace(content),
        open: () => Promise.reject(new Error("the fake is not opened")),
    };
}

export interface FakeEntry {
    name: string;
    content: string;
    properties: Record<string, Json>;
    version: string;
    modified: number;
    owner?: string;
    placeholder?: boolean;
    extra?: Partial<Item>;
}

export type Operation =
    "list" | "page" | "find" | "get" | "put" | "putEmpty" | "putProperties" | "copyFrom" | "mark" | "remove";

export interface Call {
    operation: Operation;
    name: string;
}

const writing: ReadonlySet<Operation> = new Set([
    "put",
    "putEmpty",
    "putProperties",
    "copyFrom",
    "mark",
    "remove",
]);

/** Thrown by a test's `before` or `after`, to stand for what a service answers. */
export type Fault = (call: Call, store: FakeStore) => void | Promise<void>;

/**
 * A store in memory. It keeps a log of its calls, hands every call to `before` and, when it has been applied, to
 * `after`: a test throws there, changes the store behind the engine's back, or aborts. Its clock shows whole seconds.
 */
export class FakeStore implements Store<string> {
    readonly entries = new Map<string, FakeEntry>();
    readonly calls: Call[] = [];
    before: Fault = () => undefined;
    after: Fault = () => undefined;
    putProperties?: NonNullable<Store<string>["putProperties"]>;
    copyFrom?: NonNullable<Store<string>["copyFrom"]>;
    mark?: NonNullable<Store<string>["mark"]>;
    equal?: NonNullable<Store<string>["equal"]>;
    equalStreams?: NonNullable<Store<string>["equalStreams"]>;
    differsSilently?: NonNullable<Store<string>["differsSilently"]>;
    keepsContent?: NonNullable<Store<string>["keepsContent"]>;
    /** Calls that run right now, and the most there were at once. */
    running = 0;
    mostRunning = 0;
    #versions = 0;

    constructor(
        readonly element: ElementType<string>,
        readonly clock: FakeClock,
        readonly side: Side,
    ) {
        const { features } = element;
        if (features.comparesValues) this.equal = (a, b) => a === b;
        if (features.serverSideCopy)
            this.copyFrom = (from, source, item, options) => this.#copy(from, source, item, options);
        if (features.marker) this.mark = (item, owner) => this.#mark(item, owner);
        this.putProperties = (item, options) => this.#writeProperties(item, options);
    }

    get writes(): Call[] {
        return this.calls.filter(({ operation }) => writing.has(operation));
    }

    count(operation: Operation): number {
        return this.calls.filter((call) => call.operation === operation).length;
    }

    /** Changes an item as somebody else would. */
    change(name: string, content: string, more: Partial<Omit<FakeEntry, "name" | "content">> = {}): void {
        const key = this.element.key(name);
        const { properties = this.entries.get(key)?.properties ?? {}, ...rest } = more;
        this.entries.set(key, {
            name,
            content,
            properties,
            version: this.#nextVersion(),
            modified: this.#stamp(),
            ...rest,
        });
    }

    drop(name: string): void {
        this.entries.delete(this.element.key(name));
    }

    /** What a test compares: content by name. */
    contents(): Record<string, string> {
        return Object.fromEntries(
            [...this.entries.values()].map((entry): [string, string] => [entry.name, entry.content]).sort(),
        );
    }

    async *list(options: ListOptions = {}): AsyncIterable<Item> {
        await this.#call("list", (options.groups ?? []).join());
        const names = [...this.entries.keys()];
        if (this.element.features.order === "key") names.sort((a, b) => this.element.compare(a, b));
        // Two a page: what changes meanwhile shows on the later pages.
        for (const [index, name] of names.entries()) {
            if (index % 2 === 0) await this.#call("page", name);
            const entry = this.entries.get(name);
            if (entry === undefined) continue;
            const item = this.item(entry);
            if (options.groups === undefined || options.groups.includes(item.group ?? "")) yield item;
        }
    }

    async find(name: string): Promise<Item | undefined> {
        await this.#call("find", name);
        const entry = this.entries.get(this.element.key(name));
        return entry === undefined ? undefined : this.item(entry);
    }

    get(item: Item): Promise<string> {
        return this.#do("get", item.name, () => {
            const entry = this.entries.get(this.element.key(item.name));
            if (entry === undefined) throw new DataplaneError("Conflict", `${item.name} is gone`);
            return entry.content;
        });
    }

    put(item: Item, content: string, options: PutOptions): Promise<Item> {
        return this.#write("put", item, options, content);
    }

    putEmpty(item: Item, options: PutOptions): Promise<Item> {
        return this.#write("putEmpty", item, options, "", true);
    }

    remove(name: string, options: { expected?: Item }): Promise<void> {
        return this.#do("remove", name, () => {
            const key = this.element.key(name);
            const entry = this.entries.get(key);
            if (entry === undefined) return;
            if (options.expected !== undefined) this.#expect(name, options.expected);
            this.entries.delete(key);
        });
    }

    item(entry: FakeEntry): Item {
        const { features } = this.element;
        return {
            name: entry.name,
            version: entry.version,
            bytes: entry.content.length,
            properties: entry.properties,
            modified: new Date(entry.modified),
            ...(features.digest ? { digest: `digest of ${entry.content}` } : {}),
            ...(features.detail === "groups" ? { group: entry.name.split("/")[0] ?? "" } : {}),
            ...(entry.owner === undefined ? {} : { owner: entry.owner }),
            ...(entry.placeholder === true ? { placeholder: true } : {}),
            ...entry.extra,
        };
    }

    #write(
        operation: Operation,
        item: Item,
        options: PutOptions,
        content: string,
        placeholder = false,
    ): Promise<Item> {
        return this.#do(operation, item.name, () => {
            this.#expect(item.name, options.existing);
            const entry: FakeEntry = {
                name: item.name,
                content,
                properties: { ...item.properties },
                version: this.#nextVersion(),
                modified: this.#stamp(),
                ...(options.owner === undefined ? {} : { owner: options.owner }),
                ...(placeholder ? { placeholder } : {}),
            };
            this.entries.set(this.element.key(item.name), entry);
            return this.item(entry);
        });
    }

    #writeProperties(item: Item, options: PutOptions): Promise<Item> {
        const content = this.entries.get(this.element.key(item.name))?.content ?? "";
        return this.#write("putProperties", item, options, content);
    }

    #copy(from: Store<string>, source: Item, item: Item, options: PutOptions): Promise<Item> {
        const content =
            from instanceof FakeStore ? (from.entries.get(this.element.key(source.name))?.content ?? "") : "";
        return this.#write("copyFrom", item, options, content);
    }

    #mark(item: Item, owner: string): Promise<Item> {
        return this.#do("mark", item.name, () => {
            const entry = this.entries.get(this.element.key(item.name));
            if (entry === undefined) throw new DataplaneError("Conflict", `${item.name} is gone`);
            Object.assign(entry, { owner, version: this.#nextVersion(), modified: this.#stamp() });
            return this.item(entry);
        });
    }

    /** Every write is conditional on what the writer saw. */
    #expect(name: string, existing: Item | undefined): void {
        if (this.entries.get(this.element.key(name))?.version === existing?.version) return;
        throw new DataplaneError("Conflict", `${name} is not as it was`, { status: 412 });
    }

    async #do<T>(operation: Operation, name: string, apply: () => T): Promise<T> {
        this.running += 1;
        this.mostRunning = Math.max(this.mostRunning, this.running);
        try {
            await this.#call(operation, name);
            const result = apply();
            await this.after({ operation, name }, this);
            return result;
        } finally {
            this.running -= 1;
        }
    }

    async #call(operation: Operation, name: string): Promise<void> {
        const call = { operation, name };
        this.calls.push(call);
        await new Promise((resolve) => setImmediate(resolve));
        await this.before(call, this);
    }

    #nextVersion(): string {
        this.#versions += 1;
        return `${this.side}-${String(this.#versions)}`;
    }

    #stamp(): number {
        return Math.floor(this.clock.now() / 1000) * 1000;
    }
}
