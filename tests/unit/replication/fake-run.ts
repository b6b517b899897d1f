import type { Item } from "../../../providers/core/contract.js";
import { summariseGroups } from "../../../providers/core/replication/groups.js";
import { replicate } from "../../../providers/core/replication/replicate.js";
import { Selector } from "../../../providers/core/replication/selection.js";
import type {
    Copied,
    ReplicationRequest,
    ReplicationResult,
} from "../../../providers/core/replication/types.js";
import { FakeClock, fakeElement, FakeStore, type FakeOptions } from "./fake-store.js";

/** Two fake stores, a clock, and the records that one run leaves for the next. */
export class FakeReplica {
    readonly clock = new FakeClock();
    readonly source: FakeStore;
    readonly target: FakeStore;
    copied: Copied = {};
    last: ReplicationResult | undefined;

    constructor(options: FakeOptions = {}) {
        const element = fakeElement(options);
        this.source = new FakeStore(element, this.clock, "source");
        this.target = new FakeStore(element, this.clock, "target");
    }

    get element() {
        return this.source.element;
    }

    /** The input `items`, as a preview would make it now. */
    async preview(request: Partial<ReplicationRequest> = {}): Promise<ReplicationRequest["items"]> {
        const selector = new Selector(request.selection ?? {}, this.element);
        const groups = summariseGroups();
        const names: [string, string][] = [];
        for await (const item of listed(this.source)) {
            if (!selector.selects(item.name)) continue;
            groups.add(item);
            names.push([item.name, item.version]);
        }
        const detail = request.detail ?? this.element.features.detail;
        return detail === "groups" ? groups.summaries() : Object.fromEntries(names);
    }

    /** One `pulumi up`: previews, replicates, keeps the records. */
    async up(request: Partial<ReplicationRequest> = {}): Promise<ReplicationResult> {
        const result = await replicate(await this.request(request), this.clock);
        this.copied = result.copied;
        this.last = result;
        return result;
    }

    async request(request: Partial<ReplicationRequest> = {}): Promise<ReplicationRequest> {
        return {
            element: this.element,
            source: this.source,
            target: this.target,
            mode: "replication",
            detail: this.element.features.detail,
            selection: {},
            items: await this.preview(request),
            copied: this.copied,
            onConflict: "fail",
            prune: false,
            accessTimeoutMilliseconds: 300_000,
            signal: new AbortController().signal,
            ...request,
        };
    }
}

/** The store's items without a call to it. */
export async function* listed(store: FakeStore): AsyncGenerator<Item> {
    await Promise.resolve();
    for (const entry of store.entries.values()) yield store.item(entry);
}
