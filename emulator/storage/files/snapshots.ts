import type { ServiceResponse } from "../../contract.js";
import { answer, fileTime, metadataOf, stamps, type ShareCall } from "./call.js";
import { filesError } from "./errors.js";
import type { DirectoryNode, ShareSnapshot, TreeNode } from "./state.js";
import { filesOf } from "./tree.js";

/** Source: https://learn.microsoft.com/azure/storage/files/storage-snapshots-files#limits */
const MAXIMUM_SNAPSHOTS = 200;

/** Source: https://learn.microsoft.com/rest/api/storageservices/snapshot-share */
export function createSnapshot(call: ShareCall): ServiceResponse {
    const { share } = call;
    if (share.snapshots.length >= MAXIMUM_SNAPSHOTS) throw filesError("ShareSnapshotCountExceeded");
    const metadata = metadataOf(call);
    const snapshot: ShareSnapshot = {
        time: nextTime(call),
        metadata: Object.keys(metadata).length === 0 ? { ...share.metadata } : metadata,
        etag: share.etag,
        modified: share.modified,
        root: frozen(share.root),
    };
    share.snapshots.push(snapshot);
    return answer(201, { ...stamps(snapshot), "x-ms-snapshot": snapshot.time });
}

/** Takes a snapshot away, and the bytes that nobody else has. */
export async function removeSnapshot(call: ShareCall, snapshot: ShareSnapshot): Promise<void> {
    const { share, world } = call;
    share.snapshots.splice(share.snapshots.indexOf(snapshot), 1);
    const kept = new Set<string>();
    for (const root of [share.root, ...share.snapshots.map((one) => one.root)]) {
        for (const file of filesOf(root)) kept.add(file.contentId);
    }
    for (const { contentId } of filesOf(snapshot.root)) {
        if (!kept.has(contentId)) await world.content.remove(contentId);
    }
}

/** The time names the snapshot: two of one moment differ all the same. */
function nextTime({ share, now }: ShareCall): string {
    const taken = new Set(share.snapshots.map(({ time }) => time));
    for (let milliseconds = now; ; milliseconds += 1) {
        const time = fileTime(milliseconds);
        if (!taken.has(time)) return time;
    }
}

/** A copy that nothing changes any more. Bytes are shared until somebody writes. */
function frozen(directory: DirectoryNode): DirectoryNode {
    const children = new Map([...directory.children].map(([key, node]) => [key, frozenNode(node)]));
    return {
        ...directory,
        metadata: { ...directory.metadata },
        smb: { ...directory.smb },
        handles: [],
        children,
    };
}

function frozenNode(node: TreeNode): TreeNode {
    if (node.kind === "directory") return frozen(node);
    node.shared = true;
    const copy = { ...node, metadata: { ...node.metadata }, smb: { ...node.smb }, handles: [] };
    delete copy.lease;
    return copy;
}
