import type { Item, Loss } from "../../core/contract.js";
import type { Json } from "../../core/json.js";
import { carriedMetadata, ownEntry, ownerKey, unfinishedKey, type Metadata } from "../metadata.js";
import { splitName } from "../names.js";
import {
    accessOf,
    accessVersion,
    stickyLoss,
    type AccessControl,
    type AccessFacts,
} from "./access-control.js";

/** By this metadata the service tells directories from blobs, and it alone sets it. */
const folderKey = "hdi_isfolder";

/** What is known of a directory, wherever it was read. */
export interface DirectoryFacts extends AccessFacts {
    readonly etag?: string | undefined;
    readonly lastModified?: Date | undefined;
    readonly metadata?: Metadata | undefined;
}

export type DirectoryProperties = Record<string, Json> & {
    metadata: Record<string, string>;
    access?: AccessControl;
};

/**
 * The item of a directory, named `container/path`; the root directory of a container has the container's name. Its version
 * is the ETag and a short hash of the access control, which changes without it; the root has the hash alone.
 */
export function toDirectoryItem(name: string, facts: DirectoryFacts, carriesAccess: boolean): Item {
    const { [folderKey]: _folder, ...metadata } = carriedMetadata(facts.metadata);
    const access = carriesAccess ? accessOf(facts) : undefined;
    const owner = ownEntry(facts.metadata, ownerKey);
    const losses = carriesAccess ? stickyLoss(name, facts) : [];
    const properties: DirectoryProperties = { metadata, ...(access === undefined ? {} : { access }) };
    const etag = isRoot(name) ? "root" : (facts.etag?.replaceAll('"', "") ?? "unknown");
    return {
        name,
        group: splitName(name).container,
        version: [etag, accessVersion(access)].filter((part) => part !== undefined).join(" "),
        properties,
        ...(facts.lastModified === undefined ? {} : { modified: facts.lastModified }),
        ...(owner === undefined ? {} : { owner }),
        ...(ownEntry(facts.metadata, unfinishedKey) === undefined ? {} : { placeholder: true }),
        ...(losses.length === 0 ? {} : { losses }),
    };
}

/** Each container has a root directory, which is made and goes with it. */
export function isRoot(name: string): boolean {
    return splitName(name).blob === "";
}

/** The directories that one is in, the outermost first, without the root. */
export function parentsOf(name: string): string[] {
    const { container, blob } = splitName(name);
    const parts = blob.split("/");
    return parts.slice(1).map((_, index) => `${container}/${parts.slice(0, index + 1).join("/")}`);
}

/**
 * Whether that is what a container's root directory is given when the container is made: nobody has set anything yet.
 * https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-access-control#default-permissions-on-new-files-and-directories
 */
export function isUntouched({ acl }: AccessControl): boolean {
    return acl === "user::rwx,group::r-x,other::---";
}

export function flatLoss(item: string): Loss {
    return {
        item,
        what: "item",
        reason: "the target is not known to have a hierarchical namespace, where directories are nothing by themselves",
        remedy: "name a target with a hierarchical namespace by its ARM resource ID or its dfs URL",
    };
}
