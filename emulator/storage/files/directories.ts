import type { ServiceResponse } from "../../contract.js";
import { answer, metadataHeaders, metadataOf, stamps, type ShareCall } from "./call.js";
import { filesError } from "./errors.js";
import { checkPath } from "./names.js";
import { changeProperties, newPosix, newProperties, propertyHeaders } from "./smb.js";
import { keyOf, type DirectoryNode } from "./state.js";
import { directoryAt, lookUp, parentOf, touch } from "./tree.js";

const encrypted = { "x-ms-request-server-encrypted": "true" };

/** Source: https://learn.microsoft.com/rest/api/storageservices/create-directory */
export function createDirectory(call: ShareCall): ServiceResponse {
    const { path } = call.place;
    checkPath(path);
    // The root is there from the beginning.
    if (lookUp(call) !== undefined) throw filesError("ResourceAlreadyExists");
    const parent = parentOf(call);
    const directory: DirectoryNode = {
        kind: "directory",
        name: path.at(-1) ?? "",
        id: call.world.nextId(),
        parentId: parent.id,
        etag: call.world.nextEtag(),
        modified: call.now,
        metadata: metadataOf(call),
        smb: newProperties(call, "directory", parent),
        handles: [],
        children: new Map(),
    };
    const posix = newPosix(call, "directory");
    if (posix !== undefined) directory.posix = posix;
    parent.children.set(keyOf(directory.name), directory);
    return answer(201, { ...stamps(directory), ...encrypted, ...propertyHeaders(directory) });
}

/** Also Get Directory Metadata. Source: https://learn.microsoft.com/rest/api/storageservices/get-directory-properties */
export function getDirectory(call: ShareCall): ServiceResponse {
    const directory = directoryAt(call);
    return answer(200, {
        ...stamps(directory),
        ...metadataHeaders(directory.metadata),
        "x-ms-server-encrypted": "true",
        ...propertyHeaders(directory),
    });
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/set-directory-properties */
export function setDirectoryProperties(call: ShareCall): ServiceResponse {
    const directory = directoryAt(call);
    changeProperties(call, directory);
    touch(call, directory);
    return answer(200, { ...stamps(directory), ...encrypted, ...propertyHeaders(directory) });
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/set-directory-metadata */
export function setDirectoryMetadata(call: ShareCall): ServiceResponse {
    const directory = directoryAt(call);
    directory.metadata = metadataOf(call);
    touch(call, directory);
    return answer(200, { ...stamps(directory), ...encrypted });
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/delete-directory */
export function deleteDirectory(call: ShareCall): ServiceResponse {
    const directory = directoryAt(call);
    if (call.place.path.length === 0) throw filesError("CannotDeleteFileOrDirectory");
    if (directory.children.size > 0) throw filesError("DirectoryNotEmpty");
    if (directory.handles.length > 0) throw filesError("SharingViolation");
    parentOf(call).children.delete(keyOf(directory.name));
    return answer(202);
}
