import type * as pulumi from "@pulumi/pulumi";
import { ReplicaResource, type DetailArgs, type ReplicaArgs } from "../core/pulumi/resource.js";

export * from "./files/resources.js";
export * from "./queues/resources.js";
export * from "./tables/resources.js";

/** What `Containers` takes. */
export interface ContainersArgs extends ReplicaArgs {
    /** Carries the public access level of each container too. Default false: the copies are private. */
    publicAccess?: boolean;
    /**
     * Carries stored access policies, which need `Storage Blob Data Owner` at both sides. Default: where they can be
     * read, else they are a loss. `true`: must be carried. `false`: are left out.
     */
    policies?: boolean;
}

/**
 * The blob containers of a storage account: metadata and stored access policies. Contents are `Blobs`.
 *
 * Needs `Storage Blob Data Reader` at the source and `Storage Blob Data Contributor` at the target.
 */
export class Containers extends ReplicaResource {
    constructor(name: string, args: ContainersArgs, options?: pulumi.CustomResourceOptions) {
        const { publicAccess, policies, ...common } = args;
        const given = Object.entries({ publicAccess, policies }).filter(([, value]) => value !== undefined);
        super(
            { kind: "storage", element: "containers", className: "Containers" },
            name,
            { ...common, ...(given.length === 0 ? {} : { options: Object.fromEntries(given) }) },
            options,
        );
    }
}

/** What is carried of access control where both accounts have a hierarchical namespace. */
export interface AccessControlArgs {
    /**
     * Owner, group and access control list, which take `Storage Blob Data Owner` at the target. Default: where the role is
     * there, else they are a loss. `true`: must be carried. `false`: are left out.
     */
    accessControl?: boolean;
    /**
     * The target's object ID for each of the source's, where the accounts are in two tenants: others are losses there.
     * Default none.
     */
    principals?: Record<string, string>;
}

/** What `Directories` takes. Names are `container/path`, and `container` for its root directory. */
export interface DirectoriesArgs extends ReplicaArgs, DetailArgs, AccessControlArgs {}

/**
 * The directories of a storage account with a hierarchical namespace, with their metadata, owner, group and access control
 * list. In `template` mode without the last three. Files are `Blobs`, which come after them.
 *
 * Name such accounts by their ARM resource ID or their dfs URL. Needs `Storage Blob Data Reader` at the source and
 * `Storage Blob Data Contributor` at the target; for access control `Storage Blob Data Owner` there.
 */
export class Directories extends ReplicaResource {
    constructor(name: string, args: DirectoriesArgs, options?: pulumi.CustomResourceOptions) {
        const { accessControl, principals, ...common } = args;
        const given = Object.entries({ accessControl, principals }).filter(
            ([, value]) => value !== undefined,
        );
        super(
            { kind: "storage", element: "directories", className: "Directories" },
            name,
            { ...common, ...(given.length === 0 ? {} : { options: Object.fromEntries(given) }) },
            options,
        );
    }
}

/** What `Blobs` takes. Names are `container/path/of/blob`: `include: ["photos/**"]`. */
export interface BlobsArgs extends ReplicaArgs, DetailArgs, AccessControlArgs {
    /** Carries index tags, which need a role of their own at both sides. Default: where the role is there. */
    tags?: boolean;
    /**
     * Carries the snapshots of each blob too, oldest first, before the blob itself. They get the date of their copying.
     * Default false.
     */
    snapshots?: boolean;
    /**
     * Immutability policies and legal holds, where the target's container has version-level immutability, with
     * `Storage Blob Data Owner` at the target; else they are losses. `"unlocked"` (default): the copy of a locked policy is
     * unlocked. `"same"`: it is locked, which nobody can undo before its end. `false`: none are set.
     */
    immutability?: "unlocked" | "same" | false;
    /**
     * The target's encryption scope for each of the source's, by name. Default: the enabled one of the same name, where
     * the target is named by its ARM resource ID; what has none is a loss. `false`: none are carried.
     */
    encryptionScopes?: Record<string, string> | false;
    /**
     * Has the service copy archived blobs out of the archive, with that priority, into the tier Cool. It takes hours, in
     * which their items fail with how long: run again then. Only within an account or a region. Default false: losses.
     */
    rehydrate?: "standard" | "high" | false;
}

/**
 * The blobs of a storage account, of all three types, with their headers, metadata, index tags and tier. The service moves the data
 * where it can. Their containers must be there: declare `Containers` and depend on it.
 *
 * Needs `Storage Blob Data Reader` at the source and `Storage Blob Data Contributor` at the target; for index tags
 * `Storage Blob Data Owner` at both.
 */
export class Blobs extends ReplicaResource {
    constructor(name: string, args: BlobsArgs, options?: pulumi.CustomResourceOptions) {
        const { tags, snapshots, immutability, encryptionScopes, rehydrate, ...others } = args;
        const { accessControl, principals, ...common } = others;
        const own = { tags, snapshots, immutability, encryptionScopes, rehydrate, accessControl, principals };
        const given = Object.entries(own).filter(([, value]) => value !== undefined);
        super(
            { kind: "storage", element: "blobs", className: "Blobs" },
            name,
            { ...common, ...(given.length === 0 ? {} : { options: Object.fromEntries(given) }) },
            options,
        );
    }
}

/** What `ServiceProperties` takes. */
export interface ServicePropertiesArgs extends ReplicaArgs {
    /** Of which services. Default: `["blob"]`. */
    services?: ("blob" | "queue" | "table" | "file")[];
}

/**
 * The settings of a storage account's services that their data planes know: rules of CORS; of blobs the static website and
 * soft delete; of queues and tables logging; of queues, tables and files metrics; of files SMB. Names are
 * `cors/ORIGINS`, `static-website` and `soft-delete`, and of other services `queue/cors/ORIGINS`, `queue/logging`.
 *
 * Needs `Reader` at the source and `Storage Account Contributor` at the target.
 */
export class ServiceProperties extends ReplicaResource {
    constructor(name: string, args: ServicePropertiesArgs, options?: pulumi.CustomResourceOptions) {
        const { services, ...common } = args;
        super(
            { kind: "storage", element: "serviceProperties", className: "ServiceProperties" },
            name,
            { ...common, ...(services === undefined ? {} : { options: { services } }) },
            options,
        );
    }
}
