import { createHash } from "node:crypto";
import type { ServiceResponse } from "../../contract.js";
import { text } from "node:stream/consumers";
import { header, type ShareCall } from "./call.js";
import { filesError } from "./errors.js";
import type { Share } from "./state.js";

/** An owner, a group and a discretionary access control list are needed. */
const SDDL = /^O:.+?G:.+?D:.*$/s;
/** A longer one takes a key. Source: https://learn.microsoft.com/rest/api/storageservices/create-file */
const MAXIMUM_HEADER_BYTES = 8 * 1024;

/**
 * What the root of a new share permits. The root itself shows no key until somebody sets one.
 * Source: https://learn.microsoft.com/azure/storage/files/storage-files-identity-configure-file-level-permissions
 */
const defaultPermission =
    "O:BAG:SYD:(A;OICI;FA;;;BA)(A;;0x1200a9;;;BU)(A;OICIIO;GXGR;;;BU)(A;OICI;0x1301bf;;;AU)(A;OICI;FA;;;SY)" +
    "(A;;FA;;;SY)(A;OICIIO;FA;;;CO)";

/** The key of a descriptor in this share: the same descriptor has the same key, in another share another one. */
export function permissionKey(share: Share, sddl: string): string {
    if (!SDDL.test(sddl)) throw filesError("FileInvalidPermission");
    const digest = createHash("sha256").update(`${share.version}\n${sddl}`).digest();
    const key = `${String(digest.readBigUInt64BE(0))}*${String(digest.readBigUInt64BE(8))}`;
    share.permissions.set(key, sddl);
    return key;
}

/** The key that `x-ms-file-permission` or `x-ms-file-permission-key` asks for; `otherwise` where there is neither. */
export function requestedPermission(
    call: ShareCall,
    otherwise: () => string | undefined,
): string | undefined {
    const sddl = header(call, "file-permission");
    const key = header(call, "file-permission-key");
    if (sddl !== undefined && key !== undefined)
        throw filesError("InvalidHeaderValue", "x-ms-file-permission");
    checkFormat(call);
    if (key !== undefined) {
        if (!call.share.permissions.has(key)) throw filesError("FileInvalidPermissionKey");
        return key;
    }
    if (sddl === undefined || /^(?:inherit|preserve)$/i.test(sddl)) return otherwise();
    if (Buffer.byteLength(sddl) > MAXIMUM_HEADER_BYTES)
        throw filesError("InvalidHeaderValue", "x-ms-file-permission");
    return permissionKey(call.share, sddl);
}

/** The key of what the share's default permits, for what lies under a root that nobody set. */
export function defaultPermissionKey(share: Share): string {
    return permissionKey(share, defaultPermission);
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/create-permission */
export async function createPermission(call: ShareCall): Promise<ServiceResponse> {
    const body = call.request.body === undefined ? "" : await text(call.request.body);
    const { permission, format = "sddl" } = parse(body);
    if (typeof permission !== "string") throw filesError("InvalidInput", "permission");
    if (String(format).toLowerCase() !== "sddl") throw filesError("NotModelled", "format");
    return { status: 201, headers: { "x-ms-file-permission-key": permissionKey(call.share, permission) } };
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/get-permission */
export function getPermission(call: ShareCall): ServiceResponse {
    const key = header(call, "file-permission-key");
    if (key === undefined) throw filesError("MissingRequiredHeader", "x-ms-file-permission-key");
    checkFormat(call);
    const permission = call.share.permissions.get(key);
    if (permission === undefined) throw filesError("FileInvalidPermissionKey");
    const format = call.version >= "2024-11-04" ? { format: "sddl" } : {};
    return { status: 200, headers: { "content-type": "application/json" }, body: { permission, ...format } };
}

function checkFormat(call: ShareCall): void {
    if ((header(call, "file-permission-format") ?? "sddl").toLowerCase() !== "sddl")
        throw filesError("NotModelled", "x-ms-file-permission-format");
}

function parse(body: string): { permission?: unknown; format?: unknown } {
    try {
        const parsed: unknown = JSON.parse(body);
        return typeof parsed === "object" && parsed !== null ? parsed : {};
    } catch {
        throw filesError("InvalidInput", "body");
    }
}
