import {
    ShareServiceClient,
    StorageSharedKeyCredential,
    type ShareClient,
    type ShareFileClient,
} from "@azure/storage-file-share";
import { credentialOf, type Cast } from "./local.js";

export const READER = "Storage File Data Privileged Reader";
export const CONTRIBUTOR = "Storage File Data Privileged Contributor";

const retryOptions = { maxTries: 1 };

/** An account's files as a principal sees them; what fails is not tried again. */
export function filesOf(account: string, principal: Cast["deployer"]): ShareServiceClient {
    return new ShareServiceClient(`https://${account}.file.core.windows.net`, credentialOf(principal), {
        retryOptions,
        fileRequestIntent: "backup",
    });
}

/** The account's first key. */
export function fileKeyOf(cast: Cast, id: string, name: string): StorageSharedKeyCredential {
    return new StorageSharedKeyCredential(name, cast.azure.arm.get(id)?.accessKeys?.[0]?.value ?? "");
}

/** An account's files with its key. */
export function filesByKey(cast: Cast, id: string, name: string): ShareServiceClient {
    const url = `https://${name}.file.core.windows.net`;
    return new ShareServiceClient(url, fileKeyOf(cast, id, name), { retryOptions });
}

let made = 0;

/** A new share. */
export async function share(service: ShareServiceClient): Promise<ShareClient> {
    const client = service.getShareClient(`share-${String(++made)}`);
    await client.create();
    return client;
}

/** A new file in the share's root, with content. */
export async function file(of: ShareClient, name: string, content: string): Promise<ShareFileClient> {
    const client = of.rootDirectoryClient.getFileClient(name);
    await client.create(Buffer.byteLength(content));
    if (content !== "") await client.uploadRange(content, 0, Buffer.byteLength(content));
    return client;
}
