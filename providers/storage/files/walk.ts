import type { Item, Side } from "../../core/contract.js";
import type { ListedEntry } from "./directory-parser.js";
import { ownEntry, ownerKey } from "../metadata.js";
import { factsOf, toFileItem, withState, type FileItem } from "./file-item.js";
import { compareFileNames } from "./names.js";
import type { FileRequests } from "./requests.js";
import type { SecurityDescriptors } from "./security-descriptors.js";

/** Directories of one level that are listed before they are asked for. */
const aheadAtMost = 8;

export interface WalkOptions {
    readonly requests: FileRequests;
    readonly descriptors: SecurityDescriptors;
    readonly side: Side;
    /** Ask for the owner of each, which no listing shows. */
    owners?: boolean;
}

/** All entries of one directory, in our order; none where it is not there. */
type Level = Promise<readonly ListedEntry[]>;

/**
 * What is in a share or directory, each directory before its content. The service's own order within a directory is not
 * documented, so each is sorted here: memory grows with the largest directory and the depth, not with the share. The next
 * few directories are listed while this one is dealt with.
 */
export async function* walk(directory: string, options: WalkOptions): AsyncGenerator<Item> {
    yield* walkLevel(directory, listLevel(directory, options.requests), options);
}

async function* walkLevel(directory: string, level: Level, options: WalkOptions): AsyncGenerator<Item> {
    const entries = await level;
    const ahead = new Map<string, Level>();
    const inner = entries
        .filter(({ type }) => type === "directory")
        .map(({ name }) => `${directory}/${name}`);
    let begun = 0;
    for (const entry of entries) {
        const name = `${directory}/${entry.name}`;
        for (; begun < inner.length && ahead.size < aheadAtMost; begun++) {
            const next = inner[begun] ?? "";
            const listed = listLevel(next, options.requests);
            // Whoever comes to it gets the error; until then nobody waits for it.
            listed.catch(() => undefined);
            ahead.set(next, listed);
        }
        const item = await toItem(name, entry, options);
        yield options.owners === true ? await withOwner(item, options.requests) : item;
        const below = ahead.get(name);
        if (below === undefined) continue;
        yield* walkLevel(name, below, options);
        ahead.delete(name);
    }
}

async function withOwner(item: FileItem, requests: FileRequests): Promise<FileItem> {
    const { type } = item.properties;
    const headers = await requests.head(item.name, type);
    const owner = headers && ownEntry(factsOf(headers, type).metadata, ownerKey);
    return owner === undefined ? item : { ...item, owner };
}

async function toItem(
    name: string,
    entry: ListedEntry,
    { descriptors, side }: WalkOptions,
): Promise<FileItem> {
    const { permissionKey } = entry;
    const share = name.slice(0, name.indexOf("/"));
    const permission =
        permissionKey === undefined || permissionKey === ""
            ? undefined
            : await descriptors.text(share, permissionKey);
    const item = toFileItem(name, entry, permission);
    return side === "target" ? withState(item) : item;
}

async function listLevel(directory: string, requests: FileRequests): Level {
    const entries: ListedEntry[] = [];
    let marker: string | undefined;
    do {
        const page = await requests.listDirectory(directory, marker);
        entries.push(...(page?.entries ?? []));
        marker = page?.next;
    } while (marker !== undefined);
    return entries.sort((a, b) => compareFileNames(a.name, b.name));
}
