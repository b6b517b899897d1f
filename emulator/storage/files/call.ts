import type { ArmRecord, ServiceResponse } from "../../contract.js";
import type { BlobRequest } from "../blob-request.js";
import type { Ask } from "../copy-source.js";
import type { ContentStore } from "./content.js";
import { filesError } from "./errors.js";
import type { Place } from "./names.js";
import type { AccountFiles, DirectoryNode, Share, ShareSnapshot } from "./state.js";

/** What all operations share. */
export interface World {
    readonly content: ContentStore;
    /** A 64-bit number that no file, handle or session had before. */
    nextId(): string;
    nextEtag(): string;
    /** Reads the source of a copy with the rights that come with the request for it. */
    readonly ask: Ask;
    /** The security descriptor with that key in the share of a file's URL; undefined where there is none. */
    descriptorOf(url: URL, key: string): string | undefined;
}

/** One request, as operations see it. */
export interface Call {
    readonly request: BlobRequest;
    readonly record: ArmRecord;
    readonly files: AccountFiles;
    readonly place: Place;
    /** `x-ms-version`. */
    readonly version: string;
    /** Milliseconds since the epoch. */
    readonly now: number;
    readonly world: World;
}

/** A call on a share, or on what is in it. */
export interface ShareCall extends Call {
    readonly share: Share;
    /** Set where the request means the share as it was then. */
    readonly snapshot: ShareSnapshot | undefined;
    /** Of the share, or of the snapshot. */
    readonly root: DirectoryNode;
}

/** A header, by its name without `x-ms-`. */
export function header(call: Call, name: string): string | undefined {
    return call.request.headers.get(`x-ms-${name}`);
}

/** A header that is `true` or `false`. Throws 400 for anything else. */
export function flag(call: Call, name: string): boolean {
    const value = header(call, name)?.toLowerCase() ?? "false";
    if (value !== "true" && value !== "false") throw filesError("InvalidHeaderValue", `x-ms-${name}`);
    return value === "true";
}

/** A header that is a whole number. Throws 400 where it is none, or less than `minimum`. */
export function wholeNumber(call: Call, name: string, minimum = 0): number | undefined {
    const value = header(call, name);
    if (value === undefined) return undefined;
    if (!/^-?\d{1,15}$/.test(value) || Number(value) < minimum)
        throw filesError("InvalidHeaderValue", `x-ms-${name}`);
    return Number(value);
}

/** The metadata that the request sets; names keep their case. Names are C# identifiers: others are refused with 400. */
export function metadataOf(call: Call): Record<string, string> {
    const entries = call.request.headers
        .withPrefix("x-ms-meta-")
        .map(([name, value]) => [name.slice("x-ms-meta-".length), value] as const);
    if (entries.some(([name]) => !/^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(name)))
        throw filesError("InvalidHeaderValue", "x-ms-meta");
    return Object.fromEntries(entries);
}

/** Metadata as headers of an answer. */
export function metadataHeaders(metadata: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-ms-meta-${name}`, value]));
}

/** A query parameter, whatever its case. */
export function parameter(url: URL, name: string): string | undefined {
    return [...url.searchParams].find(([have]) => have.toLowerCase() === name)?.[1];
}

/** `ETag` and `Last-Modified` of something. */
export function stamps({ etag, modified }: { etag: string; modified: number }): Record<string, string> {
    return { etag, "last-modified": new Date(modified).toUTCString() };
}

/** A time as Azure Files writes it: 100-nanosecond steps. */
export function fileTime(milliseconds: number): string {
    return new Date(milliseconds).toISOString().replace("Z", "0000Z");
}

/** An answer without a body. */
export function answer(status: number, headers: Record<string, string> = {}): ServiceResponse {
    return { status, headers };
}
