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
} from "../core/contract.js";
import type { BlobContent } from "./blob-content.js";
import { versionOf, type BlobProperties } from "./blob-item.js";
import { openBlobStore } from "./blob-store.js";
import { sameProtection, withoutBound, type BoundProperties } from "./bound-properties.js";
import { openBlobService } from "./client.js";
import { Containers } from "./container-support.js";
import { foreseeScope, ScopeHeaders, scopesOf, type ScopeOf } from "./encryption-scopes.js";
import { rehydratedKey } from "./metadata.js";
import { splitName } from "./names.js";
import { OlderVersions } from "./older-versions.js";
import { blobOptions } from "./options.js";
import { foreseeProtection } from "./protection.js";
import { ProtectionWriter } from "./protection-writer.js";
import { foreseeRehydration, isFromArchive, realDigest, type RehydratePriority } from "./rehydration.js";
import { RehydrationStarter } from "./rehydration-starter.js";
import type { BlobServiceClient, BlockBlobClient } from "./sdk.js";
import type { TransferSizes } from "./transfer-sizes.js";

type Inner = Awaited<ReturnType<typeof openBlobStore>>;

/**
 * The blobs of an account with all that hangs on the account: immutability policies, legal holds, encryption scopes, the
 * archive, older versions. What a blob holds is the plain store's.
 */
export async function openBoundBlobStore(
    resource: ResourceRef,
    context: Context,
    sizes: Partial<TransferSizes> = {},
): Promise<Store<BlobContent>> {
    const scopes = new ScopeHeaders();
    const httpClient = scopes.client(context.httpClient);
    const inner = await openBlobStore(resource, { ...context, httpClient }, sizes);
    return new BoundBlobStore(inner, await openBlobService(resource, context), { resource, context, scopes });
}

interface Place {
    readonly resource: ResourceRef;
    readonly context: Context;
    readonly scopes: ScopeHeaders;
}

class BoundBlobStore implements Store<BlobContent> {
    readonly #options: ReturnType<typeof blobOptions.parse>;
    readonly #containers: Containers;
    readonly #scopeOf: ScopeOf;
    readonly #protection: ProtectionWriter;
    readonly #versions: OlderVersions;
    readonly #rehydration: RehydrationStarter;

    constructor(
        private readonly inner: Inner,
        private readonly service: BlobServiceClient,
        private readonly place: Place,
    ) {
        const { resource, context } = place;
        this.#options = blobOptions.parse(context.options);
        this.#containers = new Containers(service, context.signal);
        this.#scopeOf = scopesOf(resource, context, this.#options.encryptionScopes);
        this.#protection = new ProtectionWriter(context.signal);
        this.#versions = new OlderVersions(resource, context);
        this.#rehydration = new RehydrationStarter(resource, context);
    }

    list(options?: ListOptions): AsyncIterable<Item> {
        return this.inner.list(options);
    }

    find(name: string): Promise<Item | undefined> {
        return this.inner.find(name);
    }

    get(item: Item): Promise<BlobContent> {
        return this.inner.get(item);
    }

    async foresee(item: Item, source: Store<BlobContent>, outlook: Outlook): Promise<Item> {
        if (!(source instanceof BoundBlobStore)) return item;
        const looked = (await this.inner.foresee?.(item, source.inner, outlook)) ?? item;
        const carried = foreseeRehydration(looked, {
            ...outlook,
            priority: this.#priority,
            regions: { source: source.place.resource.location, target: this.place.resource.location },
        });
        if (carried.lost !== undefined) return carried;
        const bound = await this.#foreseeBound(carried, outlook);
        const versions = await source.#versions.losses(splitName(item.name).container, item.name);
        return versions.length === 0 ? bound : { ...bound, losses: [...(bound.losses ?? []), ...versions] };
    }

    /** Containers are asked only where there is something to be carried. */
    async #foreseeBound(item: Item, { name, existing }: Outlook): Promise<Item> {
        const found = existing?.properties as BoundProperties | undefined;
        if (!isBound(item.properties) && !isBound(found ?? {})) return item;
        const support = await this.#containers.support(splitName(name).container);
        const guarded = foreseeProtection(item, {
            option: this.#options.immutability ?? "unlocked",
            existing: found,
            supported: support.immutability,
            now: Date.now(),
        });
        // Copy Blob, which alone reads archived blobs, takes no scope.
        const scopeOf = isFromArchive(item) ? () => Promise.resolve(undefined) : this.#scopeOf;
        return foreseeScope(guarded, found, support, scopeOf);
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
        if (!(source instanceof BoundBlobStore)) {
            return (
                this.inner.copyFrom?.(source, sourceItem, item, options) ?? Promise.reject(new TypeError())
            );
        }
        if (isFromArchive(item)) return this.#rehydrate(source, sourceItem, item, options);
        return this.#write(item, options, (plain, others) => {
            if (this.inner.copyFrom === undefined) throw new TypeError("the plain store copies");
            return this.inner.copyFrom(source.inner, plainItem(sourceItem), plain, others);
        });
    }

    putProperties(item: Item, options: PutOptions & { existing: Item }): Promise<Item> {
        const { rehydratedFrom, metadata } = item.properties as BlobProperties;
        const properties = { ...item.properties } as BlobProperties;
        if (rehydratedFrom !== undefined)
            properties.metadata = { ...metadata, [rehydratedKey]: rehydratedFrom };
        return this.#write({ ...item, properties }, options, (plain, others) => {
            if (this.inner.putProperties === undefined)
                throw new TypeError("the plain store sets properties");
            return this.inner.putProperties(plain, { ...others, existing: plainItem(options.existing) });
        });
    }

    async mark(item: Item, owner: string): Promise<Item> {
        const { encryptionScope } = item.properties as BlobProperties;
        return this.place.scopes.use(this.#client(item.name).url, encryptionScope, async () => {
            if (this.inner.mark === undefined) throw new TypeError("the plain store marks");
            return this.inner.mark(item, owner);
        });
    }

    remove(name: string, options: { expected?: Item }): Promise<void> {
        return this.inner.remove(name, options);
    }

    shortfall(source: Item, target: Item): readonly Loss[] {
        return [
            ...(this.inner.shortfall?.(source, target) ?? []),
            ...(target.losses ?? []).filter(
                ({ what }) => what === "immutability policy" || what === "legal hold",
            ),
        ];
    }

    differsSilently(source: Item, target: Item): boolean {
        return (
            this.inner.differsSilently?.(source, target) === true ||
            !sameProtection(source.properties, target.properties)
        );
    }

    equalStreams(a: BlobContent, b: BlobContent): Promise<StreamComparison> {
        return this.inner.equalStreams?.(a, b) ?? Promise.resolve({ equal: false, bytes: 0 });
    }

    get #priority(): RehydratePriority | undefined {
        return this.#options.rehydrate === false ? undefined : this.#options.rehydrate;
    }

    #client(name: string): BlockBlobClient {
        const { container, blob } = splitName(name);
        return this.service.getContainerClient(container).getBlockBlobClient(blob);
    }

    /** Writes a blob as the plain store does, with its scope, and protects it once it is whole. */
    async #write(
        item: Item,
        options: PutOptions,
        write: (plain: Item, options: PutOptions) => Promise<Item>,
    ): Promise<Item> {
        const client = this.#client(item.name);
        const { immutability, legalHold, encryptionScope, rehydratedFrom } =
            item.properties as BlobProperties;
        const existing = options.existing && plainItem(options.existing);
        const written = await this.place.scopes.use(client.url, encryptionScope, () =>
            write(plainItem(item), { ...options, ...(existing && { existing }) }),
        );
        const { container } = splitName(item.name);
        const support = await this.#containers.support(container);
        if (!support.immutability) return written;
        // What the blob has by now of its container's default policy is not in the write's answer.
        const protection = await this.#protection.protect(
            { client, name: item.name, written: written.version, find: (name) => this.inner.find(name) },
            { ...(immutability && { immutability }), ...(legalHold && { legalHold }) },
        );
        const properties = {
            ...withoutBound(written.properties as BlobProperties),
            ...protection.properties,
            ...(encryptionScope === undefined ? {} : { encryptionScope }),
            ...(rehydratedFrom === undefined ? {} : { rehydratedFrom }),
        } as BlobProperties;
        const losses = [...(written.losses ?? []), ...protection.losses];
        return {
            ...written,
            properties,
            version: versionOf(written.version.split(" ")[0], properties),
            ...(losses.length === 0 ? {} : { losses }),
        };
    }

    #rehydrate(source: BoundBlobStore, sourceItem: Item, item: Item, options: PutOptions): Promise<Item> {
        return this.#rehydration.copy({
            source: source.service,
            sourceContext: source.place.context,
            sourceName: sourceItem.name,
            item,
            options,
            priority: this.#priority ?? "standard",
            find: (name) => this.inner.find(name),
        });
    }
}

/** The item as the plain store knows it. */
function plainItem(item: Item): Item {
    const { digest, ...others } = item;
    const real = realDigest(digest);
    return {
        ...others,
        properties: withoutBound(item.properties as BlobProperties),
        ...(real === undefined ? {} : { digest: real }),
    };
}

function isBound({ immutability, legalHold, encryptionScope }: BoundProperties): boolean {
    return immutability !== undefined || legalHold !== undefined || encryptionScope !== undefined;
}
