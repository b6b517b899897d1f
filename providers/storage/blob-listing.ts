import type { Item, Side } from "../core/contract.js";
import { DataplaneError } from "../core/errors.js";
import { toBlobItem } from "./blob-item.js";
import { unlessAbsent } from "./errors.js";
import { compareNames, isSystemContainer } from "./names.js";
import type { BlobItem, BlobServiceClient } from "./sdk.js";
import type { TagAccess } from "./tags.js";

export interface ListingOptions {
    readonly side: Side;
    readonly signal: AbortSignal;
    readonly tags: TagAccess;
    /** Only these containers. */
    readonly groups: readonly string[] | undefined;
}

/** A page of a listing of blobs. */
interface Page {
    readonly items: readonly BlobItem[];
    /** Undefined at the end. */
    readonly next: string | undefined;
}

/** The blobs of an account by container and name; without snapshots and older versions. */
export async function* listBlobs(service: BlobServiceClient, options: ListingOptions): AsyncIterable<Item> {
    const containers =
        options.groups === undefined
            ? containerNames(service, options.signal)
            : [...new Set(options.groups)].sort(compareNames);
    for await (const container of containers) yield* inContainer(service, container, options);
}

async function* containerNames(service: BlobServiceClient, signal: AbortSignal): AsyncIterable<string> {
    for await (const container of service.listContainers({ abortSignal: signal })) {
        if (!isSystemContainer(container.name)) yield container.name;
    }
}

async function* inContainer(
    service: BlobServiceClient,
    container: string,
    options: ListingOptions,
): AsyncIterable<Item> {
    const display = { side: options.side, carriesTags: options.tags.matter };
    let marker: string | undefined;
    let previous: string | undefined;
    do {
        const page: Page = await readPage(service, container, marker, options);
        for (const blob of page.items) {
            checkOrder(container, previous, blob.name);
            previous = blob.name;
            const { contentLength, ...properties } = blob.properties;
            const facts = {
                ...properties,
                bytes: contentLength ?? 0,
                metadata: blob.metadata,
                tags: blob.tags ?? (options.tags.readable ? {} : undefined),
            };
            yield toBlobItem({ container, blob: blob.name }, facts, display);
        }
        marker = page.next;
    } while (marker !== undefined);
}

/** A container that isn't there holds no blobs: the target's may be made in the same run. */
async function readPage(
    service: BlobServiceClient,
    container: string,
    marker: string | undefined,
    { tags, signal }: ListingOptions,
): Promise<Page> {
    const read = tags.read(async (withTags) => {
        const pages = service
            .getContainerClient(container)
            .listBlobsFlat({ includeMetadata: true, includeTags: withTags, abortSignal: signal })
            .byPage(marker === undefined ? {} : { continuationToken: marker });
        const first = await pages.next();
        if (first.done === true) return { items: [], next: undefined };
        const { segment, continuationToken: next } = first.value;
        return { items: segment.blobItems, next: next === "" ? undefined : next };
    });
    return (await unlessAbsent(read, "ContainerNotFound")) ?? { items: [], next: undefined };
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
