import { filesError } from "./errors.js";
import { parameter } from "./call.js";

/** Source: https://learn.microsoft.com/rest/api/storageservices/list-directories-and-files */
const MAXIMUM_RESULTS = 5000;

/** What a listing was asked for. */
export interface PageRequest {
    readonly prefix: string | undefined;
    readonly marker: string | undefined;
    readonly maxResults: string | undefined;
    readonly include: ReadonlySet<string>;
}

/** Part of a listing; `next` is the marker of the rest. */
export interface Page<T> {
    readonly entries: readonly T[];
    readonly next: string;
}

/** Throws 400 where `include` names something that is not among `known`, given in lower case. */
export function pageRequest(url: URL, known: readonly string[]): PageRequest {
    const include = (parameter(url, "include") ?? "")
        .split(",")
        .map((part) => part.trim().toLowerCase())
        .filter((part) => part !== "");
    if (include.some((part) => !known.includes(part)))
        throw filesError("InvalidQueryParameterValue", "include");
    return {
        prefix: parameter(url, "prefix"),
        marker: parameter(url, "marker"),
        maxResults: parameter(url, "maxresults"),
        include: new Set(include),
    };
}

/**
 * The page of sorted entries that a request asks for. `order` is what they are sorted by: a marker says where the next
 * page begins, so that entries which come or go meanwhile do no harm.
 */
export function pageOf<T>(sorted: readonly T[], request: PageRequest, order: (entry: T) => string): Page<T> {
    const maximum = request.maxResults === undefined ? MAXIMUM_RESULTS : Number(request.maxResults);
    if (!Number.isInteger(maximum)) throw filesError("InvalidQueryParameterValue", "maxresults");
    if (maximum < 1) throw filesError("OutOfRangeQueryParameterValue", "maxresults");
    const from = request.marker === undefined ? "" : decodeMarker(request.marker);
    const rest = sorted.filter((entry) => order(entry) >= from);
    const entries = rest.slice(0, Math.min(maximum, MAXIMUM_RESULTS));
    const following = rest[entries.length];
    return { entries, next: following === undefined ? "" : encodeMarker(order(following)) };
}

/** By UTF-16 code units, as `<` compares. */
export function byOrder<T>(order: (entry: T) => string): (a: T, b: T) => number {
    return (a, b) => {
        const [left, right] = [order(a), order(b)];
        return left < right ? -1 : left > right ? 1 : 0;
    };
}

function encodeMarker(order: string): string {
    return `1!${Buffer.from(order).toString("base64url")}`;
}

function decodeMarker(marker: string): string {
    if (marker === "") return "";
    const [, encoded] = /^1!([\w-]+)$/.exec(marker) ?? [];
    if (encoded === undefined) throw filesError("InvalidQueryParameterValue", "marker");
    return Buffer.from(encoded, "base64url").toString();
}
