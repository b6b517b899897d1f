import * as pulumi from "@pulumi/pulumi";
import { Secrets, type SecretsArgs } from "../providers/keyvault/resources.js";

/** What `KeyVaultReplica` takes: as `Secrets`, for everything in the vault. */
export type KeyVaultReplicaArgs = SecretsArgs;

/** The contents of a Key Vault in one resource: today its secrets. */
export class KeyVaultReplica extends pulumi.ComponentResource {
    readonly secrets: Secrets;

    constructor(name: string, args: KeyVaultReplicaArgs, options?: pulumi.ComponentResourceOptions) {
        super("azure-dataplane:index:KeyVaultReplica", name, {}, options);
        this.secrets = new Secrets(`${name}-secrets`, args, { parent: this });
        this.registerOutputs({ secrets: this.secrets.summary });
    }
}
