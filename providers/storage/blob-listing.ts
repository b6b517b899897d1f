import type { Context, Item } from "../core/contract.js";
import { DataplaneError } from "../core/errors.js";
import { Paged } from "../core/paged.js";
import { toBlobItem } from "./blob-item.js";
import { filesByName } from "./datalake/tree-listing.js";
import { isUnsupportedByTrees, unlessAbsent } from "./errors.js";
import { parseListing, type ListedPage } from "./list-parser.js";
import { compareNames, isSystemContainer, type BlobName } from "./names.js";
import type { BlobServiceClient } from "./sdk.js";
import { SnapshotGroups, withSnapshots, type BlobWithSnapshots } from "./snapshots.js";
import type { TagAccess } from "./tags.js";
import { openWire, type Wire } from "./wire.js";

export interface ListingOptions extends Pick<Context, "side" | "signal" | "credential" | "httpClient"> {
    readonly tags: TagAccess;
    /** Only these containers. */
    readonly groups: readonly string[] | undefined;
    /** With their snapshots. */
    readonly snapshots: boolean;
    /** The account is known to have a hierarchical namespace. Else its listing tells. */
    readonly tree: boolean;
    /** With owner, group and access control list, which only such an account has. */
    readonly access: boolean;
}

/** The blobs of an account by container and name; without older versions. */
export function listBlobs(service: BlobServiceClient, options: ListingOptions): Paged<Item> {
    return new Paged(() => listPages(service, options));
}

async function* listPages(
    service: BlobServiceClient,
    options: ListingOptions,
): AsyncGenerator<readonly Item[], void> {
    const containers =
        options.groups === undefined
            ? containerNames(service, options.signal)
            : [...new Set(options.groups)].sort(compareNames);
    const wire = await openWire(options);
    for await (const container of containers) yield* inContainer(service, wire, container, options);
}

/** The containers of an account but the service's own. */
export async function* containerNames(
    service: BlobServiceClient,
    signal: AbortSignal,
): AsyncIterable<string> {
    for await (const container of service.listContainers({ abortSignal: signal })) {
        if (!isSystemContainer(container.name)) yield container.name;
    }
}

async function* inContainer(
    service: BlobServiceClient,
    wire: Wire,
    container: string,
    options: ListingOptions,
): AsyncGenerator<readonly Item[], void> {
    const display = { side: options.side, carriesTags: options.tags.matter };
    const groups = new SnapshotGroups(options.side);
    const toItem = ({ blob, ...snapshots }: BlobWithSnapshots): Item => {
        const { properties, metadata } = blob;
        const tags = blob.tags ?? (options.tags.readable ? {} : undefined);
        // The page is nobody else's: a copy of every entry would cost as much as what is made of it.
        const facts = Object.assign(properties, { bytes: properties.contentLength ?? 0, metadata, tags });
        return withSnapshots(toBlobItem({ container, blob: blob.name }, facts, display), snapshots);
    };
    const { url } = service.getContainerClient(container);
    const first = options.tree ? undefined : await unlessTree(readPage(wire, url, undefined, options));
    if (first === undefined || first.blobs.some(({ properties }) => properties.resourceType !== undefined)) {
        const files = filesByName((prefix, marker) => readLevel(wire, url, { prefix, marker }, options));
        for await (const blob of files) yield [toItem({ blob, times: [], archived: [] })];
        return;
    }
    let page = first;
    let previous: string | undefined;
    for (;;) {
        const items: Item[] = [];
        for (const blob of page.blobs) {
            if (blob.name !== previous) checkOrder(container, previous, blob.name);
            previous = blob.name;
            const complete = groups.add(blob);
            if (complete !== undefined) items.push(toItem(complete));
        }
        yield items;
        if (page.next === undefined) break;
        page = await readPage(wire, url, page.next, options);
    }
    const last = groups.end();
    if (last !== undefined) yield [toItem(last)];
}

/** Undefined where the service says that an account with a hierarchical namespace has no such thing as was asked for. */
async function unlessTree(read: Promise<ListedPage>): Promise<ListedPage | undefined> {
    try {
        return await read;
    } catch (error) {
        if (isUnsupportedByTrees(error)) return undefined;
        throw error;
    }
}

/**
 * What is in a folder of an account with a hierarchical namespace, which has neither index tags nor snapshots nor policies
 * of single blobs: https://learn.microsoft.com/azure/storage/blobs/storage-feature-support-in-storage-accounts
 */
async function readLevel(
    wire: Wire,
    container: string,
    { prefix, marker }: { prefix: string; marker: string | undefined },
    { signal, access }: ListingOptions,
): Promise<ListedPage> {
    const include = ["metadata", ...(access ? ["permissions"] : [])];
    return readListing(wire, container, { include, prefix, marker, delimiter: "/", signal });
}

/** When the snapshots of one blob were taken, as its properties have it. */
export async function findSnapshots(
    service: BlobServiceClient,
    { container, blob }: BlobName,
    options: ListingOptions,
): Promise<Omit<BlobWithSnapshots, "blob">> {
    const wire = await openWire(options);
    const { url } = service.getContainerClient(container);
    const groups = new SnapshotGroups(options.side);
    let marker: string | undefined;
    do {
        const page = await readPage(wire, url, marker, options, blob);
        // Blobs whose names only begin alike come afterwards.
        for (const listed of page.blobs) {
            if (listed.name === blob) groups.add(listed);
            else return groups.end() ?? { times: [], archived: [] };
        }
        marker = page.next;
    } while (marker !== undefined);
    return groups.end() ?? { times: [], archived: [] };
}

async function readPage(
    wire: Wire,
    container: string,
    marker: string | undefined,
    { tags, signal, snapshots }: ListingOptions,
    prefix?: string,
): Promise<ListedPage> {
    return tags.read((withTags) => {
        const include = [
            "metadata",
            "immutabilitypolicy",
            "legalhold",
            ...(withTags ? ["tags"] : []),
            ...(snapshots ? ["snapshots"] : []),
        ];
        return readListing(wire, container, { include, prefix, marker, signal });
    });
}

/** What a page of a listing is to have. */
export interface PageRequest {
    readonly include: readonly string[];
    readonly prefix?: string | undefined;
    readonly marker: string | undefined;
    readonly delimiter?: string;
    readonly signal: AbortSignal;
}

/** A container that isn't there holds no blobs: the target's may be made in the same run. */
export async function readListing(
    wire: Wire,
    container: string,
    { include, prefix, marker, delimiter, signal }: PageRequest,
): Promise<ListedPage> {
    const url = new URL(container);
    url.searchParams.set("restype", "container");
    url.searchParams.set("comp", "list");
    url.searchParams.set("include", include.join(","));
    if (delimiter !== undefined) url.searchParams.set("delimiter", delimiter);
    if (prefix !== undefined) url.searchParams.set("prefix", prefix);
    if (marker !== undefined) url.searchParams.set("marker", marker);
    const answer = await unlessAbsent(
        wire.send({ method: "GET", url: url.href, signal }),
        "ContainerNotFound",
    );
    if (answer === undefined) return { blobs: [], next: undefined };
    return parseListing(answer.bodyAsText ?? "");
}

/** Both listings are merged by name: in another order a merge would take blobs for absent. */
function checkOrder(container: string, previous: string | undefined, name: string): void {
    if (previous === undefined || compareNames(previous, name) < 0) return;
    throw new DataplaneError(
        "Unexpected",
        `the container "${container}" does not list its blobs by name, nor does it say that it is a tree`,
        {
            item: `${container}/${name}`,
            remedy: "If it has a hierarchical namespace, name the account by its ARM resource ID or its dfs URL.",
        },
    );
}
