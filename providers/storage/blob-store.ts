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
import { DataplaneError } from "../core/errors.js";
import { sameJson } from "../core/json.js";
import { uploadContent, type BlobContent } from "./blob-content.js";
import { type UploadTarget, type Written } from "./upload-target.js";
import { copyBlob } from "./blob-copy.js";
import { differSilently, shortfallOf } from "./blob-differences.js";
import { openContent } from "./blob-download.js";
import { etagOf, headersOf, toBlobItem, type BlobProperties } from "./blob-item.js";
import { checkConvertible, kindOf } from "./blob-kind.js";
import { pathFacts } from "./datalake/access-control.js";
import { findSnapshots, listBlobs, type ListingOptions } from "./blob-listing.js";
import { copyInSteps, uploadInSteps } from "./blob-steps.js";
import { equalStreams } from "./equal-streams.js";
import { updateProperties } from "./blob-update.js";
import { openBlobService } from "./client.js";
import { changedAtSource, refused } from "./copy-refusals.js";
import type { CopySource } from "./copy-source.js";
import { changedDuringRun, isConditionFailure, unlessAbsent, unlessProtected } from "./errors.js";
import { snapshotKey, withOwn } from "./metadata.js";
import { splitName } from "./names.js";
import { blobOptions } from "./options.js";
import { openPages, type PageReader } from "./page-ranges.js";
import type { BlobServiceClient, BlockBlobClient } from "./sdk.js";
import { foreseeSnapshots, snapshotsOf, withSnapshots } from "./snapshots.js";
import { SourceAccess } from "./source-access.js";
import { SourceGrants } from "./source-grants.js";
import { TagAccess } from "./tags.js";
import { transferSizes, type TransferSizes } from "./transfer-sizes.js";
import { ownProperties, writtenItem, type BlobWrite, type WriteOptions } from "./written-item.js";

/** @param sizes which blobs go in one request and which in blocks. Default: what the service takes at most. */
export async function openBlobStore(
    resource: ResourceRef,
    context: Context,
    sizes: Partial<TransferSizes> = {},
): Promise<Store<BlobContent>> {
    const grants = new SourceGrants();
    const service = await openBlobService(resource, {
        ...context,
        httpClient: grants.client(context.httpClient),
    });
    const tree = resource.endpoints.dfs !== undefined;
    return new BlobStore(service, context, grants, { ...transferSizes, ...sizes }, tree);
}

class BlobStore implements Store<BlobContent> {
    readonly #tags: TagAccess;
    readonly #access: SourceAccess;
    readonly #reads: Pick<ListingOptions, "snapshots" | "tree" | "access">;
    /** Where snapshots are read: known once the target has looked at an item of the source. */
    #snapshotSource: BlobStore | undefined;

    constructor(
        private readonly service: BlobServiceClient,
        private readonly context: Context,
        private readonly grants: SourceGrants,
        private readonly sizes: TransferSizes,
        tree: boolean,
    ) {
        this.#access = new SourceAccess(service, context);
        const { tags, snapshots, accessControl } = blobOptions.parse(context.options);
        this.#tags = new TagAccess(tree ? false : tags);
        const access = tree && accessControl !== false;
        this.#reads = { snapshots: snapshots === true && !tree, tree, access };
    }

    list(options: ListOptions = {}): AsyncIterable<Item> {
        return listBlobs(this.service, this.#listing(options.groups));
    }

    async find(name: string): Promise<Item | undefined> {
        const client = this.#client(name);
        const { signal: abortSignal, side } = this.context;
        const facts = await unlessAbsent(
            client.getProperties({ abortSignal }),
            "BlobNotFound",
            "ContainerNotFound",
        );
        if (facts === undefined) return undefined;
        const path = pathFacts(facts, this.#reads.access);
        if (path.isDirectory) return undefined;
        const tags =
            (facts.tagCount ?? 0) > 0
                ? await this.#tags.read((withTags) =>
                      withTags ? client.getTags({ abortSignal }) : Promise.resolve(undefined),
                  )
                : { tags: {} };
        const item = toBlobItem(
            splitName(name),
            { ...facts, bytes: facts.contentLength ?? 0, tags: tags?.tags, ...path.access },
            { side, carriesTags: this.#tags.matter },
        );
        if (!this.#reads.snapshots) return item;
        return withSnapshots(item, await findSnapshots(this.service, splitName(name), this.#listing()));
    }

    foresee(item: Item, source: Store<BlobContent>, outlook: Outlook): Promise<Item> {
        if (!this.#reads.snapshots || !(source instanceof BlobStore)) return Promise.resolve(item);
        this.#snapshotSource = source;
        return Promise.resolve(foreseeSnapshots(item, outlook));
    }

    /** The blob as it is now, should it have changed since it was listed: its record keeps the version of then. */
    get(item: Item): Promise<BlobContent> {
        return this.#read(this.#client(item.name), item);
    }

    async put(item: Item, content: BlobContent, options: PutOptions): Promise<Item> {
        return unlessProtected(item.name, async () => {
            const write = ({ source, client, item: snapshot }: OpenSnapshot, others: WriteOptions) =>
                source.#read(client, snapshot).then((read) => this.#putWhole(snapshot, read, others));
            return this.#putWhole(item, content, await this.#putSnapshots(item, options, write));
        });
    }

    async #putWhole(item: Item, content: BlobContent, options: WriteOptions): Promise<Item> {
        const write = this.#write(item, options);
        if (kindOf(write.properties) !== "BlockBlob") {
            const written = await uploadInSteps(content, write);
            return write.result(written, { digest: content.md5, bytes: content.bytes });
        }
        const written = await uploadContent(content, write.target);
        return write.result(written, { digest: written.md5, bytes: content.bytes });
    }

    async copyFrom(
        source: Store<BlobContent>,
        sourceItem: Item,
        item: Item,
        options: PutOptions,
    ): Promise<Item> {
        if (!(source instanceof BlobStore)) throw refused(item.name, "its source is no blob service");
        const client = source.#client(sourceItem.name);
        return unlessProtected(item.name, async () => {
            const copy = (snapshot: OpenSnapshot, others: WriteOptions) =>
                this.#copyWhole(snapshot, snapshot.item, others);
            const written = await this.#putSnapshots(item, options, copy);
            return this.#copyWhole({ source, client, item: sourceItem }, item, written);
        });
    }

    async #copyWhole(from: CopiedBlob, item: Item, options: WriteOptions): Promise<Item> {
        const { source, client, item: sourceItem } = from;
        const write = this.#write(item, options);
        const copied = this.#copySource(from);
        const written =
            kindOf(write.properties) === "BlockBlob"
                ? await copyBlob(copied, write.target)
                : await copyInSteps(copied, source.#pageReader(client, item.name), write);
        return write.result(written, { digest: sourceItem.digest, bytes: sourceItem.bytes });
    }

    shortfall(source: Item, target: Item): readonly Loss[] {
        return shortfallOf(source, target, this.#tags);
    }

    differsSilently(source: Item, target: Item): boolean {
        return differSilently(source, target, this.#tags);
    }

    equalStreams(a: BlobContent, b: BlobContent): Promise<StreamComparison> {
        return equalStreams(a.stream, b.stream);
    }

    async putProperties(item: Item, options: PutOptions & { existing: Item }): Promise<Item> {
        checkConvertible(
            item.name,
            item.properties as BlobProperties,
            options.existing.properties as BlobProperties,
        );
        if (this.#missingSnapshots(item, options.existing).length > 0) {
            return this.put(item, await this.#sourceOfSnapshots().get(item), options);
        }
        const client = this.#client(item.name);
        const update = { client, item, ...options, tags: this.#tags, signal: this.context.signal };
        const losses = await this.#unlessDone(item, options.owner, () => updateProperties(update));
        const found = await this.find(item.name);
        if (found === undefined) throw changedDuringRun("blob", item.name);
        return losses === undefined || losses.length === 0
            ? found
            : { ...found, losses: [...(found.losses ?? []), ...losses] };
    }

    async mark(item: Item, owner: string): Promise<Item> {
        const properties = item.properties as BlobProperties;
        await this.#unlessDone(item, owner, () =>
            this.#client(item.name).setMetadata(withOwn(properties.metadata, { owner }), {
                conditions: { ifMatch: etagOf(item.version) },
                abortSignal: this.context.signal,
            }),
        );
        const found = await this.find(item.name);
        if (found === undefined) throw changedDuringRun("blob", item.name);
        return found;
    }

    /** A blob with snapshots is not removed: they were not made by its replica. */
    async remove(name: string, options: { expected?: Item }): Promise<void> {
        const found = options.expected === undefined ? undefined : await this.find(name);
        if (options.expected !== undefined && found === undefined) return;
        if (found?.version !== options.expected?.version) throw changedDuringRun("blob", name);
        const deletion = this.#client(name).delete({
            abortSignal: this.context.signal,
            ...(found === undefined ? {} : { conditions: { ifMatch: etagOf(found.version) } }),
        });
        try {
            await unlessProtected(name, () => unlessAbsent(deletion, "BlobNotFound", "ContainerNotFound"));
        } catch (error) {
            throw isConditionFailure(error) ? changedDuringRun("blob", name) : error;
        }
    }

    #client(name: string): BlockBlobClient {
        const { container, blob } = splitName(name);
        return this.service.getContainerClient(container).getBlockBlobClient(blob);
    }

    #listing(groups?: readonly string[]): ListingOptions {
        return { ...this.context, ...this.#reads, tags: this.#tags, groups };
    }

    #pageReader(whole: BlockBlobClient, name: string): PageReader {
        return {
            // Made when it is asked for: most blobs have no pages.
            get pages() {
                return whole.getPageBlobClient();
            },
            whole,
            name,
            signal: this.context.signal,
            sizes: this.sizes,
        };
    }

    #read(client: BlockBlobClient, { name, properties, bytes = 0 }: Item): Promise<BlobContent> {
        return kindOf(properties as BlobProperties) === "PageBlob"
            ? openPages(this.#pageReader(client, name))
            : openContent(client, name, bytes, this.context.signal, this.sizes);
    }

    #missingSnapshots(item: Item, existing: Item | undefined): string[] {
        const there = new Set(snapshotsOf(existing));
        return snapshotsOf(item).filter((time) => !there.has(time));
    }

    #sourceOfSnapshots(): BlobStore {
        if (this.#snapshotSource !== undefined) return this.#snapshotSource;
        throw new DataplaneError("Unexpected", "the target has not looked at the source of these snapshots");
    }

    /**
     * Writes the content of each snapshot that is missing into the blob and takes a snapshot of that. The blob is marked
     * as unfinished until its own content is written; each snapshot says which one of the source it is.
     *
     * @returns the options to write the blob itself with.
     */
    async #putSnapshots(
        item: Item,
        options: PutOptions,
        write: (snapshot: OpenSnapshot, options: WriteOptions) => Promise<Item>,
    ): Promise<PutOptions> {
        let { existing } = options;
        for (const time of this.#missingSnapshots(item, existing)) {
            const snapshot = await this.#sourceOfSnapshots().#openSnapshot(item.name, time);
            existing = await write(snapshot, { ...options, existing, unfinished: true });
            const { metadata } = snapshot.item.properties as BlobProperties;
            await this.#client(item.name).createSnapshot({
                metadata: { ...metadata, [snapshotKey]: time },
                conditions: { ifMatch: etagOf(existing.version) },
                abortSignal: this.context.signal,
            });
        }
        return { ...options, existing };
    }

    async #openSnapshot(name: string, time: string): Promise<OpenSnapshot> {
        const { signal: abortSignal, side } = this.context;
        const client = this.#client(name).withSnapshot(time);
        const found = await unlessAbsent(client.getProperties({ abortSignal }), "BlobNotFound");
        if (found === undefined) throw changedAtSource(name);
        const { contentLength: bytes = 0, ...facts } = found;
        // Index tags are the blob's alone.
        const display = { side, carriesTags: false };
        const item = toBlobItem(splitName(name), { ...facts, bytes, tags: undefined }, display);
        return { source: this, client, item, snapshot: time };
    }

    #copySource({ source, client, item, snapshot }: CopiedBlob): CopySource {
        const isWithinAccount = new URL(source.service.url).host === new URL(this.service.url).host;
        return {
            url: client.url,
            access: source.#access,
            item,
            grants: this.grants,
            // The short way within an account is documented for blobs alone.
            isWithinAccount: isWithinAccount && snapshot === undefined,
            ...(snapshot === undefined ? {} : { snapshot }),
        };
    }

    /** The writing of a whole blob, conditional on what the target was when the write was decided. */
    #write(item: Item, options: WriteOptions): BlobWrite {
        const client = this.#client(item.name);
        const properties = item.properties as BlobProperties;
        const abortSignal = this.context.signal;
        let tagsLost = false;
        const target: UploadTarget = {
            client,
            name: item.name,
            metadata: withOwn(properties.metadata, options),
            tier: properties.tier,
            conditions:
                options.existing === undefined
                    ? { ifNoneMatch: "*" }
                    : { ifMatch: etagOf(options.existing.version) },
            isUnfinished: options.existing?.placeholder === true,
            signal: abortSignal,
            sizes: this.sizes,
            headers: (md5) => headersOf(properties, md5),
            finish: async (md5, send) => {
                try {
                    const outcome = await this.#tags.write(properties.tags, send, (tags) =>
                        client.setTags(tags, { abortSignal }),
                    );
                    tagsLost = outcome.tagsLost;
                    return outcome.answer;
                } catch (error) {
                    if (!isConditionFailure(error)) throw error;
                    return this.#asWritten(item, options, (found) => found.digest === md5);
                }
            },
        };
        return {
            target,
            properties,
            result: (written, content) => writtenItem(item, options, written, content, tagsLost),
        };
    }

    /** Runs a conditional change; undefined where the condition fails because the change was made already. */
    async #unlessDone<T>(
        item: Item,
        owner: string | undefined,
        change: () => Promise<T>,
    ): Promise<T | undefined> {
        try {
            return await unlessProtected(item.name, change);
        } catch (error) {
            if (!isConditionFailure(error)) throw error;
            await this.#asWritten(item, { owner }, () => true);
            return undefined;
        }
    }

    /**
     * A condition fails as well when an answer was lost on the way and the request was sent again. Then the blob is as
     * it was to be; else somebody changed it.
     */
    async #asWritten(
        item: Item,
        { owner, unfinished = false }: Pick<WriteOptions, "owner" | "unfinished">,
        hasContent: (found: Item) => boolean,
    ): Promise<Written> {
        const found = await this.find(item.name);
        const isDone =
            found !== undefined &&
            found.owner === owner &&
            (found.placeholder === true) === unfinished &&
            sameJson(ownProperties(found), ownProperties(item)) &&
            hasContent(found);
        if (!isDone) throw changedDuringRun("blob", item.name);
        return {
            etag: etagOf(found.version),
            ...(found.modified === undefined ? {} : { lastModified: found.modified }),
        };
    }
}

/** A blob that the service is to copy, and the store that it is in. */
interface CopiedBlob {
    readonly source: BlobStore;
    readonly client: BlockBlobClient;
    readonly item: Item;
    /** When it was taken, where it is a snapshot. */
    readonly snapshot?: string;
}

type OpenSnapshot = CopiedBlob & { readonly snapshot: string };
