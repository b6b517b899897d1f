import type { Context, Item } from "../../core/contract.js";
import { containerNames, readListing } from "../blob-listing.js";
import { unlessAbsent } from "../errors.js";
import { compareNames, joinName } from "../names.js";
import type { BlobServiceClient } from "../sdk.js";
import { openWire, type Wire } from "../wire.js";
import { isUntouched, toDirectoryItem } from "./directory-item.js";
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
 * service. A directory comes before what is in it, which is how it is made.
 */
export async function* listDirectories(listing: DirectoryListing): AsyncIterable<Item> {
    const { service, groups, signal } = listing;
    const containers =
        groups === undefined ? containerNames(service, signal) : [...new Set(groups)].sort(compareNames);
    const wire = await openWire(listing);
    for await (const container of containers) {
        yield* inContainer(wire, container, listing);
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
