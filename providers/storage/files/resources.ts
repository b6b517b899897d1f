import type * as pulumi from "@pulumi/pulumi";
import { ReplicaResource, type DetailArgs, type ReplicaArgs } from "../../core/pulumi/resource.js";

/** What `Shares` takes. */
export interface SharesArgs extends ReplicaArgs {
    /** Carries stored access policies too, in `replication` mode. Default true. */
    policies?: boolean;
}

/**
 * The file shares of a storage account: quota, access tier, metadata, stored access policies. Contents are `Files`. NFS
 * shares are losses.
 *
 * Needs `Reader` at the source, and `Storage Account Contributor` and `Storage File Data Privileged Reader` at the target.
 */
export class Shares extends ReplicaResource {
    constructor(name: string, args: SharesArgs, options?: pulumi.CustomResourceOptions) {
        const { policies, ...common } = args;
        super(
            { kind: "storage", element: "shares", className: "Shares" },
            name,
            { ...common, ...(policies === undefined ? {} : { options: { policies } }) },
            options,
        );
    }
}

/** What `Files` takes. Names are `share/path/of/file`: `include: ["docs/**"]`. */
export interface FilesArgs extends ReplicaArgs, DetailArgs {}

/**
 * The files and directories in the SMB shares of a storage account, with their attributes, times, permissions (SDDL), HTTP
 * headers and metadata. Their shares must be there: declare `Shares` and depend on it.
 *
 * Needs `Reader` and `Storage File Data Privileged Reader` at the source, `Reader` and
 * `Storage File Data Privileged Contributor` at the target.
 */
export class Files extends ReplicaResource {
    constructor(name: string, args: FilesArgs, options?: pulumi.CustomResourceOptions) {
        super({ kind: "storage", element: "files", className: "Files" }, name, args, options);
    }
}
