import type { ShareCall } from "./call.js";
import { filesError } from "./errors.js";
import { keyOf, type DirectoryNode, type FileNode, type TreeNode } from "./state.js";

/** What is at the path, or undefined. Throws 404 `ParentNotFound` where its directory is not there. */
export function lookUp(call: ShareCall, path: readonly string[] = call.place.path): TreeNode | undefined {
    if (path.length === 0) return call.root;
    return parentOf(call, path).children.get(keyOf(path.at(-1) ?? ""));
}

/** The directory that the path's last name is in. Throws 404 `ParentNotFound` where there is none. */
export function parentOf(call: ShareCall, path: readonly string[] = call.place.path): DirectoryNode {
    let directory = call.root;
    for (const name of path.slice(0, -1)) {
        const child = directory.children.get(keyOf(name));
        if (child?.kind !== "directory") throw filesError("ParentNotFound");
        directory = child;
    }
    return directory;
}

/** The file at the path. Throws 404 where there is none, 409 where it is a directory. */
export function fileAt(call: ShareCall): FileNode {
    const node = lookUp(call);
    if (node === undefined) throw filesError("ResourceNotFound");
    if (node.kind !== "file") throw filesError("ResourceTypeMismatch");
    return node;
}

/** The directory at the path. Throws 404 where there is none, 409 where it is a file. */
export function directoryAt(call: ShareCall): DirectoryNode {
    const node = lookUp(call);
    if (node === undefined) throw filesError("ResourceNotFound");
    if (node.kind !== "directory") throw filesError("ResourceTypeMismatch");
    return node;
}

/** Every file of a tree. */
export function* filesOf(directory: DirectoryNode): Generator<FileNode> {
    for (const child of directory.children.values()) {
        if (child.kind === "file") yield child;
        else yield* filesOf(child);
    }
}

/** Marks something as changed now. */
export function touch(call: ShareCall, node: TreeNode): void {
    node.etag = call.world.nextEtag();
    node.modified = call.now;
}
