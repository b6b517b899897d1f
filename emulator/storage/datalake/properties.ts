import { StorageError } from "../errors.js";
import type { HeaderList } from "../blob-request.js";
import { FOLDER } from "./backend.js";

/** Headers of the dfs endpoint, and what the Blob API calls them. */
const contentHeaders = [
    "cache-control",
    "content-type",
    "content-disposition",
    "content-encoding",
    "content-language",
];

/**
 * The headers to write a blob with: content headers, and metadata from `x-ms-properties` (`name=base64,…`).
 * Source: https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/create#request-headers
 */
export function blobHeaders(headers: HeaderList, isDirectory: boolean): Record<string, string | undefined> {
    const content = contentHeaders.map((name) => [`x-ms-blob-${name}`, headers.get(`x-ms-${name}`)] as const);
    return {
        ...Object.fromEntries(content),
        ...metadataHeaders(headers.get("x-ms-properties") ?? ""),
        ...(isDirectory ? { [`x-ms-meta-${FOLDER}`]: "true" } : {}),
    };
}

export function metadataHeaders(properties: string): Record<string, string> {
    const pairs = properties.split(",").filter((pair) => pair !== "");
    return Object.fromEntries(
        pairs.map((pair) => {
            const at = pair.indexOf("=");
            if (at <= 0)
                throw new StorageError(400, "InvalidPropertyName", "A property name cannot be empty.");
            const value = Buffer.from(pair.slice(at + 1), "base64").toString();
            return [`x-ms-meta-${pair.slice(0, at).trim()}`, value];
        }),
    );
}

/** The conditions that go on to the blob. */
export function conditions(headers: HeaderList): Record<string, string | undefined> {
    const names = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "x-ms-lease-id"];
    return Object.fromEntries(names.map((name) => [name, headers.get(name)]));
}
