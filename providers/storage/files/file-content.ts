import { createHash } from "node:crypto";
import type { HttpHeaders } from "@azure/core-rest-pipeline";
import { DataplaneError } from "../../core/errors.js";
import { canonicalJson } from "../../core/json.js";
import { carriedMetadata } from "../metadata.js";
import type { PageRange } from "../page-ranges.js";
import { changedFileAtSource } from "./errors.js";
import { factsOf } from "./file-item.js";
import type { FileRequests } from "./requests.js";
import { largestRange, wholeStream, writtenRanges } from "./written-ranges.js";

/** What a file or directory holds that its listing does not show. */
export interface FileContent {
    readonly type: "file" | "directory";
    readonly bytes: number;
    /** HTTP headers, as Create File takes them: `x-ms-content-type`. */
    readonly headers: Readonly<Record<string, string>>;
    /** Without our own. */
    readonly metadata: Readonly<Record<string, string>>;
    readonly changeTime: string;
    readonly lastWriteTime: string;
    /** Its URL and ETag. */
    readonly identity: string;
    readonly etag: string;
    /** All of a file that fits into one request, where it was read. */
    readonly whole?: Uint8Array;
    /** The ranges that were written from that byte on, in order, each at most `largestRange`. */
    ranges(from: number): AsyncIterable<PageRange>;
    read(range: PageRange): Promise<Uint8Array>;
    /** All bytes; what was never written is zeros and not read. */
    readonly stream: AsyncIterable<Uint8Array>;
}

/**
 * Opens a file or directory. A small file is read at once, a larger one when its ranges are asked for.
 *
 * @param reads false where only the service is to read it.
 * @throws DataplaneError `Conflict` of the side `source` where it is not there any more, and later on where it changes.
 */
export async function openContent(
    requests: FileRequests,
    { name, type, bytes }: { name: string; type: "file" | "directory"; bytes: number },
    reads: boolean,
): Promise<FileContent> {
    if (reads && type === "file" && bytes > 0 && bytes <= largestRange) {
        const { headers, data } = await readChecked(requests, name, { offset: 0, count: largestRange });
        const total = Number(/\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1] ?? data.length);
        if (total === data.length)
            return describe(requests, name, headers, { type, bytes: total, whole: data });
    }
    const headers = await requests.head(name, type);
    if (headers === undefined) throw changedFileAtSource(name);
    return describe(requests, name, headers, { type, bytes: factsOf(headers, type).bytes });
}

function describe(
    requests: FileRequests,
    name: string,
    headers: HttpHeaders,
    { type, bytes, whole }: Pick<FileContent, "type" | "bytes"> & { whole?: Uint8Array },
): FileContent {
    const { metadata, changeTime, lastWriteTime } = factsOf(headers, type);
    const etag = headers.get("etag") ?? "";
    const ranges = (from: number): AsyncIterable<PageRange> =>
        type === "directory" ? noRanges() : writtenRanges(requests, name, { from, bytes, etag });
    const read = async (range: PageRange): Promise<Uint8Array> => {
        if (whole !== undefined) return whole.subarray(range.offset, range.offset + range.count);
        const { headers: answered, data } = await readChecked(requests, name, range);
        if (answered.get("etag") !== etag || data.length !== range.count) throw changedFileAtSource(name);
        return data;
    };
    return {
        type,
        bytes: type === "directory" ? 0 : bytes,
        headers: type === "directory" ? {} : contentHeaders(headers, whole !== undefined),
        metadata: carriedMetadata(metadata),
        changeTime,
        lastWriteTime,
        identity: `${requests.url(name)} ${etag}`,
        etag,
        ...(whole === undefined ? {} : { whole }),
        ranges,
        read,
        get stream() {
            return wholeStream(ranges(0), read, type === "directory" ? 0 : bytes);
        },
    };
}

async function* noRanges(): AsyncGenerator<PageRange> {
    // A directory has no bytes.
}

const contentHeaderNames: Readonly<Record<string, string>> = {
    "content-type": "x-ms-content-type",
    "content-encoding": "x-ms-content-encoding",
    "content-language": "x-ms-content-language",
    "content-disposition": "x-ms-content-disposition",
    "cache-control": "x-ms-cache-control",
};

/** `ofRange`: `Content-MD5` is that of the range, and the file's own stands beside it. */
function contentHeaders(headers: HttpHeaders, ofRange: boolean): Record<string, string> {
    const shown = Object.entries(contentHeaderNames).map(([from, to]) => [to, headers.get(from)] as const);
    const md5 = headers.get(ofRange ? "x-ms-content-md5" : "content-md5");
    const all = [...shown, ["x-ms-content-md5", md5] as const];
    return Object.fromEntries(
        all.filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ""),
    );
}

async function readChecked(
    requests: FileRequests,
    name: string,
    { offset, count }: PageRange,
): Promise<{ headers: HttpHeaders; data: Buffer }> {
    const answer = await requests.readRange(name, offset, count);
    const md5 = answer.headers.get("content-md5");
    if (md5 === undefined || createHash("md5").update(answer.data).digest("base64") === md5) return answer;
    throw new DataplaneError("Corrupt", `the bytes of "${name}" at ${String(offset)} arrived damaged`, {
        item: name,
        side: "source",
        remedy: "Run again.",
    });
}

/** Whether two have the same headers and metadata: what a comparison of their bytes does not show. */
export function sameBeside(a: FileContent, b: FileContent): boolean {
    const beside = ({ type, headers, metadata }: FileContent): string =>
        canonicalJson({ type, headers: { ...headers }, metadata: { ...metadata } });
    return beside(a) === beside(b);
}
