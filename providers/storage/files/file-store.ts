import { createHash } from "node:crypto";
import type { HttpHeaders } from "@azure/core-rest-pipeline";
import type {
    Context,
    Item,
    ListOptions,
    Outlook,
    PutOptions,
    ResourceRef,
    Store,
    StreamComparison,
} from "../../core/contract.js";
import { canonicalJson } from "../../core/json.js";
import { refused } from "../copy-refusals.js";
import { equalStreams } from "../equal-streams.js";
import { changedDuringRun, serviceCodeOf } from "../errors.js";
import { ownEntry, ownerKey, withOwn } from "../metadata.js";
import { SourceGrants } from "../source-grants.js";
import { transferSizes, type TransferSizes } from "../transfer-sizes.js";
import { openWire } from "../wire.js";
import { openShareService, fileEndpoint } from "./client.js";
import { FileAccess } from "./copy-access.js";
import { writeDirectory } from "./directory-writer.js";
import { changedFileAtSource, otherType, unlessInTheWay } from "./errors.js";
import { openContent, sameBeside, type FileContent } from "./file-content.js";
import { isReadOnly, metadataHeaders, writableAttributes } from "./file-headers.js";
import { factsOf, stateOf, toFileItem, versionOf, withState, type FileItem } from "./file-item.js";
import { writeProperties } from "./properties-writer.js";
import { writeRanges, writeWhole, type FileWrite, type RangeSender } from "./file-writer.js";
import { listFiles } from "./file-listing.js";
import { parentName, placeOf } from "./names.js";
import { FileRequests, type EntryType } from "./requests.js";
import { checkRoom } from "./room.js";
import { SecurityDescriptors } from "./security-descriptors.js";
import { largestRange } from "./written-ranges.js";
import type { ShareServiceClient } from "./sdk.js";

/** Ranges on their way through this process at once: what bounds its memory for one file. */
const sentAtOnce = 3;

/** The time of the last write stays as the request that made the file has set it. */
const preserve = { "x-ms-file-last-write-time": "preserve" };

/** Opens the files of an account. `sizes` are for tests. */
export async function openFileStore(
    resource: ResourceRef,
    context: Context,
    sizes: Partial<TransferSizes> = {},
): Promise<Store<FileContent>> {
    const grants = new SourceGrants();
    const wire = await openWire({ ...context, httpClient: grants.client(context.httpClient) });
    const requests = new FileRequests(fileEndpoint(resource, context.side), wire, context.signal);
    const service = await openShareService(resource, context);
    return new FileStore(service, requests, context, grants, { ...transferSizes, ...sizes });
}

class FileStore implements Store<FileContent> {
    readonly #descriptors: SecurityDescriptors;
    readonly #access: FileAccess;
    readonly #parents = new Map<string, Promise<void>>();
    readonly #removals = new Map<string, Promise<void>>();
    /** Where directories on the way to a file are looked up: known once an item of the source was looked at. */
    #source: FileStore | undefined;

    constructor(
        private readonly service: ShareServiceClient,
        private readonly requests: FileRequests,
        private readonly context: Context,
        private readonly grants: SourceGrants,
        private readonly sizes: TransferSizes,
    ) {
        this.#descriptors = new SecurityDescriptors(requests);
        this.#access = new FileAccess(context);
    }

    list(options: ListOptions = {}): AsyncIterable<Item> {
        const { service, requests, context } = this;
        return listFiles({ service, requests, descriptors: this.#descriptors, ...context, ...options });
    }

    async find(name: string): Promise<FileItem | undefined> {
        if (placeOf(name).path.length === 0) return undefined;
        return (await this.#find(name, "file")) ?? (await this.#find(name, "directory"));
    }

    foresee(item: Item, source: Store<FileContent>, outlook: Outlook): Promise<Item> {
        if (source instanceof FileStore) this.#source = source;
        const file = item as FileItem;
        const { existing } = outlook;
        const isSame = existing?.digest !== undefined && existing.digest === stateOf(file);
        // What fits into one request goes through this process with its properties: the service would take four.
        const streamed = file.properties.type === "directory" || (file.bytes ?? 0) <= largestRange;
        return Promise.resolve({
            ...item,
            ...(isSame ? { digest: existing.digest } : {}),
            ...(streamed ? { streamed } : {}),
        });
    }

    async checkRoom(
        groups: Readonly<Record<string, { readonly bytes: number }>>,
        source: Store<FileContent>,
    ): Promise<void> {
        if (source instanceof FileStore)
            await checkRoom(source.service, this.service, groups, this.context.signal);
    }

    get(item: Item): Promise<FileContent> {
        return this.#open(item as FileItem, true);
    }

    async put(item: Item, content: FileContent, options: PutOptions): Promise<Item> {
        return this.#write(item as FileItem, content, options, (write) => {
            if (content.whole !== undefined || content.bytes === 0) return writeWhole(write);
            return writeRanges(write, this.#sender(write));
        });
    }

    async copyFrom(
        source: Store<FileContent>,
        sourceItem: Item,
        item: Item,
        options: PutOptions,
    ): Promise<Item> {
        if (!(source instanceof FileStore)) throw refused(item.name, "its source is no file service");
        this.#source = source;
        const content = await source.#open(sourceItem as FileItem, false);
        return this.#write(item as FileItem, content, options, (write) => {
            if (content.bytes === 0) return writeWhole(write);
            return writeRanges(write, this.#copier(write, source, sourceItem.name));
        });
    }

    /**
     * What clients write moves the time of the last write; a change of permission, attributes, metadata or another time
     * leaves it, to 100 nanoseconds.
     */
    keepsContent(source: Item, target: Item): boolean {
        const [ours, theirs] = [(source as FileItem).properties, (target as FileItem).properties];
        return (
            ours.type === "file" &&
            theirs.type === "file" &&
            source.bytes === target.bytes &&
            ours.lastWriteTime === theirs.lastWriteTime
        );
    }

    /** What no listing shows of it is asked of the source once more. */
    async putProperties(
        item: Item,
        options: PutOptions & { existing: Item },
        from?: Store<FileContent>,
    ): Promise<Item> {
        const source = from instanceof FileStore ? from : this.#source;
        if (source === undefined) throw changedFileAtSource(item.name);
        const file = item as FileItem;
        const content = await source.#open(file, false);
        const { type, lastWriteTime } = file.properties;
        const isAsListed = content.bytes === file.bytes && content.lastWriteTime === lastWriteTime;
        if (type === "file" && !isAsListed) throw changedFileAtSource(item.name);
        return this.#write(file, content, options, writeProperties);
    }

    async equalStreams(a: FileContent, b: FileContent): Promise<StreamComparison> {
        if (!sameBeside(a, b)) return { equal: false, bytes: 0 };
        return equalStreams(a.stream, b.stream);
    }

    /** Clients of SMB may change these without a new time in the service's own clock. */
    differsSilently(source: Item, target: Item): boolean {
        return (
            source.bytes !== target.bytes ||
            canonicalJson(source.properties) !== canonicalJson(target.properties)
        );
    }

    async mark(item: Item, owner: string): Promise<Item> {
        const { properties, name, version } = item as FileItem;
        const { type } = properties;
        const headers = await this.requests.head(name, type);
        if (headers === undefined || versionOf(headers.get("etag")) !== version) {
            throw changedDuringRun(type, name);
        }
        const { metadata } = factsOf(headers, type);
        if (ownEntry(metadata, ownerKey) === owner) return item;
        const content = await openContent(this.requests, { name, type, bytes: 0 }, false);
        await unlessInTheWay(name, async () => {
            await this.requests.setMetadata(
                name,
                type,
                metadataHeaders(withOwn(content.metadata, { owner })),
            );
            // The time of the last change stays the source's.
            await this.requests.setProperties(name, type, {
                ...content.headers,
                "x-ms-file-attributes": "preserve",
                "x-ms-file-creation-time": "preserve",
                "x-ms-file-last-write-time": "preserve",
                "x-ms-file-change-time": content.changeTime,
                "x-ms-file-permission": "preserve",
            });
        });
        const found = await this.#find(name, type);
        if (found === undefined) throw changedDuringRun(type, name);
        return found;
    }

    async remove(name: string, options: { expected?: Item }): Promise<void> {
        const removal = this.#remove(name, options);
        this.#removals.set(name, removal);
        try {
            await removal;
        } finally {
            this.#removals.delete(name);
        }
    }

    async #remove(name: string, { expected }: { expected?: Item }): Promise<void> {
        const found = await this.find(name);
        if (found === undefined) return;
        const { type, attributes } = found.properties;
        if (expected !== undefined && found.version !== expected.version) throw changedDuringRun(type, name);
        if (type === "directory") {
            const below = [...this.#removals].filter(([other]) => other.startsWith(`${name}/`));
            await Promise.allSettled(below.map(([, removal]) => removal));
        }
        await unlessInTheWay(name, async () => {
            if (type === "file" && isReadOnly(attributes)) {
                await this.requests.setProperties(name, type, {
                    "x-ms-file-attributes": writableAttributes(attributes),
                    "x-ms-file-creation-time": "preserve",
                    "x-ms-file-last-write-time": "preserve",
                    "x-ms-file-permission": "preserve",
                });
            }
            await this.requests.delete(name, type);
        });
    }

    async #find(name: string, type: EntryType): Promise<FileItem | undefined> {
        const headers = await this.#head(name, type);
        if (headers === undefined) return undefined;
        const facts = factsOf(headers, type);
        const { share } = placeOf(name);
        const { permissionKey } = facts;
        const permission =
            permissionKey === undefined ? undefined : await this.#descriptors.text(share, permissionKey);
        const item = toFileItem(name, facts, permission);
        return this.context.side === "target" ? withState(item) : item;
    }

    /** A file is no directory, and the service may say so. */
    async #head(name: string, type: EntryType): Promise<HttpHeaders | undefined> {
        try {
            return await this.requests.head(name, type);
        } catch (error) {
            if (serviceCodeOf(error) === "ResourceTypeMismatch") return undefined;
            throw error;
        }
    }

    #open({ name, properties, bytes = 0 }: FileItem, reads: boolean): Promise<FileContent> {
        return openContent(this.requests, { name, type: properties.type, bytes }, reads);
    }

    /**
     * Azure Files knows no conditions, so a look right before the write is as near as one can get:
     * https://learn.microsoft.com/rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations is for blobs alone.
     */
    async #write(
        item: FileItem,
        content: FileContent,
        options: PutOptions,
        writeFile: (write: FileWrite) => Promise<HttpHeaders>,
    ): Promise<Item> {
        const { name, properties } = item;
        const { type } = properties;
        const existing = options.existing as FileItem | undefined;
        if (existing !== undefined && existing.properties.type !== type) {
            throw otherType(name, existing.properties.type, type);
        }
        const found = await this.#mustBe(item, existing);
        const owner = options.owner ?? (found && ownEntry(factsOf(found, type).metadata, ownerKey));
        const { permission } = properties;
        const { share } = placeOf(name);
        const { requests } = this;
        const { signal } = this.context;
        const headers = await unlessInTheWay(name, () =>
            this.#withParent(name, owner, async () => {
                const permissionKey =
                    permission === undefined ? undefined : await this.#descriptors.key(share, permission);
                const bytesBetweenMarks = this.sizes.pagesBetweenMarks;
                const write = {
                    requests,
                    item,
                    content,
                    found,
                    permissionKey,
                    owner,
                    signal,
                    bytesBetweenMarks,
                };
                return type === "file" ? writeFile(write) : writeDirectory(write);
            }),
        );
        return this.#written(item, content, owner, headers);
    }

    #written(
        item: FileItem,
        content: FileContent,
        owner: string | undefined,
        headers: HttpHeaders,
    ): FileItem {
        const { name, properties } = item;
        const { changeTime, lastWriteTime, bytes } = content;
        const modified = headers.get("last-modified");
        return {
            name,
            group: placeOf(name).share,
            version: versionOf(headers.get("etag")),
            bytes,
            properties,
            changeTime,
            lastWriteTime,
            ...(modified === undefined ? {} : { modified: new Date(modified) }),
            ...(owner === undefined ? {} : { owner }),
        };
    }

    async #mustBe(item: FileItem, existing: FileItem | undefined): Promise<HttpHeaders | undefined> {
        const { type } = item.properties;
        // Creating a directory is refused where there is one.
        if (existing === undefined && type === "directory") return undefined;
        const found = await this.#head(item.name, type);
        const version = found === undefined ? undefined : versionOf(found.get("etag"));
        if (version !== existing?.version) throw changedDuringRun(type, item.name);
        return found;
    }

    /** A selection may leave directories out that its files are in: they come along, as they are at the source. */
    async #withParent<T>(name: string, owner: string | undefined, write: () => Promise<T>): Promise<T> {
        try {
            return await write();
        } catch (error) {
            const parent = parentName(name);
            const source = this.#source;
            if (serviceCodeOf(error) !== "ParentNotFound" || parent === undefined || source === undefined)
                throw error;
            const made = this.#parents.get(parent) ?? this.#makeParent(parent, owner, source);
            this.#parents.set(parent, made);
            try {
                await made;
            } finally {
                this.#parents.delete(parent);
            }
            return write();
        }
    }

    async #makeParent(name: string, owner: string | undefined, source: FileStore): Promise<void> {
        const item = await source.#find(name, "directory");
        if (item === undefined) throw changedFileAtSource(name);
        await this.#write(item, await source.get(item), { owner }, writeWhole);
    }

    #sender({ requests, item, content }: FileWrite): RangeSender {
        return {
            atOnce: sentAtOnce,
            send: async (range) => {
                const data = await content.read(range);
                await requests.putRange(item.name, range.offset, data, {
                    ...preserve,
                    "content-md5": createHash("md5").update(data).digest("base64"),
                });
            },
            // Each range was read of the very same state.
            confirm: () => Promise.resolve(),
        };
    }

    #copier({ requests, item, content }: FileWrite, source: FileStore, sourceName: string): RangeSender {
        const url = source.requests.url(sourceName);
        return {
            atOnce: this.sizes.copiedBlocksAtOnce,
            send: (range) =>
                source.#access.copy(sourceName, url, this.grants, () =>
                    requests.putRangeFromUrl(item.name, url, range, preserve),
                ),
            // The service takes no condition on the ETag of a source.
            confirm: async () => {
                const now = await source.requests.head(sourceName, "file");
                if (now?.get("etag") !== content.etag) throw changedFileAtSource(sourceName);
            },
        };
    }
}
