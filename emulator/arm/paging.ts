/** A page of a list, as ARM answers. */
export interface Page {
    value: object[];
    nextLink?: string;
}

/** One entry of a list, with the key that lists are ordered by. */
export interface Entry {
    id: string;
    body: object;
}

/**
 * The page that the request asks for: `$top` entries (at most `pageSize`) after the one that `$skiptoken` names.
 * A token stays good when resources come and go in between.
 */
export function page(entries: readonly Entry[], url: URL, pageSize: number): Page {
    const top = Number(parameter(url, "$top") ?? pageSize);
    const size = Math.max(1, Math.min(Number.isFinite(top) ? top : pageSize, pageSize));
    const token = parameter(url, "$skiptoken");
    const after = token === undefined ? "" : Buffer.from(token, "base64url").toString("utf8");
    const ordered = [...entries].sort((a, b) => (a.id.toLowerCase() < b.id.toLowerCase() ? -1 : 1));
    const rest = ordered.filter(({ id }) => id.toLowerCase() > after);
    const shown = rest.slice(0, size);
    const last = shown.at(-1);
    const value = shown.map(({ body }) => body);
    if (last === undefined || rest.length <= shown.length) return { value };
    const next = new URL(url);
    for (const name of [...next.searchParams.keys()]) {
        if (name.toLowerCase() === "$skiptoken") next.searchParams.delete(name);
    }
    next.searchParams.set("$skiptoken", Buffer.from(last.id.toLowerCase()).toString("base64url"));
    return { value, nextLink: next.href };
}

/** A query parameter, whose name has no case in Azure. */
export function parameter(url: URL, name: string): string | undefined {
    for (const [key, value] of url.searchParams) {
        if (key.toLowerCase() === name.toLowerCase()) return value;
    }
    return undefined;
}
