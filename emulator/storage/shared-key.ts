import { createHmac, timingSafeEqual } from "node:crypto";
import type { HeaderList } from "./blob-request.js";

/** What a signature is made of. */
export interface SignedRequest {
    readonly method: string;
    /** Path and query as sent. */
    readonly target: string;
    readonly headers: HeaderList;
}

/**
 * The `Authorization` header of a request with Shared Key.
 * Source: https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
 */
export function authorizationOf(account: string, key: Buffer, request: SignedRequest): string {
    const signature = createHmac("sha256", key)
        .update(stringToSign(account, request), "utf8")
        .digest("base64");
    return `SharedKey ${account}:${signature}`;
}

/** Whether the request's own `Authorization` header was made with one of the keys. */
export function isSignedBy(account: string, keys: readonly Buffer[], request: SignedRequest): boolean {
    const given = Buffer.from(request.headers.get("authorization") ?? "");
    return keys.some((key) => {
        const expected = Buffer.from(authorizationOf(account, key, request));
        return given.length === expected.length && timingSafeEqual(given, expected);
    });
}

const standardHeaders = [
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
];

function stringToSign(account: string, request: SignedRequest): string {
    const standard = standardHeaders.map((name) => {
        const value = request.headers.get(name) ?? "";
        return name === "content-length" && value === "0" ? "" : value;
    });
    return (
        [request.method, ...standard].join("\n") +
        `\n${canonicalHeaders(request)}${canonicalResource(account, request)}`
    );
}

function canonicalHeaders(request: SignedRequest): string {
    return request.headers
        .withPrefix("x-ms-")
        .map(([name, value]) => [name.toLowerCase().trimEnd(), value.trimStart()] as const)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, value]) => `${name}:${value}\n`)
        .join("");
}

function canonicalResource(account: string, request: SignedRequest): string {
    const [path, search = ""] = splitOnce(request.target, "?");
    const parameters = search
        .split("&")
        .filter((pair) => pair !== "")
        .map((pair) => {
            const [name, value = ""] = splitOnce(pair, "=");
            return [name.toLowerCase(), decode(value)] as const;
        })
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([name, value]) => `\n${name}:${value}`);
    return `/${account}${path}${parameters.join("")}`;
}

function splitOnce(text: string, separator: string): [string, string?] {
    const at = text.indexOf(separator);
    return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function decode(text: string): string {
    try {
        return decodeURIComponent(text.replaceAll("+", "%20"));
    } catch {
        return text;
    }
}
