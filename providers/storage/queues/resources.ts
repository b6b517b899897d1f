import type * as pulumi from "@pulumi/pulumi";
import { ReplicaResource, type ReplicaArgs } from "../../core/pulumi/resource.js";

/** What `Queues` takes. */
export interface QueuesArgs extends ReplicaArgs {
    /**
     * Carries stored access policies, which need `Storage Account Contributor` at both sides. Default: where they can be
     * read, else they are a loss. `true`: must be carried. `false`: are left out.
     */
    policies?: boolean;
}

/**
 * The queues of a storage account: metadata and stored access policies. Their messages stay where they are; how many there
 * are is told.
 *
 * Needs `Storage Queue Data Reader` at the source and `Storage Queue Data Contributor` at the target.
 */
export class Queues extends ReplicaResource {
    constructor(name: string, args: QueuesArgs, options?: pulumi.CustomResourceOptions) {
        const { policies, ...common } = args;
        super(
            { kind: "storage", element: "queues", className: "Queues" },
            name,
            { ...common, ...(policies === undefined ? {} : { options: { policies } }) },
            options,
        );
    }
}
