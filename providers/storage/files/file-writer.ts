import { createHash } from "node:crypto";
import type { HttpHeaders } from "@azure/core-rest-pipeline";
import { canonicalJson } from "../../core/json.js";
import { forEachBounded } from "../../core/replication/pool.js";
import { changedDuringRun } from "../errors.js";
import { ownEntry, unfinishedKey, withOwn } from "../metadata.js";
import { stretchesOf, type PageRange } from "../page-ranges.js";
import type { FileContent } from "./file-content.js";
import {
    carriedMetadataHeaders,
    isReadOnly,
    metadataHeaders,
    permissionHeaders,
    smbHeaders,
    writableAttributes,
} from "./file-headers.js";
import { factsOf, unfinishedTime, type FileItem } from "./file-item.js";
import type { FileRequests } from "./requests.js";

/** The writing of one file. */
export interface FileWrite {
    readonly requests: FileRequests;
    readonly item: FileItem;
    readonly content: FileContent;
    /** The headers of the target's file, if there is one. */
    readonly found: HttpHeaders | undefined;
    /** Key of the security descriptor in the target's share. */
    readonly permissionKey: string | undefined;
    readonly owner: string | undefined;
    readonly signal: AbortSignal;
    /** Bytes that are written before the file says how far it is. */
    readonly bytesBetweenMarks: number;
}

/** Where the bytes of a file come from. */
export interface RangeSender {
    /** Ranges that are on their way at once. */
    readonly atOnce: number;
    /** Writes one to the target; may be carried out twice. */
    send(range: PageRange): Promise<void>;
    /** Throws where the source is no longer what it was in the beginning. */
    confirm(): Promise<void>;
}

const nothing = new Uint8Array();

/** Writes a file with all that belongs to it in one request. */
export async function writeWhole(write: FileWrite): Promise<HttpHeaders> {
    await makeWritable(write);
    const { requests, item, content } = write;
    const { whole = nothing } = content;
    const md5 = createHash("md5").update(whole).digest("base64");
    return requests.createFile(
        item.name,
        {
            ...creationHeaders(write),
            ...smbHeaders(item, content),
            ...carriedMetadataHeaders(content, write.owner),
            ...(whole.length === 0 ? {} : { "content-md5": md5 }),
        },
        whole,
    );
}

/**
 * Writes a file range by range. Until the last request it has a time of creation that listings show, so what a killed run
 * leaves passes for no copy. A large one also says in its metadata which source it is of and how far it is; a later run
 * goes on there. Which ranges are at the target is not asked: whether a request that broke off wrote all of its range or
 * some is not documented.
 */
export async function writeRanges(write: FileWrite, sender: RangeSender): Promise<HttpHeaders> {
    const { requests, item, content, signal, owner } = write;
    const { name } = item;
    const isMarked = content.bytes > write.bytesBetweenMarks;
    const origin = originOf(write);
    const mark = (progress: number): Record<string, string> =>
        metadataHeaders({
            ...withOwn(content.metadata, { owner }),
            ...(isMarked ? { [unfinishedKey]: `${origin}.${String(progress)}` } : {}),
        });
    const left = isMarked ? progressOf(write, origin) : undefined;
    if (left === undefined) {
        await makeWritable(write);
        await requests.createFile(name, {
            ...creationHeaders(write),
            ...smbHeaders(item, content),
            "x-ms-file-attributes": writableAttributes(item.properties.attributes),
            "x-ms-file-creation-time": unfinishedTime,
            ...mark(0),
        });
    }
    for await (const stretch of stretchesOf(content.ranges(left ?? 0), write.bytesBetweenMarks)) {
        await forEachBounded(stretch.ranges, { concurrency: sender.atOnce, signal }, (range) =>
            sender.send(range),
        );
        signal.throwIfAborted();
        if (!stretch.isLast) {
            await mustBeUnfinished(write);
            await requests.setMetadata(name, "file", mark(stretch.end));
        }
    }
    await sender.confirm();
    await mustBeUnfinished(write);
    if (isMarked) await requests.setMetadata(name, "file", carriedMetadataHeaders(content, owner));
    return requests.setProperties(name, "file", {
        ...content.headers,
        ...smbHeaders(item, content),
        "x-ms-file-permission": "preserve",
    });
}

/** What the request that makes the file says of it and no later one changes. */
function creationHeaders({ content, permissionKey }: FileWrite): Record<string, string> {
    return {
        ...content.headers,
        "x-ms-content-length": String(content.bytes),
        ...permissionHeaders(permissionKey),
    };
}

/** A file that may only be read is not replaced either. */
async function makeWritable({ requests, item, found }: FileWrite): Promise<void> {
    if (found === undefined) return;
    const { attributes } = factsOf(found, "file");
    if (!isReadOnly(attributes)) return;
    await requests.setProperties(item.name, "file", {
        "x-ms-file-attributes": writableAttributes(attributes),
        "x-ms-file-creation-time": "preserve",
        "x-ms-file-last-write-time": "preserve",
        "x-ms-file-permission": "preserve",
    });
}

/** Somebody who replaced the file meanwhile must not get the properties of ours. */
async function mustBeUnfinished({ requests, item, content }: FileWrite): Promise<void> {
    const headers = await requests.head(item.name, "file");
    const facts = headers === undefined ? undefined : factsOf(headers, "file");
    if (facts?.creationTime === unfinishedTime && facts.bytes === content.bytes) return;
    throw changedDuringRun("file", item.name);
}

/** A hash of the source's URL and ETag and of all that the file is made with. */
function originOf({ item, content, owner }: FileWrite): string {
    const { identity, bytes, headers, metadata } = content;
    const made = {
        identity,
        bytes,
        headers: { ...headers },
        metadata: { ...metadata },
        owner: owner ?? "",
        properties: item.properties,
    };
    return createHash("sha256").update(canonicalJson(made)).digest("hex").slice(0, 16);
}

/** How far an earlier run came with the very same write; undefined where there was none. */
function progressOf({ found, content }: FileWrite, origin: string): number | undefined {
    if (found === undefined) return undefined;
    const facts = factsOf(found, "file");
    const [source, progress] = (ownEntry(facts.metadata, unfinishedKey) ?? "").split(".");
    const isOurs =
        source === origin && facts.creationTime === unfinishedTime && facts.bytes === content.bytes;
    return isOurs ? Number(progress) : undefined;
}
