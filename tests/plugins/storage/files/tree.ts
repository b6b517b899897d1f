import { createHash, randomBytes } from "node:crypto";
import {
    FileSystemAttributes,
    type ShareClient,
    type ShareDirectoryClient,
    type ShareFileClient,
} from "@azure/storage-file-share";

const attributes = [
    "Archive",
    "Hidden",
    "System|Archive",
    "ReadOnly",
    "NotContentIndexed|Archive",
    "Offline",
];
const permissions = [7, 8, 9].map(
    (id) =>
        `O:S-1-5-21-1111-2222-3333-${String(id)}G:SYD:PAI(A;;FA;;;SY)(A;;FR;;;S-1-5-21-1111-2222-3333-${String(id)})`,
);
const day = 86_400_000;

/** Fills a share with so many files and directories, of which each has every property that Azure Files knows. */
export async function fillTree(share: ShareClient, count: number): Promise<void> {
    const directories: ShareDirectoryClient[] = [share.rootDirectoryClient];
    for (let index = 0; index < count; index++) {
        const parent = directories[(index * 7) % directories.length] ?? share.rootDirectoryClient;
        const common = {
            creationTime: new Date(Date.UTC(2001, 0, 1) + index * day + index),
            lastWriteTime: new Date(Date.UTC(2011, 0, 1) + index * day + index),
            changeTime: new Date(Date.UTC(2021, 0, 1) + index * day + index),
            filePermission: permissions[index % permissions.length] ?? "",
            metadata: { number: String(index), second: "with spaces" },
        };
        if (index % 5 === 0) {
            const directory = parent.getDirectoryClient(`Directory ${String(index)} ü`);
            const hidden = FileSystemAttributes.parse(index % 2 === 0 ? "Directory" : "Directory|Hidden");
            await directory.create({ ...common, fileAttributes: hidden });
            directories.push(directory);
            continue;
        }
        const file = parent.getFileClient(`file-${String(index)}.${index % 3 === 0 ? "TXT" : "bin"}`);
        const content = randomBytes(index % 11 === 0 ? 0 : index * 13);
        const fileHttpHeaders = {
            fileContentType: "text/plain",
            fileContentEncoding: "identity",
            fileContentLanguage: "de",
            fileContentDisposition: "inline",
            fileCacheControl: `max-age=${String(index)}`,
            fileContentMD5: createHash("md5").update(content).digest(),
        };
        await file.create(content.length, { fileHttpHeaders, metadata: common.metadata });
        if (content.length > 0) await file.uploadRange(content, 0, content.length);
        await file.setProperties({
            ...common,
            fileHttpHeaders,
            fileAttributes: FileSystemAttributes.parse(attributes[index % attributes.length] ?? ""),
        });
    }
}

const shown = [
    "content-length",
    "content-type",
    "content-encoding",
    "content-language",
    "content-disposition",
    "content-md5",
    "cache-control",
    "x-ms-meta-number",
    "x-ms-meta-second",
    "x-ms-meta-azure_dataplane_owner",
    "x-ms-meta-azure_dataplane_unfinished",
    "x-ms-file-attributes",
    "x-ms-file-creation-time",
    "x-ms-file-last-write-time",
    "x-ms-file-change-time",
];

/** All of a share by path: headers as the service gives them, the permission's text and a hash of the content. */
export async function readTree(share: ShareClient): Promise<Record<string, Record<string, string>>> {
    const all: Record<string, Record<string, string>> = {};
    const read = async (directory: ShareDirectoryClient, prefix: string): Promise<void> => {
        for await (const { kind, name } of directory.listFilesAndDirectories()) {
            const path = `${prefix}${name}`;
            if (kind === "directory") {
                const client = directory.getDirectoryClient(name);
                all[path] = await describe(share, client);
                await read(client, `${path}/`);
                continue;
            }
            const client = directory.getFileClient(name);
            const content = createHash("sha256")
                .update(await client.downloadToBuffer())
                .digest("hex");
            all[path] = { ...(await describe(share, client)), content };
        }
    };
    await read(share.rootDirectoryClient, "");
    return all;
}

async function describe(
    share: ShareClient,
    client: ShareDirectoryClient | ShareFileClient,
): Promise<Record<string, string>> {
    const { _response, filePermissionKey } = await client.getProperties();
    const headers = _response.headers;
    const { permission } = await share.getPermission(filePermissionKey ?? "");
    const entries = shown.map((name) => [name, headers.get(name)] as const);
    const set = entries.filter((entry): entry is [string, string] => entry[1] !== undefined);
    return { ...Object.fromEntries(set), permission };
}
