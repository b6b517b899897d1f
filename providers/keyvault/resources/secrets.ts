import * as pulumi from "@pulumi/pulumi";
import { targetEndpoint } from "../../core/pulumi/endpoint.js";
import {
    ReplicaResource,
    type OverrideArgs,
    type RenameArgs,
    type ReplicaArgs,
    type RewriteArgs,
} from "../../core/pulumi/resource.js";

/** What `Secrets` takes. */
export interface SecretsArgs extends ReplicaArgs, RenameArgs, OverrideArgs, RewriteArgs {
    /**
     * `latest` (default): the current version of each secret. `all`: every version that can be read, the oldest first and
     * the current one last; within a subscription and a geography by backup and restore, with ids, dates and what is
     * disabled. What can't come along stands in the output `losses`. Only `replication` carries versions.
     */
    versions?: "latest" | "all";
}

/**
 * The secrets of a Key Vault, as a part of the stack: names, attributes, content types and tags (`template`: as
 * disabled placeholders) or with their values (`replication`), the current version or all of them.
 *
 * Needs at the source `Key Vault Reader` for `template` or `Key Vault Secrets User` with it for `replication`; at the
 * target `Key Vault Secrets Officer`. With `versions: "all"`, backups take `Key Vault Secrets Officer` at the source too;
 * without it each version is read and set.
 */
export class Secrets extends ReplicaResource {
    readonly #target: pulumi.Input<string>;
    readonly #targetProfile: string;
    readonly #rename: Readonly<Record<string, string>>;

    constructor(name: string, args: SecretsArgs, options?: pulumi.CustomResourceOptions) {
        const { versions, ...common } = args;
        super(
            { kind: "keyvault", element: "secrets", className: "Secrets" },
            name,
            { ...common, ...(versions === undefined ? {} : { options: { versions } }) },
            options,
        );
        this.#target = args.target;
        this.#targetProfile = args.targetProfile ?? "target";
        this.#rename = args.rename ?? {};
    }

    /**
     * The URI of a copied secret, without a version: for an app setting's Key Vault reference. Known in a preview as
     * soon as the target is; in an update it waits for the copy.
     *
     * @param secretName the name at the source.
     */
    uri(secretName: string): pulumi.Output<string> {
        const name = this.#rename[secretName] ?? secretName;
        // The URN carries the dependency on this resource and is known in a preview.
        return pulumi.all([this.#target, this.urn]).apply(async ([target]) => {
            const vault = await targetEndpoint("keyvault", "secrets", target, this.#targetProfile, "vault");
            return `${vault.replace(/\/$/, "")}/secrets/${name}`;
        });
    }
}
