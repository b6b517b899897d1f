import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { AnonymousCredential, ShareServiceClient, type ShareClient } from "@azure/storage-file-share";
import {
    AccountSASPermissions,
    AccountSASResourceTypes,
    AccountSASServices,
    generateAccountSASQueryParameters,
    StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { accountKey, containerName, type Side } from "../place.js";
import { serverOf, type Server } from "../servers.js";

/** The local Azure's file service, empty, in a process of its own that takes what it has on the disk along. */
export async function startFiles(): Promise<Server> {
    const child = fork(join(__dirname, "server.ts"), [], { execArgv: ["--require", "tsx/cjs"] });
    const [{ port }] = (await once(child, "message")) as [AddressInfo];
    return {
        ...serverOf(child, port),
        async stop() {
            const ended = once(child, "exit");
            child.disconnect();
            await ended;
        },
    };
}

/** The official client of one side's share. */
export function official({ origin, account }: Side): ShareClient {
    const signature = generateAccountSASQueryParameters(
        {
            permissions: AccountSASPermissions.parse("rwdlc"),
            services: AccountSASServices.parse("f").toString(),
            resourceTypes: AccountSASResourceTypes.parse("sco").toString(),
            expiresOn: new Date(Date.now() + 3_600_000),
        },
        new StorageSharedKeyCredential(account, accountKey),
    );
    const service = new ShareServiceClient(
        `${origin}/${account}?${signature.toString()}`,
        new AnonymousCredential(),
    );
    return service.getShareClient(containerName);
}
