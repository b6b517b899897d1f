import * as pulumi from "@pulumi/pulumi";
import {
    Certificates,
    Contacts,
    Issuers,
    Keys,
    Secrets,
    type SecretsArgs,
} from "../providers/keyvault/resources.js";
import { sharePatterns } from "../providers/core/pulumi/shared-patterns.js";
import { defined } from "./defined.js";

/** What a vault holds, by the names of its element types. */
export type KeyVaultContents = "secrets" | "keys" | "certificates" | "issuers" | "contacts";

/** Reading contacts takes a role that may write certificates, so nobody is asked for it unless contacts are named. */
const defaultContents: readonly KeyVaultContents[] = ["secrets", "keys", "certificates", "issuers"];

/** What `KeyVaultReplica` takes. `rename`, `rewrite` and `overrides` are for secrets alone. */
export interface KeyVaultReplicaArgs extends SecretsArgs {
    /**
     * What to replicate. Default: `secrets`, `keys`, `certificates` and `issuers`. `contacts` take a role at the source
     * that may write certificates, so they come only where they are named.
     */
    contents?: KeyVaultContents[];
    /**
     * `latest` (default): the current version of each secret and certificate. `all`: the older ones too. A key that moves
     * has all of its versions in any case.
     */
    versions?: "latest" | "all";
    /**
     * What to do about a key or a certificate whose private key can't leave its vault: `lose` (default) reports it,
     * `recreate` makes a new one of the same kind, and reports that.
     */
    onUnexportable?: "lose" | "recreate";
}

/**
 * The contents of a Key Vault in one resource: secrets, keys, certificates and their issuers.
 *
 * The secret and the key behind a certificate come with it and are not copied twice. Each sort of contents needs its
 * own roles; `docs/key-vault.md` has the table.
 */
export class KeyVaultReplica extends pulumi.ComponentResource {
    readonly secrets: Secrets | undefined;
    readonly keys: Keys | undefined;
    readonly issuers: Issuers | undefined;
    readonly contacts: Contacts | undefined;
    readonly certificates: Certificates | undefined;

    constructor(name: string, args: KeyVaultReplicaArgs, options?: pulumi.ComponentResourceOptions) {
        super("azure-dataplane:index:KeyVaultReplica", name, {}, options);
        const {
            contents = defaultContents,
            versions,
            onUnexportable,
            rename,
            rewrite,
            overrides,
            ...common
        } = args;
        const { include: _include, exclude: _exclude, ...whole } = common;
        const selected = contents.filter((which) => which !== "issuers" && which !== "contacts");
        if (selected.length > 0) sharePatterns(this, selected.length);
        const parent: pulumi.CustomResourceOptions = { parent: this };
        const make = <Made>(which: KeyVaultContents, declare: () => Made): Made | undefined =>
            contents.includes(which) ? declare() : undefined;
        this.secrets = make(
            "secrets",
            () =>
                new Secrets(
                    `${name}-secrets`,
                    { ...common, ...defined({ versions, rename, rewrite, overrides }) },
                    parent,
                ),
        );
        this.keys = make(
            "keys",
            () => new Keys(`${name}-keys`, { ...common, ...defined({ onUnexportable }) }, parent),
        );
        this.issuers = make("issuers", () => new Issuers(`${name}-issuers`, whole, parent));
        this.contacts = make("contacts", () => new Contacts(`${name}-contacts`, whole, parent));
        const first = [this.issuers, this.contacts].filter((resource) => resource !== undefined);
        this.certificates = make(
            "certificates",
            () =>
                new Certificates(
                    `${name}-certificates`,
                    { ...common, ...defined({ versions, onUnexportable }) },
                    { ...parent, dependsOn: first },
                ),
        );
        const { secrets, keys, issuers, contacts, certificates } = this;
        this.registerOutputs(
            Object.fromEntries(
                Object.entries({ secrets, keys, issuers, contacts, certificates }).flatMap(([which, made]) =>
                    made === undefined ? [] : [[which, made.summary]],
                ),
            ),
        );
    }
}
