import { badParameter } from "./errors.js";
import { query } from "./query.js";

/** Source: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secrets/get-secrets#uri-parameters */
const MAXIMUM_RESULTS = 25;

/** One page, as the service answers it; `nextLink` is null on the last. */
export interface Page<T> {
    value: T[];
    nextLink: string | null;
}

/**
 * Cuts a listing. `key` is an opaque and unique position: pages go on after the last key, so that what is added or
 * removed meanwhile neither doubles nor hides the rest.
 */
export function page<E, T>(
    entries: readonly E[],
    url: URL,
    key: (entry: E) => string,
    show: (entry: E) => T,
): Page<T> {
    const size = pageSize(url);
    const after = query(url, "$skiptoken");
    const sorted = [...entries].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    const remaining = after === undefined ? sorted : sorted.filter((entry) => key(entry) > after);
    const shown = remaining.slice(0, size);
    const last = shown.at(-1);
    return {
        value: shown.map(show),
        nextLink: last === undefined || remaining.length <= size ? null : nextLink(url, key(last), size),
    };
}

function pageSize(url: URL): number {
    const asked = query(url, "maxresults");
    if (asked === undefined) return MAXIMUM_RESULTS;
    const size = Number(asked);
    if (!Number.isInteger(size) || size < 1 || size > MAXIMUM_RESULTS) {
        throw badParameter(`maxresults must be between 1 and ${String(MAXIMUM_RESULTS)}.`);
    }
    return size;
}

/** The service writes the port out, and so do we: a client that compares hosts as text must cope with it. */
function nextLink(url: URL, skipToken: string, size: number): string {
    const parameters = new URLSearchParams({
        "api-version": query(url, "api-version") ?? "",
        $skiptoken: skipToken,
        maxresults: String(size),
    });
    // Further pages list the same as the first.
    const includePending = query(url, "includePending");
    if (includePending !== undefined) parameters.set("includePending", includePending);
    return `https://${url.hostname}:443${url.pathname}?${parameters.toString()}`;
}
