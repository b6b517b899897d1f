import type { Context, Item, ListOptions } from "../../core/contract.js";
import { compareNames } from "../names.js";
import { explainShareListing } from "./errors.js";
import type { ShareServiceClient } from "./sdk.js";
import { nfsLoss } from "./share-item.js";
import { walk, type WalkOptions } from "./walk.js";

export interface FileListingOptions extends WalkOptions, ListOptions, Pick<Context, "signal"> {
    readonly service: ShareServiceClient;
}

/** The files and directories of an account, share by share. An NFS share is one item that can't be carried. */
export async function* listFiles(options: FileListingOptions): AsyncGenerator<Item> {
    const { service, groups, side, signal } = options;
    const wanted = groups === undefined ? undefined : new Set(groups);
    const shares: { name: string; isNfs: boolean }[] = [];
    try {
        for await (const { name, properties } of service.listShares({ abortSignal: signal })) {
            if (wanted?.has(name) === false) continue;
            shares.push({ name, isNfs: properties.protocols?.nfsEnabled === true });
        }
    } catch (error) {
        throw explainShareListing(error);
    }
    shares.sort((a, b) => compareNames(a.name, b.name));
    for (const { name, isNfs } of shares) {
        if (!isNfs) yield* walk(name, options);
        else if (side === "source") {
            yield { name, group: name, version: "NFS", properties: { type: "share" }, lost: nfsLoss(name) };
        }
    }
}
