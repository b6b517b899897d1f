import type { Context, Item } from "../../core/contract.js";
import { containerNames, readListing } from "../blob-listing.js";
import { unlessAbsent } from "../errors.js";
import { compareNames, joinName } from "../names.js";
import type { BlobServiceClient } from "../sdk.js";
import { openWire, type Wire } from "../wire.js";
import { isRoot, isUntouched, toDirectoryItem } from "./directory-item.js";
import type { Lake } from "./lake.js";

export interface DirectoryListing extends Pick<Context, "side" | "signal" | "credential" | "httpClient"> {
    readonly service: BlobServiceClient;
    readonly lake: Lake;
    /** Only these containers. */
    readonly groups: readonly string[] | undefined;
    readonly access: boolean;
}

/**
 * The directories of an account, by container. The whole listing is read, as files are left out here and not by the
 * service. At the source a directory comes before what is in it, which is how it is made; at the target after it, which
 * is how it is removed.
 */
export async function* listDirectories(listing: DirectoryListing): AsyncIterable<Item> {
    const { service, groups, signal, side } = listing;
    const containers =
        groups === undefined ? containerNames(service, signal) : [...new Set(groups)].sort(compareNames);
    const wire = await openWire(listing);
    for await (const container of containers) {
        const found = inContainer(wire, container, listing);
        yield* side === "source" ? found : deepestFirst(found);
    }
}

/** Undefined where there is no such container, or nobody has set anything of its root directory. */
export async function findRoot(
    { lake, access }: Pick<DirectoryListing, "lake" | "access">,
    container: string,
): Promise<Item | undefined> {
    const root = await unlessAbsent(
        lake.root(container),
        "FilesystemNotFound",
        "PathNotFound",
        "ContainerNotFound",
    );
    if (root?.access === undefined || !access || isUntouched(root.access)) return undefined;
    const { access: control, permissions, modified: lastModified } = root;
    return toDirectoryItem(container, { ...control, permissions, lastModified }, access);
}

async function* inContainer(wire: Wire, container: string, listing: DirectoryListing): AsyncGenerator<Item> {
    const { service, access, signal } = listing;
    const root = await findRoot(listing, container);
    if (root !== undefined) yield root;
    const include = ["metadata", ...(access ? ["permissions"] : [])];
    const { url } = service.getContainerClient(container);
    let marker: string | undefined;
    do {
        const page = await readListing(wire, url, { include, marker, signal });
        for (const { name, metadata, properties } of page.blobs) {
            if (properties.resourceType !== "directory") continue;
            yield toDirectoryItem(joinName(container, name), { ...properties, metadata }, access);
        }
        marker = page.next;
    } while (marker !== undefined);
}

/** Holds back each directory until those in it have passed: as many as the tree is deep. */
export async function* deepestFirst(items: AsyncIterable<Item>): AsyncGenerator<Item> {
    const open: Item[] = [];
    for await (const item of items) {
        for (let last = open.at(-1); last !== undefined && !isIn(item.name, last.name); last = open.at(-1)) {
            open.pop();
            yield last;
        }
        open.push(item);
    }
    yield* open.reverse();
}

function isIn(name: string, directory: string): boolean {
    return isRoot(directory) || name.startsWith(`${directory}/`);
}
