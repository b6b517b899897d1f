import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { StorageSharedKeyCredential, BlobServiceClient } from "@azure/storage-blob";

/** The key of every account here: 64 bytes, as accounts of Azure have them. */
export const accountKey = Buffer.alloc(64, 7).toString("base64");

/** The container that is copied. */
export const containerName = "data";

/** One side of a copy: an account of a server. */
export interface Side {
    readonly origin: string;
    readonly account: string;
}

/** Both sides of a copy. */
export interface Place {
    readonly source: Side;
    readonly target: Side;
}

/** The project's root folder. */
export const root = join(__dirname, "..", "..");

/** A folder for what is made on the way; on the disk, as far as the machine has one. */
export function workFolder(): string {
    const folder = join(root, ".cache", "bench");
    mkdirSync(folder, { recursive: true });
    return folder;
}

/** The official client of one side. */
export function official({ origin, account }: Side): BlobServiceClient {
    const credential = new StorageSharedKeyCredential(account, accountKey);
    return new BlobServiceClient(`${origin}/${account}`, credential);
}
