import type { ServiceResponse } from "../../contract.js";
import { answer, flag, header, metadataOf, stamps, type ShareCall } from "./call.js";
import { filesError } from "./errors.js";
import { dispose } from "./file-content.js";
import { checkLease } from "./leases.js";
import { checkPath, placeOf } from "./names.js";
import { changeProperties, checkWritable, propertyHeaders } from "./smb.js";
import { keyOf, type TreeNode } from "./state.js";
import { filesOf, lookUp, parentOf, touch } from "./tree.js";

/**
 * Moves a file or directory within its share, to the path of the request.
 * Sources: https://learn.microsoft.com/rest/api/storageservices/rename-file and rename-directory
 */
export async function rename(call: ShareCall, kind: TreeNode["kind"]): Promise<ServiceResponse> {
    const from = sourcePath(call);
    const node = lookUp(call, from);
    if (node === undefined) throw filesError("ResourceNotFound");
    if (node.kind !== kind) throw filesError("ResourceTypeMismatch");
    const to = call.place.path;
    checkPath(to);
    if (isBelow(to, from)) throw filesError("InvalidInput", "x-ms-file-rename-source");
    checkFree(call, node);
    const parent = parentOf(call);
    const existing = lookUp(call);
    if (existing !== undefined && existing !== node) await replace(call, existing);
    parentOf(call, from).children.delete(keyOf(node.name));
    node.name = to.at(-1) ?? "";
    node.parentId = parent.id;
    parent.children.set(keyOf(node.name), node);
    const metadata = metadataOf(call);
    if (Object.keys(metadata).length > 0) node.metadata = metadata;
    changeProperties(call, node);
    touch(call, node);
    return answer(200, {
        ...stamps(node),
        "x-ms-request-server-encrypted": "true",
        ...propertyHeaders(node),
    });
}

function sourcePath(call: ShareCall): readonly string[] {
    const source = header(call, "file-rename-source");
    if (source === undefined) throw filesError("MissingRequiredHeader", "x-ms-file-rename-source");
    if (!URL.canParse(source, call.request.url.href))
        throw filesError("InvalidHeaderValue", "x-ms-file-rename-source");
    const url = new URL(source, call.request.url);
    const { share, path } = placeOf(url, flag(call, "source-allow-trailing-dot"));
    if (url.hostname !== call.request.url.hostname || share !== call.share.name || path.length === 0)
        throw filesError("InvalidHeaderValue", "x-ms-file-rename-source");
    return path;
}

/** Throws where something has the source, or what is in it, open or leased. */
function checkFree(call: ShareCall, node: TreeNode): void {
    const files = node.kind === "file" ? [node] : [...filesOf(node)];
    if (node.handles.length > 0 || files.some(({ handles }) => handles.length > 0))
        throw filesError("SharingViolation");
    if (node.kind === "file") checkLease(call, "file", node.lease, "write", "source-lease-id");
}

async function replace(call: ShareCall, existing: TreeNode): Promise<void> {
    if (existing.kind === "directory") throw filesError("ResourceAlreadyExists");
    if (!flag(call, "file-rename-replace-if-exists")) throw filesError("ResourceAlreadyExists");
    checkLease(call, "file", existing.lease, "write", "destination-lease-id");
    if (existing.handles.length > 0) throw filesError("SharingViolation");
    if (!flag(call, "file-rename-ignore-readonly")) checkWritable(existing);
    await dispose(call, existing);
}

function isBelow(path: readonly string[], above: readonly string[]): boolean {
    return (
        path.length > above.length && above.every((name, index) => keyOf(path[index] ?? "") === keyOf(name))
    );
}
