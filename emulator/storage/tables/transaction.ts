/** One operation of an entity group transaction. */
export interface Part {
    readonly method: string;
    readonly url: URL;
    readonly ifMatch: string | undefined;
    /** Empty where it has none. */
    readonly body: string;
}

/**
 * The operations of a transaction's change set; empty where the body is none.
 * Source: https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions
 */
export function partsOf(body: string): Part[] {
    const [, boundary] = /boundary=(changeset_[^\s;]+)/i.exec(body) ?? [];
    if (boundary === undefined) return [];
    return body.split(`--${boundary}`).flatMap((text) => {
        const line = /^(GET|POST|PUT|PATCH|MERGE|DELETE) (\S+) HTTP\/1\.1\r?$/m.exec(text);
        if (line?.[1] === undefined || line[2] === undefined || !URL.canParse(line[2])) return [];
        const rest = text.slice(line.index + line[0].length);
        const end = /\r?\n\r?\n/.exec(rest);
        const headers = end === null ? rest : rest.slice(0, end.index);
        return [
            {
                method: line[1],
                url: new URL(line[2]),
                ifMatch: /^If-Match:[ \t]*(.*?)\r?$/im.exec(headers)?.[1],
                body: end === null ? "" : rest.slice(end.index + end[0].length).trim(),
            },
        ];
    });
}
