import { withOwn } from "../metadata.js";
import type { FileContent } from "./file-content.js";
import type { FileItem } from "./file-item.js";

type Headers = Record<string, string>;

/** Metadata as headers. */
export function metadataHeaders(metadata: Readonly<Record<string, string>>): Headers {
    return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-ms-meta-${name}`, value]));
}

/** What is written beside the content. */
export function carriedMetadataHeaders(content: FileContent, owner: string | undefined): Headers {
    return metadataHeaders(withOwn(content.metadata, { owner }));
}

/**
 * Attributes and times of the copy: https://learn.microsoft.com/rest/api/storageservices/set-file-properties
 * Its time of creation, of the last write and of the last change are those of the source.
 */
export function smbHeaders(item: FileItem, { changeTime, lastWriteTime }: FileContent): Headers {
    const { attributes, creationTime, lastWriteTime: listed } = item.properties;
    return {
        "x-ms-file-attributes": attributesHeader(attributes.split("|")),
        "x-ms-file-creation-time": creationTime,
        "x-ms-file-last-write-time": listed ?? lastWriteTime,
        "x-ms-file-change-time": changeTime,
    };
}

/** Without `ReadOnly`, so that more can be written. */
export function writableAttributes(attributes: string): string {
    return attributesHeader(attributes.split("|").filter((name) => name.trim() !== "ReadOnly"));
}

function attributesHeader(names: readonly string[]): string {
    const set = names.map((name) => name.trim()).filter((name) => name !== "");
    return set.length === 0 ? "None" : set.join("|");
}

export function isReadOnly(attributes: string): boolean {
    return attributes.split("|").some((name) => name.trim() === "ReadOnly");
}

/**
 * The security descriptor, by its key in the target's share. `Restore` keeps the service from adding the attribute
 * Archive to what is new; it holds only together with a permission:
 * https://learn.microsoft.com/rest/api/storageservices/create-file#request-headers
 */
export function permissionHeaders(key: string | undefined): Headers {
    return key === undefined
        ? {}
        : { "x-ms-file-permission-key": key, "x-ms-file-property-semantics": "Restore" };
}

/** The security descriptor of something that is there; without a key it stays as it is. */
export function changedPermission(key: string | undefined): Headers {
    return key === undefined ? { "x-ms-file-permission": "preserve" } : { "x-ms-file-permission-key": key };
}
