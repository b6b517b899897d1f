import type { Context, Item } from "../core/contract.js";
import { DataplaneError } from "../core/errors.js";
import { toBlobItem } from "./blob-item.js";
import { unlessAbsent } from "./errors.js";
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
}

/** The blobs of an account by container and name; without older versions. */
export async function* listBlobs(service: BlobServiceClient, options: ListingOptions): AsyncIterable<Item> {
    const containers =
        options.groups === undefined
            ? containerNames(service, options.signal)
            : [...new Set(options.groups)].sort(compareNames);
    const wire = await openWire(options);
    for await (const container of containers) yield* inContainer(service, wire, container, options);
}

async function* containerNames(service: BlobServiceClient, signal: AbortSignal): AsyncIterable<string> {
    for await (const container of service.listContainers({ abortSignal: signal })) {
        if (!isSystemContainer(container.name)) yield container.name;
    }
}

async function* inContainer(
    service: BlobServiceClient,
    wire: Wire,
    container: string,
    options: ListingOptions,
): AsyncIterable<Item> {
    const display = { side: options.side, carriesTags: options.tags.matter };
    const groups = new SnapshotGroups(options.side);
    const toItem = ({ blob, ...snapshots }: BlobWithSnapshots): Item => {
        const { contentLength, ...properties } = blob.properties;
        const facts = {
            ...properties,
            bytes: contentLength ?? 0,
            metadata: blob.metadata,
            tags: blob.tags ?? (options.tags.readable ? {} : undefined),
        };
        return withSnapshots(toBlobItem({ container, blob: blob.name }, facts, display), snapshots);
    };
    let marker: string | undefined;
    let previous: string | undefined;
    do {
        const url = service.getContainerClient(container).url;
        const page: ListedPage = await readPage(wire, url, marker, options);
        for (const blob of page.blobs) {
            if (blob.name !== previous) checkOrder(container, previous, blob.name);
            previous = blob.name;
            const complete = groups.add(blob);
            if (complete !== undefined) yield toItem(complete);
        }
        marker = page.next;
    } while (marker !== undefined);
    const last = groups.end();
    if (last !== undefined) yield toItem(last);
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

/** A container that isn't there holds no blobs: the target's may be made in the same run. */
async function readPage(
    wire: Wire,
    container: string,
    marker: string | undefined,
    { tags, signal, snapshots }: ListingOptions,
    prefix?: string,
): Promise<ListedPage> {
    const read = tags.read(async (withTags) => {
        const url = new URL(container);
        url.searchParams.set("restype", "container");
        url.searchParams.set("comp", "list");
        const include = [
            "metadata",
            "immutabilitypolicy",
            "legalhold",
            ...(withTags ? ["tags"] : []),
            ...(snapshots ? ["snapshots"] : []),
        ];
        url.searchParams.set("include", include.join(","));
        if (prefix !== undefined) url.searchParams.set("prefix", prefix);
        if (marker !== undefined) url.searchParams.set("marker", marker);
        return wire.send({ method: "GET", url: url.href, signal });
    });
    const answer = await unlessAbsent(read, "ContainerNotFound");
    if (answer === undefined) return { blobs: [], next: undefined };
    return parseListing(answer.bodyAsText ?? "");
}

/**
 * Both listings are merged by name. An account with a hierarchical namespace lists folder by folder, which is another
 * order: a merge would take blobs for absent.
 */
function checkOrder(container: string, previous: string | undefined, name: string): void {
    if (previous === undefined || compareNames(previous, name) < 0) return;
    throw new DataplaneError(
        "InvalidArgument",
        `the container "${container}" does not list its blobs by name, as accounts with a hierarchical namespace do`,
        {
            item: `${container}/${name}`,
            remedy: "Such accounts are not supported yet: copy them with AzCopy.",
        },
    );
}
