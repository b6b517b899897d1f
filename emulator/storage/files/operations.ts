import type { ServiceResponse } from "../../contract.js";
import type { RequiredAction } from "../operations.js";
import type { BlobRequest } from "../blob-request.js";
import { getAcl, setAcl } from "./acl.js";
import { parameter, type Call, type ShareCall } from "./call.js";
import {
    createDirectory,
    deleteDirectory,
    getDirectory,
    setDirectoryMetadata,
    setDirectoryProperties,
} from "./directories.js";
import { abortCopy, copyFile } from "./copy-file.js";
import { filesError } from "./errors.js";
import {
    createFile,
    deleteFile,
    getFile,
    getFileProperties,
    setFileMetadata,
    setFileProperties,
} from "./files.js";
import { closeHandles, listHandles } from "./handles.js";
import { leaseFile, leaseShare } from "./lease-operations.js";
import { listDirectory } from "./listing.js";
import type { Place } from "./names.js";
import { createPermission, getPermission } from "./permissions.js";
import { putRangeFromUrl } from "./range-from-url.js";
import { listRanges, putRange } from "./range-operations.js";
import { rename } from "./rename.js";
import { getServiceProperties, setServiceProperties } from "./service-properties.js";
import { listShares } from "./share-list.js";
import {
    createShare,
    deleteShare,
    getShare,
    getShareStatistics,
    restoreShare,
    setShareMetadata,
    setShareProperties,
} from "./shares.js";
import { createSnapshot } from "./snapshots.js";

type Answer = ServiceResponse | Promise<ServiceResponse>;

interface OperationBase {
    /** All of them are needed by a caller with a token. */
    readonly needs: readonly RequiredAction[];
    /** Letters of a shared access signature, any of which is enough; none: signatures do not open it. */
    readonly signed: string;
    /** What an account's signature calls that: service, container, object. */
    readonly signedType: "s" | "c" | "o";
    /** The version it came with, where that is later than the service's first. */
    readonly since?: string;
    /** Whether it takes a snapshot's time. */
    readonly onSnapshot?: boolean;
    /** Whether NFS shares do without it. */
    readonly smbOnly?: boolean;
}

/** On the account, or on a share that is not there yet. */
export interface AccountOperation extends OperationBase {
    readonly kind: "account";
    readonly run: (call: Call) => Answer;
}

/** On a share, or on what is in it. */
export interface ShareOperation extends OperationBase {
    readonly kind: "share" | "content";
    readonly run: (call: ShareCall) => Answer;
}

export type FileOperation = AccountOperation | ShareOperation;

const SERVICE = "Microsoft.Storage/storageAccounts/fileServices";
const FILES = `${SERVICE}/fileShares/files`;
const action = (name: string): RequiredAction => ({ action: `${SERVICE}/${name}`, kind: "action" });
const dataAction = (name: string): RequiredAction => ({ action: name, kind: "dataAction" });

const readShare = [action("shares/read")];
const writeShare = [action("shares/write")];
const readFiles = [dataAction(`${FILES}/read`), dataAction(`${SERVICE}/readFileBackupSemantics/action`)];
const writeFiles = [dataAction(`${FILES}/write`), dataAction(`${SERVICE}/writeFileBackupSemantics/action`)];
const deleteFiles = [dataAction(`${FILES}/delete`), dataAction(`${SERVICE}/writeFileBackupSemantics/action`)];
const modifyPermissions = dataAction(`${FILES}/modifypermissions/action`);

const onAccount = (
    run: AccountOperation["run"],
    needs: readonly RequiredAction[],
    signed: string,
    more: Partial<OperationBase> = {},
): AccountOperation => ({ kind: "account", run, needs, signed, signedType: "s", ...more });
const onShare = (
    run: ShareOperation["run"],
    needs: readonly RequiredAction[],
    signed: string,
    more: Partial<OperationBase> = {},
): ShareOperation => ({ kind: "share", run, needs, signed, signedType: "c", ...more });
const onContent = (
    run: ShareOperation["run"],
    needs: readonly RequiredAction[],
    signed: string,
    more: Partial<OperationBase> = {},
): ShareOperation => ({ kind: "content", run, needs, signed, signedType: "o", ...more });

const snapshots = { onSnapshot: true };
const renamed = { since: "2021-04-10", smbOnly: true };
const handles = { since: "2018-11-09", smbOnly: true };

/**
 * By level, verb and `comp`.
 * Sources: https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-file-service-operations,
 * https://learn.microsoft.com/rest/api/storageservices/create-service-sas#permissions-for-a-directory-container-or-blob and
 * https://learn.microsoft.com/rest/api/storageservices/create-account-sas#file-service
 */
const operations: Readonly<Record<string, FileOperation>> = {
    "service GET list": onAccount(listShares, readShare, "l"),
    "service GET properties": onAccount(getServiceProperties, [action("read")], "r"),
    "service PUT properties": onAccount(setServiceProperties, [action("write")], "w"),

    "share PUT": onAccount(createShare, writeShare, "cw", { signedType: "c" }),
    "share PUT undelete": onAccount(restoreShare, [action("shares/restore/action")], "w", {
        signedType: "c",
    }),
    "share GET": onShare(getShare, readShare, "r", snapshots),
    "share GET metadata": onShare(getShare, readShare, "r", snapshots),
    "share PUT properties": onShare(setShareProperties, writeShare, "w"),
    "share PUT metadata": onShare(setShareMetadata, writeShare, "w"),
    "share DELETE": onShare(deleteShare, [action("shares/delete")], "d", snapshots),
    "share GET acl": onShare(getAcl, readShare, ""),
    "share PUT acl": onShare(setAcl, writeShare, ""),
    "share GET stats": onShare(getShareStatistics, readShare, "r"),
    "share PUT lease": onShare(leaseShare, [action("shares/lease/action")], "w", { since: "2020-02-10" }),
    "share PUT snapshot": onShare(createSnapshot, writeShare, "cw", { since: "2017-04-17" }),
    "share PUT filepermission": onContent(
        createPermission,
        [modifyPermissions, ...writeFiles.slice(1)],
        "cw",
        {
            since: "2019-02-02",
            signedType: "c",
            smbOnly: true,
        },
    ),
    "share GET filepermission": onContent(getPermission, readFiles, "r", {
        since: "2019-02-02",
        signedType: "c",
        smbOnly: true,
    }),

    "directory GET list": onContent(listDirectory, readFiles, "l", { signedType: "c", ...snapshots }),
    "directory PUT": onContent(createDirectory, writeFiles, "cw"),
    "directory GET": onContent(getDirectory, readFiles, "r", snapshots),
    "directory GET metadata": onContent(getDirectory, readFiles, "r", snapshots),
    "directory PUT properties": onContent(setDirectoryProperties, writeFiles, "w"),
    "directory PUT metadata": onContent(setDirectoryMetadata, writeFiles, "w"),
    "directory PUT rename": onContent((call) => rename(call, "directory"), writeFiles, "w", renamed),
    "directory GET listhandles": onContent(listHandles, readFiles, "l", handles),
    "directory PUT forceclosehandles": onContent(closeHandles, writeFiles, "w", handles),
    "directory DELETE": onContent(deleteDirectory, deleteFiles, "d"),

    "file PUT": onContent(createFile, writeFiles, "cw"),
    "file GET": onContent(getFile, readFiles, "r", snapshots),
    "file HEAD": onContent(getFileProperties, readFiles, "r", snapshots),
    "file GET metadata": onContent(getFileProperties, readFiles, "r", snapshots),
    "file PUT properties": onContent(setFileProperties, writeFiles, "w"),
    "file PUT metadata": onContent(setFileMetadata, writeFiles, "w"),
    "file DELETE": onContent(deleteFile, deleteFiles, "d"),
    "file PUT range": onContent(putRange, writeFiles, "w"),
    "file PUT range from URL": onContent(putRangeFromUrl, writeFiles, "w", { since: "2019-02-02" }),
    "file PUT from URL": onContent(copyFile, writeFiles, "cw", { since: "2015-02-21" }),
    "file PUT copy": onContent(abortCopy, writeFiles, "w"),
    "file PUT rename": onContent((call) => rename(call, "file"), writeFiles, "w", renamed),
    "file PUT lease": onContent(leaseFile, writeFiles, "w", { since: "2019-07-07", smbOnly: true }),
    "file GET listhandles": onContent(listHandles, readFiles, "l", handles),
    "file PUT forceclosehandles": onContent(closeHandles, writeFiles, "w", handles),
    "file GET rangelist": onContent(listRanges, readFiles, "r", snapshots),
};

/** What the request asks for. Throws 400 or 405 where the service has no such operation. */
export function operationOf(request: BlobRequest, place: Place): FileOperation {
    const { method, url } = request;
    const comp = (parameter(url, "comp") ?? "").toLowerCase();
    const level = levelOf(url, place, comp);
    const fromUrl = request.headers.get("x-ms-copy-source") !== undefined && ["", "range"].includes(comp);
    const words = [...(comp === "" ? [] : [comp]), ...(fromUrl ? ["from URL"] : [])];
    const find = (verb: string): FileOperation | undefined => operations[[level, verb, ...words].join(" ")];
    const found = find(method) ?? (method === "HEAD" ? find("GET") : undefined);
    if (found === undefined) {
        if (comp === "userdelegationkey") throw filesError("NotModelled", comp);
        if (["GET", "HEAD", "PUT", "DELETE"].includes(method))
            throw filesError("InvalidQueryParameterValue", "comp");
        throw filesError("UnsupportedHttpVerb");
    }
    return setsPermission(request) ? { ...found, needs: withPermissions(found) } : found;
}

function levelOf(url: URL, place: Place, comp: string): "service" | "share" | "directory" | "file" {
    const restype = (parameter(url, "restype") ?? "").toLowerCase();
    if (place.share === "") return "service";
    if (restype === "share") return "share";
    if (restype === "directory" || (place.path.length === 0 && comp.includes("handles"))) return "directory";
    if (restype !== "") throw filesError("NotModelled", "restype");
    if (place.path.length === 0) throw filesError("InvalidUri");
    return "file";
}

function setsPermission({ headers }: BlobRequest): boolean {
    return ["x-ms-file-permission", "x-ms-file-permission-key"].some(
        (name) => headers.get(name) !== undefined,
    );
}

/** Setting the permission of something that is there takes a right of its own; with something new it does not. */
function withPermissions(operation: FileOperation): readonly RequiredAction[] {
    const changes = ["file PUT properties", "directory PUT properties", "file PUT from URL"].map(
        (name) => operations[name],
    );
    return changes.includes(operation) ? [...operation.needs, modifyPermissions] : operation.needs;
}
