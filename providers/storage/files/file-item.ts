import type { HttpHeaders } from "@azure/core-rest-pipeline";
import type { Item } from "../../core/contract.js";
import type { Json } from "../../core/json.js";
import { ownEntry, ownerKey, type Metadata } from "../metadata.js";
import type { ListedEntry } from "./directory-parser.js";
import { placeOf } from "./names.js";

/**
 * The time of creation that a file has until it is whole. Listings show it, unlike metadata, so a file that a killed run
 * left is known for one.
 */
export const unfinishedTime = "1980-02-29T04:04:04.7110471Z";

/** What is carried beside content, HTTP headers and metadata, which no listing shows: they are a part of the content. */
export type FileProperties = Record<string, Json> & {
    type: "file" | "directory";
    /** `Archive | Hidden`, in the service's order. */
    attributes: string;
    creationTime: string;
    /** Of files; a directory gets a new one whenever something is put into it. */
    lastWriteTime?: string;
    /** SDDL; absent where the service shows none. */
    permission?: string;
};

/** A file or directory as a listing or its headers show it. */
export interface FileItem extends Item {
    readonly properties: FileProperties;
    /**
     * When anything of it was changed last, to 100 nanoseconds. A copy gets the source's when it is whole, and loses it
     * with any change.
     */
    readonly changeTime: string;
    readonly lastWriteTime: string;
}

/** What a listing and headers show alike. */
export type EntryFacts = Omit<ListedEntry, "name"> & { readonly metadata?: Metadata };

/** The item of a file or directory. Its version is its ETag, which changes with content, properties and metadata. */
export function toFileItem(name: string, facts: EntryFacts, permission: string | undefined): FileItem {
    const owner = ownEntry(facts.metadata, ownerKey);
    const { type, attributes, creationTime, lastWriteTime, changeTime } = facts;
    return {
        name,
        group: placeOf(name).share,
        version: versionOf(facts.etag),
        bytes: type === "file" ? facts.bytes : 0,
        properties: {
            type,
            attributes,
            creationTime,
            ...(type === "file" ? { lastWriteTime } : {}),
            ...(permission === undefined ? {} : { permission }),
        },
        changeTime,
        lastWriteTime,
        ...(facts.lastModified === undefined ? {} : { modified: facts.lastModified }),
        ...(owner === undefined ? {} : { owner }),
        ...(creationTime === unfinishedTime ? { placeholder: true } : {}),
    };
}

export function versionOf(etag: string | undefined): string {
    return etag?.replaceAll('"', "") ?? "unknown";
}

/** What the headers of a file or directory say. */
export function factsOf(headers: HttpHeaders, type: "file" | "directory"): EntryFacts {
    const modified = headers.get("last-modified");
    return {
        type,
        bytes: Number(headers.get("content-length") ?? "0"),
        etag: headers.get("etag"),
        lastModified: modified === undefined ? undefined : new Date(modified),
        attributes: headers.get("x-ms-file-attributes") ?? "",
        creationTime: headers.get("x-ms-file-creation-time") ?? "",
        lastWriteTime: headers.get("x-ms-file-last-write-time") ?? "",
        changeTime: headers.get("x-ms-file-change-time") ?? "",
        permissionKey: headers.get("x-ms-file-permission-key"),
        metadata: metadataOf(headers),
    };
}

const prefix = "x-ms-meta-";

function metadataOf(headers: HttpHeaders): Record<string, string> {
    const entries = [...headers].filter(([name]) => name.toLowerCase().startsWith(prefix));
    return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}

/**
 * What proves a copy to be one of this very state of a source: size and times, above all that of the last change, which
 * every change moves and no other tool carries along.
 */
export function stateOf({ bytes = 0, changeTime, lastWriteTime, properties }: FileItem): string {
    const written = properties.type === "file" ? lastWriteTime : "";
    return `${changeTime} ${written} ${String(bytes)}`;
}

/** The target's item with its state as its digest: a source that is foreseen to be of the same state gets it too. */
export function withState(item: FileItem): FileItem {
    return { ...item, digest: stateOf(item) };
}
