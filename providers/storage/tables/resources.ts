import type * as pulumi from "@pulumi/pulumi";
import { ReplicaResource, type DetailArgs, type ReplicaArgs } from "../../core/pulumi/resource.js";

/** What `Tables` takes. */
export interface TablesArgs extends ReplicaArgs {
    /**
     * Carries stored access policies, which need `Storage Account Contributor` at both sides. Default: where they can be
     * read, else they are a loss. `true`: must be carried. `false`: are left out.
     */
    policies?: boolean;
}

/**
 * The tables of a storage account and their stored access policies. Contents are `Entities`.
 *
 * Needs `Storage Table Data Reader` at the source and `Storage Table Data Contributor` at the target.
 */
export class Tables extends ReplicaResource {
    constructor(name: string, args: TablesArgs, options?: pulumi.CustomResourceOptions) {
        const { policies, ...common } = args;
        super(
            { kind: "storage", element: "tables", className: "Tables" },
            name,
            { ...common, ...(policies === undefined ? {} : { options: { policies } }) },
            options,
        );
    }
}

/** What `Entities` takes. Names are `table/PartitionKey/RowKey`: `include: ["orders/**"]`. */
export interface EntitiesArgs extends ReplicaArgs, DetailArgs {}

/**
 * The entities of a storage account's tables, with the type of every property as it is. Their tables must be there:
 * declare `Tables` and depend on it.
 *
 * Needs `Storage Table Data Reader` at the source and `Storage Table Data Contributor` at the target.
 */
export class Entities extends ReplicaResource {
    constructor(name: string, args: EntitiesArgs, options?: pulumi.CustomResourceOptions) {
        super({ kind: "storage", element: "entities", className: "Entities" }, name, args, options);
    }
}
