import { randomUUID } from "node:crypto";
import type { ServiceResponse } from "../../contract.js";
import {
    answer,
    fileTime,
    header,
    metadataHeaders,
    metadataOf,
    stamps,
    type Call,
    type ShareCall,
} from "./call.js";
import { filesError } from "./errors.js";
import { checkLease, leaseHeaders } from "./leases.js";
import { checkShareName } from "./names.js";
import { changeSettings, newSettings, settingHeaders, type ShareSettings } from "./share-settings.js";
import { removeSnapshot } from "./snapshots.js";
import type { DirectoryNode, Share } from "./state.js";
import { filesOf } from "./tree.js";
import { element, xml } from "./xml.js";

/** A name is free again after that long. Source: https://learn.microsoft.com/rest/api/storageservices/delete-share */
const NAME_TAKEN_MILLISECONDS = 30_000;

/** Source: https://learn.microsoft.com/rest/api/storageservices/create-share */
export function createShare(call: Call): ServiceResponse {
    const { share: name } = call.place;
    checkShareName(name);
    const { files, now } = call;
    if (files.shares.has(name)) throw filesError("ShareAlreadyExists");
    const before = files.deleted.findLast((share) => share.name === name)?.deletedAt;
    if (before !== undefined && now < before + NAME_TAKEN_MILLISECONDS) throw filesError("ShareBeingDeleted");
    const share = newShare(call, newSettings(call), metadataOf(call));
    files.shares.set(name, share);
    return answer(201, { ...stamps(share), "x-ms-share-quota": String(share.quota) });
}

/** An empty share with the name that the call has. */
export function newShare(call: Call, settings: ShareSettings, metadata: Record<string, string>): Share {
    return {
        name: call.place.share,
        version: randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase(),
        etag: call.world.nextEtag(),
        modified: call.now,
        metadata,
        ...settings,
        accessTierChanged: call.now,
        policies: [],
        root: newRoot(call, settings.protocol),
        usedBytes: 0,
        snapshots: [],
        permissions: new Map(),
    };
}

/** Also Get Share Metadata. Source: https://learn.microsoft.com/rest/api/storageservices/get-share-properties */
export function getShare(call: ShareCall): ServiceResponse {
    const { share, snapshot } = call;
    checkLease(call, "share", share.lease, "read");
    return answer(200, {
        ...stamps(snapshot ?? share),
        ...metadataHeaders((snapshot ?? share).metadata),
        ...settingHeaders(share),
        ...leaseHeaders(share.lease, call.now),
    });
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/set-share-properties */
export function setShareProperties(call: ShareCall): ServiceResponse {
    checkLease(call, "share", call.share.lease, "write");
    changeSettings(call, call.share);
    return changed(call, 200, { "x-ms-share-quota": String(call.share.quota) });
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/set-share-metadata */
export function setShareMetadata(call: ShareCall): ServiceResponse {
    checkLease(call, "share", call.share.lease, "write");
    call.share.metadata = metadataOf(call);
    return changed(call, 200);
}

/** A share, or one of its snapshots. Source: https://learn.microsoft.com/rest/api/storageservices/delete-share */
export async function deleteShare(call: ShareCall): Promise<ServiceResponse> {
    const { share, snapshot, files, now } = call;
    if (snapshot !== undefined) {
        await removeSnapshot(call, snapshot);
        return answer(202);
    }
    checkLease(call, "share", share.lease, "write");
    const alongWith = header(call, "delete-snapshots")?.toLowerCase();
    if (alongWith !== undefined && !["include", "include-leased"].includes(alongWith))
        throw filesError("InvalidHeaderValue", "x-ms-delete-snapshots");
    if (alongWith === undefined && share.snapshots.length > 0) throw filesError("ShareHasSnapshots");
    for (const file of filesOf(share.root)) {
        if (file.handles.length > 0) throw filesError("SharingViolation");
    }
    share.deletedAt = now;
    delete share.lease;
    files.shares.delete(share.name);
    files.deleted.push(share);
    return answer(202);
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/restore-share */
export function restoreShare(call: Call): ServiceResponse {
    const { files, place } = call;
    const name = header(call, "deleted-share-name");
    const version = header(call, "deleted-share-version");
    if (name === undefined) throw filesError("MissingRequiredHeader", "x-ms-deleted-share-name");
    if (version === undefined) throw filesError("MissingRequiredHeader", "x-ms-deleted-share-version");
    const share = files.deleted.find((one) => one.name === name && one.version === version);
    if (share === undefined) throw filesError("ShareNotFound");
    if (files.shares.has(place.share)) throw filesError("ShareAlreadyExists");
    files.deleted.splice(files.deleted.indexOf(share), 1);
    delete share.deletedAt;
    share.name = place.share;
    files.shares.set(place.share, share);
    return answer(201, stamps(share));
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/get-share-stats */
export function getShareStatistics(call: ShareCall): ServiceResponse {
    const usage = element("ShareUsageBytes", String(call.share.usedBytes));
    return xml(element("ShareStats", [usage]), stamps(call.share));
}

/** Marks the share as changed now. */
export function changed(
    call: ShareCall,
    status: number,
    headers: Record<string, string> = {},
): ServiceResponse {
    const { share } = call;
    share.etag = call.world.nextEtag();
    share.modified = call.now;
    return answer(status, { ...stamps(share), ...headers });
}

function newRoot(call: Call, protocol: Share["protocol"]): DirectoryNode {
    const time = fileTime(call.now);
    return {
        kind: "directory",
        name: "",
        id: "0",
        parentId: "0",
        etag: call.world.nextEtag(),
        modified: call.now,
        metadata: {},
        smb: { attributes: "Directory", creationTime: time, lastWriteTime: time, changeTime: time },
        ...(protocol === "NFS" ? { posix: { mode: "0777", owner: "0", group: "0" } } : {}),
        handles: [],
        children: new Map(),
    };
}
