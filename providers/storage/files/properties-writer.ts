import type { HttpHeaders } from "@azure/core-rest-pipeline";
import { canonicalJson } from "../../core/json.js";
import { withOwn } from "../metadata.js";
import { carriedMetadataHeaders, changedPermission, smbHeaders } from "./file-headers.js";
import { factsOf, unfinishedTime } from "./file-item.js";
import type { FileWrite } from "./file-writer.js";

/**
 * Brings what belongs to a file beside its content: metadata, HTTP headers, attributes, times, permission. One request
 * sets all but the metadata; where those differ the file passes for unfinished between the requests, so that a run that
 * is killed there leaves no file of which only some of it is right.
 */
export async function writeProperties(write: FileWrite): Promise<HttpHeaders> {
    const { requests, item, content, found, owner, permissionKey } = write;
    const there = found === undefined ? {} : factsOf(found, "file").metadata;
    const headers = {
        ...content.headers,
        ...smbHeaders(item, content),
        ...changedPermission(permissionKey),
    };
    if (canonicalJson({ ...there }) !== canonicalJson({ ...withOwn(content.metadata, { owner }) })) {
        await requests.setProperties(item.name, "file", {
            ...headers,
            "x-ms-file-creation-time": unfinishedTime,
        });
        await requests.setMetadata(item.name, "file", carriedMetadataHeaders(content, owner));
    }
    return requests.setProperties(item.name, "file", headers);
}
