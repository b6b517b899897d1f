import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { ArmRecord, ServiceResponse } from "../../contract.js";
import { HeaderList, internal, type BlobRequest } from "../blob-request.js";

/** The blobs under the trees. */
export interface Blobs {
    send(account: ArmRecord, request: BlobRequest): Promise<ServiceResponse>;
    /** Gives blobs another name, and leaves everything else of them as it is. */
    rename(account: ArmRecord, moves: readonly BlobMove[]): Promise<void>;
}

/** One blob that gets another name. */
export interface BlobMove {
    readonly from: { readonly container: string; readonly blob: string };
    readonly to: { readonly container: string; readonly blob: string };
}

/** A blob of a listing, as the blob service writes it. */
export interface ListedBlob {
    readonly name: string;
    readonly xml: string;
}

/** The metadata by which the service knows directories: https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-known-issues */
export const FOLDER = "hdi_isfolder";

function blobUrl(account: ArmRecord, container: string, path = "", query = ""): URL {
    const encoded = [container, ...path.split("/").filter(Boolean)].map(encodeURIComponent).join("/");
    return new URL(`https://${account.name}.blob.core.windows.net/${encoded}${query}`);
}

export function blobRequest(
    account: ArmRecord,
    method: string,
    place: { container: string; path?: string; query?: string },
    headers: Readonly<Record<string, string | undefined>> = {},
    body?: Buffer,
): BlobRequest {
    const given = Object.entries(headers).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const list = new HeaderList([["x-ms-version", "2023-11-03"], ...given]);
    if (body !== undefined && body.length > 0) list.set("content-length", String(body.length));
    const request = internal(
        "path",
        method,
        blobUrl(account, place.container, place.path, place.query),
        list,
    );
    return body === undefined || body.length === 0 ? request : { ...request, body: Readable.from([body]) };
}

export async function bodyOf({ body }: ServiceResponse): Promise<Buffer> {
    if (body instanceof Readable) return buffer(body);
    return Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : "");
}

export function headerOf({ headers }: ServiceResponse, name: string): string | undefined {
    const value = headers?.[name];
    return Array.isArray(value) ? value[0] : value;
}

/** Every blob of a container. The answer is undefined where there is no such container. */
export async function allBlobs(
    blobs: Blobs,
    account: ArmRecord,
    container: string,
): Promise<ListedBlob[] | undefined> {
    const all: ListedBlob[] = [];
    let marker = "";
    do {
        const query = `?restype=container&comp=list&include=metadata&marker=${encodeURIComponent(marker)}`;
        const answer = await blobs.send(account, blobRequest(account, "GET", { container, query }));
        const xml = (await bodyOf(answer)).toString();
        if (answer.status !== 200) return undefined;
        for (const [blob, name = ""] of xml.matchAll(/<Blob><Name>([^<]*)<\/Name>.*?<\/Blob>/gs))
            all.push({ name: unescapeXml(name), xml: blob });
        marker = unescapeXml(/<NextMarker>([^<]*)</.exec(xml)?.[1] ?? "");
    } while (marker !== "");
    return all;
}

function unescapeXml(escaped: string): string {
    const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
    return escaped.replace(/&(#\d+|#x[0-9a-fA-F]+|\w+);/g, (entity, name: string) => {
        if (name.startsWith("#x")) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
        if (name.startsWith("#")) return String.fromCodePoint(Number(name.slice(1)));
        return named[name] ?? entity;
    });
}
