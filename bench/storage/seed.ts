import { createHash, randomBytes } from "node:crypto";
import { containerName, official, type Side } from "./place.js";

/** How many blobs of which size a case copies. */
export interface Content {
    readonly blobs: number;
    readonly bytes: number;
}

const mebibyte = 1024 * 1024;

/** Fills the container of a side with blobs that have metadata, a type, and an MD5, as they come from a real client. */
export async function seed(side: Side, { blobs, bytes }: Content): Promise<void> {
    const container = official(side).getContainerClient(containerName);
    await container.createIfNotExists();
    // Incompressible, and another for each blob.
    const content = randomBytes(Math.min(bytes, 8 * mebibyte));
    await inBatches(blobs, bytes > mebibyte ? 1 : 32, async (number) => {
        const client = container.getBlockBlobClient(blobName(number));
        content.writeUInt32BE(number);
        const properties = {
            blobHTTPHeaders: { blobContentType: "image/jpeg", blobCacheControl: "max-age=60" },
            metadata: { owner: "bench", number: String(number) },
        };
        if (bytes <= content.length) {
            await client.upload(Buffer.from(content.subarray(0, bytes)), bytes, properties);
            return;
        }
        const hash = createHash("md5");
        const ids: string[] = [];
        for (let start = 0; start < bytes; start += content.length) {
            const block = content.subarray(0, Math.min(content.length, bytes - start));
            block.writeUInt32BE(ids.length, 4);
            hash.update(block);
            const id = Buffer.from(String(ids.length).padStart(8, "0")).toString("base64");
            await client.stageBlock(id, block, block.length);
            ids.push(id);
        }
        await client.commitBlockList(ids, {
            ...properties,
            blobHTTPHeaders: { ...properties.blobHTTPHeaders, blobContentMD5: hash.digest() },
        });
    });
}

function blobName(number: number): string {
    return `folder-${String(number % 10)}/blob-${String(number).padStart(7, "0")}`;
}

async function inBatches(count: number, size: number, work: (number: number) => Promise<unknown>) {
    for (let start = 0; start < count; start += size) {
        const some = Array.from({ length: Math.min(size, count - start) }, (_, index) => start + index);
        await Promise.all(some.map(work));
    }
}
