import * as pulumi from "@pulumi/pulumi";
import { targetEndpoint } from "../../core/pulumi/endpoint.js";
import { ReplicaResource, type RenameArgs, type ReplicaArgs } from "../../core/pulumi/resource.js";

/** What `Keys` takes. */
export interface KeysArgs extends ReplicaArgs, RenameArgs {
    /**
     * What becomes of a key that no backup can take to the target: because the vaults are in two subscriptions or
     * geographies, because it gets another name, or because it was rotated since it came.
     *
     * `lose` (default): it stays behind, and is reported as a loss. `recreate`: the target gets a new key of the same type,
     * size or curve, operations, attributes, tags and rotation policy. What the source's key encrypted it can't decrypt, so
     * it counts as a loss of key material.
     */
    onUnexportable?: "lose" | "recreate";
}

/**
 * The keys of a Key Vault, as a part of the stack. `template` makes new keys of the same kinds; `replication` moves the
 * keys themselves, with all their versions, between vaults of one subscription and geography.
 *
 * Needs at the source `Key Vault Reader`, and `Key Vault Crypto User` with it for `replication`; at the target
 * `Key Vault Crypto Officer`. Keys in hardware (`RSA-HSM`, `EC-HSM`) need a target of the premium tier.
 */
export class Keys extends ReplicaResource {
    readonly #target: pulumi.Input<string>;
    readonly #targetProfile: string;
    readonly #rename: Readonly<Record<string, string>>;

    constructor(name: string, args: KeysArgs, options?: pulumi.CustomResourceOptions) {
        const { onUnexportable, ...common } = args;
        super(
            { kind: "keyvault", element: "keys", className: "Keys" },
            name,
            { ...common, ...(onUnexportable === undefined ? {} : { options: { onUnexportable } }) },
            options,
        );
        this.#target = args.target;
        this.#targetProfile = args.targetProfile ?? "target";
        this.#rename = args.rename ?? {};
    }

    /**
     * The URI of a key at the target, without a version: for encryption with a customer-managed key that follows its
     * rotation. Known in a preview as soon as the target is; in an update it waits for the copy.
     *
     * @param keyName the name at the source.
     */
    uri(keyName: string): pulumi.Output<string> {
        const name = this.#rename[keyName] ?? keyName;
        // The URN carries the dependency on this resource and is known in a preview.
        return pulumi.all([this.#target, this.urn]).apply(async ([target]) => {
            const vault = await targetEndpoint("keyvault", "keys", target, this.#targetProfile, "vault");
            return `${vault.replace(/\/$/, "")}/keys/${name}`;
        });
    }
}
