import { createHash, randomBytes } from "node:crypto";
import { FileSystemAttributes, type ShareClient, type ShareFileClient } from "@azure/storage-file-share";
import type { Content } from "../seed.js";

const largestRange = 4 * 1024 * 1024;
const permission = "O:S-1-5-21-1111-2222-3333-7G:SYD:PAI(A;;FA;;;SY)(A;;FR;;;S-1-5-21-1111-2222-3333-7)";
const day = 86_400_000;

/** Makes the share and fills it with files that have all that clients of Windows and of REST give them. */
export async function seed(share: ShareClient, { blobs: count, bytes }: Content): Promise<void> {
    await share.create();
    for (let number = 0; number < Math.min(count, 10); number += 1)
        await share.getDirectoryClient(folderOf(number)).create();
    // Incompressible, and another for each file.
    const content = randomBytes(Math.min(bytes, largestRange));
    for (let start = 0; start < count; start += 32) {
        const numbers = Array.from({ length: Math.min(32, count - start) }, (_, index) => start + index);
        await Promise.all(numbers.map((number) => seedFile(share, number, bytes, content)));
    }
}

function folderOf(number: number): string {
    return `folder-${String(number % 10)}`;
}

async function seedFile(share: ShareClient, number: number, bytes: number, shared: Buffer): Promise<void> {
    const content = Buffer.from(shared);
    content.writeUInt32BE(number);
    const file = share
        .getDirectoryClient(folderOf(number))
        .getFileClient(`file-${String(number).padStart(7, "0")}`);
    const fileHttpHeaders = { fileContentType: "image/jpeg", fileCacheControl: "max-age=60" };
    await file.create(bytes, {
        fileHttpHeaders,
        metadata: { owner: "bench", number: String(number) },
        filePermission: permission,
    });
    for (let offset = 0; offset < bytes; offset += content.length) {
        content.writeUInt32BE(offset / content.length, 4);
        const length = Math.min(content.length, bytes - offset);
        await file.uploadRange(content.subarray(0, length), offset, length);
    }
    await file.setProperties({
        fileHttpHeaders,
        fileAttributes: FileSystemAttributes.parse("Hidden"),
        creationTime: new Date(Date.UTC(2001, 0, 1) + number * day),
        lastWriteTime: new Date(Date.UTC(2011, 0, 1) + number * day),
    });
}

/** How true the copies of a run are: files out of all. */
export interface Fidelity {
    /** Content, headers, metadata and attributes are the source's. */
    readonly kept: number;
    /** And the three times and the permission too. */
    readonly identical: number;
}

/** Compares both shares by the official client, byte by byte. */
export async function fidelityOf(source: ShareClient, target: ShareClient): Promise<Fidelity> {
    let kept = 0;
    let identical = 0;
    const permissions = [permissionsOf(source), permissionsOf(target)] as const;
    for await (const directory of source.rootDirectoryClient.listFilesAndDirectories()) {
        const from = source.getDirectoryClient(directory.name);
        const to = target.getDirectoryClient(directory.name);
        for await (const { name } of from.listFilesAndDirectories()) {
            const [original, copy] = await Promise.all([
                describe(from.getFileClient(name), permissions[0]),
                describe(to.getFileClient(name), permissions[1]),
            ]);
            if (original === undefined || original.kept !== copy?.kept) continue;
            kept += 1;
            if (original.beside === copy.beside) identical += 1;
        }
    }
    return { kept, identical };
}

/** The texts behind keys, which are good in one share alone. */
function permissionsOf(share: ShareClient): (key: string) => Promise<string> {
    const known = new Map<string, Promise<string>>();
    return (key) => {
        const asked = known.get(key) ?? share.getPermission(key).then(({ permission: text }) => text);
        known.set(key, asked);
        return asked;
    };
}

/** Undefined where there is none. */
async function describe(
    file: ShareFileClient,
    permissionOf: (key: string) => Promise<string>,
): Promise<{ kept: string; beside: string } | undefined> {
    if (!(await file.exists())) return undefined;
    const answer = await file.download();
    const hash = createHash("sha256");
    for await (const chunk of answer.readableStreamBody as AsyncIterable<Buffer>) hash.update(chunk);
    const { contentType, cacheControl, fileAttributes } = answer;
    const metadata = Object.entries(answer.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const { fileCreatedOn, fileLastWriteOn, fileChangeOn, filePermissionKey = "" } = answer;
    return {
        kept: JSON.stringify([hash.digest("hex"), contentType, cacheControl, metadata, fileAttributes]),
        beside: JSON.stringify([
            ...[fileCreatedOn, fileLastWriteOn, fileChangeOn],
            await permissionOf(filePermissionKey),
        ]),
    };
}
