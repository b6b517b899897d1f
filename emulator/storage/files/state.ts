import type { RangeSet } from "./ranges.js";

/** What files and directories have for Windows clients. Times are ISO 8601 with seven digits after the point. */
export interface SmbProperties {
    /** As the service shows them: `ReadOnly | Archive`. */
    attributes: string;
    creationTime: string;
    lastWriteTime: string;
    changeTime: string;
    /** Undefined for a root whose permission nobody has set. */
    permissionKey?: string;
}

/** What files and directories of an NFS share have instead. */
export interface PosixProperties {
    /** Four octal digits. */
    mode: string;
    owner: string;
    group: string;
}

/** What a lease holds. Times are milliseconds since the epoch; undefined: without end. */
export interface Lease {
    id: string;
    /** Seconds; -1 is without end. */
    duration: number;
    endsAt?: number;
    /** Set by a break: until then the lease still holds. */
    breaksAt?: number;
}

/** An SMB client's open handle. */
export interface Handle {
    id: string;
    sessionId: string;
    clientIp: string;
    clientName: string;
    openedAt: number;
    accessRights: ("Read" | "Write" | "Delete")[];
}

interface NodeBase {
    /** As it was written; names are compared without regard to case. */
    name: string;
    /** A decimal 64-bit number, unique in the account. */
    id: string;
    parentId: string;
    etag: string;
    /** Milliseconds since the epoch. */
    modified: number;
    metadata: Record<string, string>;
    smb: SmbProperties;
    posix?: PosixProperties;
    handles: Handle[];
}

export interface DirectoryNode extends NodeBase {
    kind: "directory";
    /** By `keyOf` of their names. */
    children: Map<string, TreeNode>;
}

/** What `x-ms-content-*` headers set and `Content-*` headers show. */
export interface ContentHeaders {
    type: string;
    encoding?: string;
    language?: string;
    disposition?: string;
    cacheControl?: string;
    /** Base64; never made by the service. */
    md5?: string;
}

/** What a file remembers of the Copy File that made it. */
export interface CopyState {
    id: string;
    source: string;
    status: "success";
    /** `bytes/total`. */
    progress: string;
    completedAt: number;
}

export interface FileNode extends NodeBase {
    kind: "file";
    size: number;
    written: RangeSet;
    /** Where its bytes are. */
    contentId: string;
    /** Whether a snapshot has the same content: then a write makes the file a content of its own. */
    shared: boolean;
    headers: ContentHeaders;
    copy?: CopyState;
    lease?: Lease;
}

export type TreeNode = DirectoryNode | FileNode;

export interface AccessPolicy {
    id: string;
    start?: string;
    expiry?: string;
    permission?: string;
}

/** A share as it was at one time. */
export interface ShareSnapshot {
    /** ISO 8601 with seven digits after the point: its name. */
    time: string;
    metadata: Record<string, string>;
    etag: string;
    modified: number;
    root: DirectoryNode;
}

export interface Share {
    name: string;
    /** Its `Version` where it is deleted. */
    version: string;
    etag: string;
    modified: number;
    metadata: Record<string, string>;
    /** GiB. */
    quota: number;
    accessTier: string;
    accessTierChanged: number;
    protocol: "SMB" | "NFS";
    rootSquash: string;
    policies: AccessPolicy[];
    root: DirectoryNode;
    /** Bytes that were written, as far as they count against the quota. */
    usedBytes: number;
    snapshots: ShareSnapshot[];
    /** Security descriptors by key. */
    permissions: Map<string, string>;
    lease?: Lease;
    /** Whether Resource Manager made it. */
    managed?: true;
    /** When it was deleted; undefined while it is there. */
    deletedAt?: number;
}

/** The files of one account. */
export interface AccountFiles {
    shares: Map<string, Share>;
    /** Newest last. */
    deleted: Share[];
    /** The XML of the service's properties, as it was set. */
    properties?: string;
}

/** Names that this service takes as equal are equal in it. */
export function keyOf(name: string): string {
    return name.toUpperCase();
}
