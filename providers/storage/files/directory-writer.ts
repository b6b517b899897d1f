import type { HttpHeaders } from "@azure/core-rest-pipeline";
import { canonicalJson } from "../../core/json.js";
import { changedDuringRun, serviceCodeOf } from "../errors.js";
import { carriedMetadata } from "../metadata.js";
import { carriedMetadataHeaders, changedPermission, permissionHeaders, smbHeaders } from "./file-headers.js";
import { factsOf } from "./file-item.js";
import type { FileWrite } from "./file-writer.js";

/** The writing of one directory. */
type DirectoryWrite = Omit<FileWrite, "bytesBetweenMarks" | "signal">;

/** Creates a directory, or brings what belongs to one that is there. */
export function writeDirectory(write: DirectoryWrite): Promise<HttpHeaders> {
    return write.found === undefined ? createDirectory(write) : updateDirectory(write);
}

/** Creates a directory with all that belongs to it. One that is there must be as it is to be: made for a file in it. */
async function createDirectory(write: DirectoryWrite): Promise<HttpHeaders> {
    const { requests, item, content, owner, permissionKey } = write;
    try {
        return await requests.createDirectory(item.name, {
            ...smbHeaders(item, content),
            ...carriedMetadataHeaders(content, owner),
            ...permissionHeaders(permissionKey),
        });
    } catch (error) {
        if (serviceCodeOf(error) !== "ResourceAlreadyExists") throw error;
        const found = await requests.head(item.name, "directory");
        if (found !== undefined && isAsMade(found, write)) return found;
        throw changedDuringRun("directory", item.name);
    }
}

/** Brings metadata and properties of a directory that is there. */
async function updateDirectory(write: DirectoryWrite): Promise<HttpHeaders> {
    const { requests, item, content, owner, permissionKey } = write;
    await requests.setMetadata(item.name, "directory", carriedMetadataHeaders(content, owner));
    return requests.setProperties(item.name, "directory", {
        ...smbHeaders(item, content),
        ...changedPermission(permissionKey),
    });
}

function isAsMade(headers: HttpHeaders, { item, content, permissionKey }: DirectoryWrite): boolean {
    const found = factsOf(headers, "directory");
    const { attributes, creationTime } = item.properties;
    return (
        found.attributes === attributes &&
        found.creationTime === creationTime &&
        (permissionKey === undefined || found.permissionKey === permissionKey) &&
        canonicalJson(carriedMetadata(found.metadata)) === canonicalJson({ ...content.metadata })
    );
}
