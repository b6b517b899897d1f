import { fileTime, header, type ShareCall } from "./call.js";
import { filesError } from "./errors.js";
import { defaultPermissionKey, requestedPermission } from "./permissions.js";
import type { DirectoryNode, PosixProperties, SmbProperties, TreeNode } from "./state.js";

/** From this version on, clients may leave the properties out. Source: https://learn.microsoft.com/rest/api/storageservices/create-file */
const OPTIONAL_SINCE = "2021-06-08";

/** Source: https://learn.microsoft.com/rest/api/storageservices/set-file-properties#file-system-attributes */
const attributeNames = [
    "ReadOnly",
    "Hidden",
    "System",
    "Directory",
    "Archive",
    "Temporary",
    "Offline",
    "NotContentIndexed",
    "NoScrubData",
];

/** The properties of something new, as the request says, with the service's defaults. */
export function newProperties(
    call: ShareCall,
    kind: TreeNode["kind"],
    parent: DirectoryNode,
    defaults: Partial<SmbProperties> = {},
): SmbProperties {
    checkRequired(call);
    const now = fileTime(call.now);
    const permission = requestedPermission(
        call,
        () => defaults.permissionKey ?? parent.smb.permissionKey ?? defaultPermissionKey(call.share),
    );
    return {
        attributes: attributesOf(call, kind, defaults.attributes),
        creationTime: timeOf(call, "file-creation-time", defaults.creationTime ?? now),
        lastWriteTime: timeOf(call, "file-last-write-time", defaults.lastWriteTime ?? now),
        changeTime: timeOf(call, "file-change-time", now),
        ...(permission === undefined ? {} : { permissionKey: permission }),
    };
}

/** Sets what the request names, and leaves the rest as it is. */
export function changeProperties(call: ShareCall, node: TreeNode): void {
    checkRequired(call);
    const { smb } = node;
    const permission = requestedPermission(call, () => smb.permissionKey);
    node.smb = {
        attributes: attributesOf(call, node.kind, smb.attributes),
        creationTime: timeOf(call, "file-creation-time", smb.creationTime),
        lastWriteTime: timeOf(call, "file-last-write-time", smb.lastWriteTime),
        changeTime: timeOf(call, "file-change-time", fileTime(call.now)),
        ...(permission === undefined ? {} : { permissionKey: permission }),
    };
    if (node.posix !== undefined) node.posix = posixOf(call, node.posix);
}

/** For NFS shares. Source: https://learn.microsoft.com/rest/api/storageservices/create-file */
export function newPosix(call: ShareCall, kind: TreeNode["kind"]): PosixProperties | undefined {
    if (call.share.protocol !== "NFS") return undefined;
    return posixOf(call, { mode: kind === "file" ? "0664" : "0775", owner: "0", group: "0" });
}

/** The properties as headers of an answer. */
export function propertyHeaders({ smb, posix, kind, id, parentId }: TreeNode): Record<string, string> {
    return {
        "x-ms-file-creation-time": smb.creationTime,
        "x-ms-file-last-write-time": smb.lastWriteTime,
        "x-ms-file-change-time": smb.changeTime,
        "x-ms-file-id": id,
        "x-ms-file-parent-id": parentId,
        ...(posix === undefined
            ? {
                  "x-ms-file-attributes": smb.attributes,
                  ...(smb.permissionKey === undefined
                      ? {}
                      : { "x-ms-file-permission-key": smb.permissionKey }),
              }
            : {
                  "x-ms-mode": posix.mode,
                  "x-ms-owner": posix.owner,
                  "x-ms-group": posix.group,
                  "x-ms-file-file-type": kind === "file" ? "Regular" : "Directory",
                  ...(kind === "file" ? { "x-ms-link-count": "1" } : {}),
              }),
    };
}

/** Throws 409 where the file may only be read. */
export function checkWritable({ smb }: TreeNode): void {
    if (smb.attributes.split(" | ").includes("ReadOnly")) throw filesError("ReadOnlyAttribute");
}

function checkRequired(call: ShareCall): void {
    if (call.version >= OPTIONAL_SINCE || call.version < "2019-02-02") return;
    for (const name of ["file-attributes", "file-creation-time", "file-last-write-time"]) {
        if (header(call, name) === undefined) throw filesError("MissingRequiredHeader", `x-ms-${name}`);
    }
    if (header(call, "file-permission") === undefined && header(call, "file-permission-key") === undefined) {
        throw filesError("MissingRequiredHeader", "x-ms-file-permission");
    }
}

function attributesOf(call: ShareCall, kind: TreeNode["kind"], existing: string | undefined): string {
    const none = kind === "file" ? "Archive" : "Directory";
    const value = header(call, "file-attributes");
    if (value === undefined || /^(?:preserve|source)$/i.test(value)) return existing ?? none;
    if (value.toLowerCase() === "none") return none;
    const wanted = new Set(
        value.split("|").map((part) => {
            const name = attributeNames.find((known) => known.toLowerCase() === part.trim().toLowerCase());
            if (name === undefined) throw filesError("InvalidHeaderValue", "x-ms-file-attributes");
            return name;
        }),
    );
    if (kind === "file" && wanted.has("Directory"))
        throw filesError("InvalidHeaderValue", "x-ms-file-attributes");
    if (kind === "directory") wanted.add("Directory");
    return attributeNames.filter((name) => wanted.has(name)).join(" | ");
}

function timeOf(call: ShareCall, name: string, otherwise: string): string {
    const value = header(call, name);
    if (value === undefined || /^(?:preserve|source)$/i.test(value)) return otherwise;
    if (value.toLowerCase() === "now") return fileTime(call.now);
    const [, seconds, fraction = ""] =
        /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z$/.exec(value) ?? [];
    if (seconds === undefined || Number.isNaN(Date.parse(`${seconds}Z`)))
        throw filesError("InvalidHeaderValue", `x-ms-${name}`);
    return `${seconds}.${fraction.padEnd(7, "0")}Z`;
}

function posixOf(call: ShareCall, existing: PosixProperties): PosixProperties {
    const mode = header(call, "mode") ?? existing.mode;
    if (!/^[0-7]{4}$/.test(mode)) throw filesError("InvalidHeaderValue", "x-ms-mode");
    return {
        mode,
        owner: header(call, "owner") ?? existing.owner,
        group: header(call, "group") ?? existing.group,
    };
}
