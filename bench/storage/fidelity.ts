import type { BlobItem } from "@azure/storage-blob";
import { containerName, official, type Place, type Side } from "./place.js";

/** How true the copies of a run are: blobs out of all. */
export interface Fidelity {
    readonly blobs: number;
    /** Size, MD5 and headers are the source's, and nothing of its metadata is missing. */
    readonly kept: number;
    /** The metadata is the source's, with nothing added. */
    readonly identical: number;
}

/** Compares both sides by the official client. */
export async function fidelityOf({ source, target }: Place): Promise<Fidelity> {
    const copies = await blobsOf(target);
    let kept = 0;
    let identical = 0;
    const originals = await blobsOf(source);
    for (const [name, original] of originals) {
        const copy = copies.get(name);
        if (copy === undefined || facts(copy) !== facts(original)) continue;
        const wanted = Object.entries(original.metadata ?? {});
        const found = copy.metadata ?? {};
        if (!wanted.every(([key, value]) => found[key] === value)) continue;
        kept += 1;
        if (Object.keys(found).length === wanted.length) identical += 1;
    }
    return { blobs: originals.size, kept, identical };
}

async function blobsOf(side: Side): Promise<Map<string, BlobItem>> {
    const blobs = new Map<string, BlobItem>();
    const container = official(side).getContainerClient(containerName);
    for await (const blob of container.listBlobsFlat({ includeMetadata: true })) blobs.set(blob.name, blob);
    return blobs;
}

function facts({ properties }: BlobItem): string {
    const { contentLength, contentMD5, contentType, cacheControl, contentEncoding } = properties;
    const md5 = contentMD5 === undefined ? undefined : Buffer.from(contentMD5).toString("base64");
    return JSON.stringify([contentLength, md5, contentType, cacheControl, contentEncoding]);
}
