import type * as pulumi from "@pulumi/pulumi";
import { ReplicaResource, type ReplicaArgs } from "../../core/pulumi/resource.js";

/** What `Queues` takes. */
export interface QueuesArgs extends ReplicaArgs {
    /**
     * Carries stored access policies, which need `Storage Account Contributor` at both sides. Default: where they can be
     * read, else they are a loss. `true`: must be carried. `false`: are left out.
     */
    policies?: boolean;
    /**
     * Copies messages, once, into queues that are new or empty. The one argument that changes something at a source, so it
     * takes `acknowledge` too, and `Storage Queue Data Contributor` at both sides. Default: messages stay.
     */
    messages?: "copy";
    /**
     * That you know what copying messages does at the source: each is hidden from its consumers while its queue is read,
     * counts one more dequeue (which may make it a poison message), and may come later in the order.
     */
    acknowledge?: "messages"[];
    /** For how many seconds messages are hidden at the longest, whatever becomes of the run: 30 to 604,800. Default 300. */
    visibilityTimeout?: number;
}

/**
 * The queues of a storage account: metadata and stored access policies. Their messages stay where they are, and how many
 * there are is told, unless `messages` and `acknowledge` say otherwise.
 *
 * Needs `Storage Queue Data Reader` at the source and `Storage Queue Data Contributor` at the target.
 */
export class Queues extends ReplicaResource {
    constructor(name: string, args: QueuesArgs, options?: pulumi.CustomResourceOptions) {
        const { policies, messages, acknowledge, visibilityTimeout, ...common } = args;
        const own = { policies, messages, acknowledge, visibilityTimeout };
        const given = Object.entries(own).filter(([, value]) => value !== undefined);
        super(
            { kind: "storage", element: "queues", className: "Queues" },
            name,
            { ...common, ...(given.length === 0 ? {} : { options: Object.fromEntries(given) }) },
            options,
        );
    }
}
