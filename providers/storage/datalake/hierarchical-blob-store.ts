import type {
    Context,
    Item,
    ListOptions,
    Loss,
    Outlook,
    PutOptions,
    ResourceRef,
    Store,
    StreamComparison,
} from "../../core/contract.js";
import type { BlobContent } from "../blob-content.js";
import { etagOf, type BlobProperties } from "../blob-item.js";
import { openBoundBlobStore } from "../bound-blob-store.js";
import { openBlobService } from "../client.js";
import { changedDuringRun, isConditionFailure } from "../errors.js";
import { withOwn } from "../metadata.js";
import { splitName } from "../names.js";
import { blobOptions } from "../options.js";
import type { BlobServiceClient } from "../sdk.js";
import type { TransferSizes } from "../transfer-sizes.js";
import type { WriteOptions } from "../written-item.js";
import { accessIn, sameAccess, withoutAccess } from "./access-control.js";
import { Tenancy, withLosses } from "./access-outlook.js";
import { accessShortfall, AccessWriter } from "./access-writer.js";
import { openLake } from "./lake.js";
import { treeLosses, treeName } from "./tree-limits.js";

/**
 * The blobs of an account as they are where it may have a hierarchical namespace: owner, group and access control list
 * come along, and what such an account can't hold is told. All else is the store's underneath.
 */
export async function openHierarchicalBlobStore(
    resource: ResourceRef,
    context: Context,
    sizes: Partial<TransferSizes> = {},
): Promise<Store<BlobContent>> {
    const inner = await openBoundBlobStore(resource, context, sizes);
    const { accessControl, principals } = blobOptions.parse(context.options);
    const lake = await openLake(resource, context);
    const writer = lake && new AccessWriter(lake, accessControl === true);
    const service = await openBlobService(resource, context);
    return new HierarchicalBlobStore(inner, new Tenancy(context, principals), { writer, service, context });
}

interface Place {
    /** Only where the account is known to have a hierarchical namespace. */
    readonly writer: AccessWriter | undefined;
    readonly service: BlobServiceClient;
    readonly context: Context;
}

class HierarchicalBlobStore implements Store<BlobContent> {
    constructor(
        private readonly inner: Store<BlobContent>,
        private readonly tenancy: Tenancy,
        private readonly place: Place,
    ) {}

    list(options?: ListOptions): AsyncIterable<Item> {
        return this.inner.list(options);
    }

    find(name: string): Promise<Item | undefined> {
        return this.inner.find(name);
    }

    get(item: Item): Promise<BlobContent> {
        return this.inner.get(withoutAccess(item));
    }

    async foresee(item: Item, source: Store<BlobContent>, outlook: Outlook): Promise<Item> {
        if (!(source instanceof HierarchicalBlobStore)) return item;
        const isTree = this.place.writer !== undefined;
        const possible = isTree ? treeLosses(treeName(item, outlook.name)) : item;
        const looked = (await this.inner.foresee?.(possible, source.inner, outlook)) ?? possible;
        return this.tenancy.foresee(looked, source.tenancy, outlook, { hasAccess: isTree });
    }

    put(item: Item, content: BlobContent, options: PutOptions): Promise<Item> {
        return this.#write(item, options, (plain, others) => this.inner.put(plain, content, others));
    }

    async copyFrom(
        source: Store<BlobContent>,
        sourceItem: Item,
        item: Item,
        options: PutOptions,
    ): Promise<Item> {
        const from = source instanceof HierarchicalBlobStore ? source.inner : source;
        return this.#write(item, options, (plain, others) => {
            if (this.inner.copyFrom === undefined) throw new TypeError("the store underneath copies");
            return this.inner.copyFrom(from, withoutAccess(sourceItem), plain, others);
        });
    }

    async putProperties(item: Item, options: PutOptions & { existing: Item }): Promise<Item> {
        const { existing } = options;
        const access = accessIn(item);
        const { writer } = this.place;
        if (this.inner.putProperties === undefined)
            throw new TypeError("the store underneath sets properties");
        if (writer !== undefined && access !== undefined && !sameAccess(access, accessIn(existing))) {
            await this.#unlessChanged(item.name, () =>
                writer.set(item.name, access, etagOf(existing.version)),
            );
        }
        return this.inner.putProperties(withoutAccess(item), {
            ...options,
            existing: withoutAccess(existing),
        });
    }

    mark(item: Item, owner: string): Promise<Item> {
        if (this.inner.mark === undefined) throw new TypeError("the store underneath marks");
        return this.inner.mark(withoutAccess(item), owner);
    }

    remove(name: string, options: { expected?: Item }): Promise<void> {
        return this.inner.remove(name, options);
    }

    shortfall(source: Item, target: Item): readonly Loss[] {
        const inner = this.inner.shortfall?.(withoutAccess(source), withoutAccess(target)) ?? [];
        return [...inner, ...accessShortfall(source, target)];
    }

    differsSilently(source: Item, target: Item): boolean {
        return (
            this.inner.differsSilently?.(withoutAccess(source), withoutAccess(target)) === true ||
            (this.place.writer?.mayBeSet === true && !sameAccess(accessIn(source), accessIn(target)))
        );
    }

    equalStreams(a: BlobContent, b: BlobContent): Promise<StreamComparison> {
        return this.inner.equalStreams?.(a, b) ?? Promise.resolve({ equal: false, bytes: 0 });
    }

    /**
     * Writes a file, then its access control, which takes a request of its own: until that is done the file is marked as
     * unfinished, so that a run that was killed in between is gone on with.
     */
    async #write(
        item: Item,
        options: PutOptions,
        write: (plain: Item, options: WriteOptions) => Promise<Item>,
    ): Promise<Item> {
        const { writer } = this.place;
        const access = accessIn(item);
        const existing = options.existing && withoutAccess(options.existing);
        const others: WriteOptions = { ...options, ...(existing === undefined ? {} : { existing }) };
        if (writer === undefined) return write(withoutAccess(item), others);
        if (access === undefined || !writer.mayBeSet) {
            return this.#written(item.name, await write(withoutAccess(item), others));
        }
        const written = await write(withoutAccess(item), { ...others, unfinished: true });
        await this.#unlessChanged(item.name, () => writer.set(item.name, access, etagOf(written.version)));
        await this.#finish(item, options, written);
        return this.#written(item.name, written);
    }

    /** Takes the mark away. */
    async #finish(item: Item, { owner }: PutOptions, written: Item): Promise<void> {
        const { metadata } = item.properties as BlobProperties;
        const { container, blob } = splitName(item.name);
        try {
            await this.place.service
                .getContainerClient(container)
                .getBlockBlobClient(blob)
                .setMetadata(withOwn(metadata, { owner }), {
                    conditions: { ifMatch: etagOf(written.version) },
                    abortSignal: this.place.context.signal,
                });
        } catch (error) {
            if (!isConditionFailure(error)) throw error;
            // An answer may have been lost, and the request sent again.
            const found = await this.find(item.name);
            if (found?.placeholder === true || found?.owner !== owner)
                throw changedDuringRun("blob", item.name);
        }
    }

    async #written(name: string, written: Item): Promise<Item> {
        const found = await this.find(name);
        if (found === undefined) throw changedDuringRun("blob", name);
        return withLosses(
            found,
            (written.losses ?? []).filter(({ what }) => what !== "sticky bit"),
        );
    }

    async #unlessChanged(name: string, change: () => Promise<void>): Promise<void> {
        try {
            await change();
        } catch (error) {
            if (isConditionFailure(error)) throw changedDuringRun("blob", name);
            throw error;
        }
    }
}
