import type * as pulumi from "@pulumi/pulumi";
import {
    ReplicaResource,
    type OverrideArgs,
    type RenameArgs,
    type ReplicaArgs,
} from "../../core/pulumi/resource.js";

/**
 * What `Certificates` takes. An override is a certificate with its private key: PEM text with a PKCS#8 key, a PFX in
 * base64, or JSON with either as `value` and its `password`.
 */
export interface CertificatesArgs extends ReplicaArgs, RenameArgs, OverrideArgs {
    /**
     * `latest`: the current version of each certificate. `all`: those before it too, oldest first; an older one is never
     * put over a current one. Default `latest`.
     */
    versions?: "latest" | "all";
    /**
     * What becomes of a certificate whose private key can't leave its vault, and can't be moved by backup and restore
     * either. `lose`: it is reported as a loss. `recreate`: the target makes a new key and certificate by the same
     * policy, where the issuer is `Self`; what is lost then is the key. Default `lose`.
     */
    onUnexportable?: "lose" | "recreate";
}

/**
 * The certificates of a Key Vault with policies, attributes and tags: new ones by the source's policies (`template`,
 * where the issuer is `Self`), or the same ones with chain and private key (`replication`). The keys and secrets behind
 * them come along.
 *
 * Needs at the source `Key Vault Reader` for `template` or `Key Vault Certificate User` for `replication`; at the target
 * `Key Vault Certificates Officer`. Moving keys that are not exportable, within a subscription and geography, takes
 * `Key Vault Certificates Officer` at the source too.
 */
export class Certificates extends ReplicaResource {
    constructor(name: string, args: CertificatesArgs, options?: pulumi.CustomResourceOptions) {
        const { versions, onUnexportable, ...common } = args;
        const given = Object.entries({ versions, onUnexportable }).filter(([, value]) => value !== undefined);
        super(
            { kind: "keyvault", element: "certificates", className: "Certificates" },
            name,
            { ...common, ...(given.length === 0 ? {} : { options: Object.fromEntries(given) }) },
            options,
        );
    }
}

/** What `Issuers` takes. An override is the password of an issuer's account, by the issuer's name. */
export type IssuersArgs = ReplicaArgs & OverrideArgs;

/**
 * The certificate authorities that a Key Vault orders certificates from, with accounts, organizations and
 * administrators. The service tells no password. Declare them before the certificates that name them.
 *
 * Needs `Key Vault Reader` at the source and `Key Vault Certificates Officer` at the target.
 */
export class Issuers extends ReplicaResource {
    constructor(name: string, args: IssuersArgs, options?: pulumi.CustomResourceOptions) {
        super({ kind: "keyvault", element: "issuers", className: "Issuers" }, name, args, options);
    }
}

/** What `Contacts` takes; `include` and `exclude` select by e-mail address. */
export type ContactsArgs = ReplicaArgs;

/**
 * Who a Key Vault tells by e-mail about its certificates. Contacts that the target has besides stay.
 *
 * Needs `Key Vault Certificates Officer` at both sides: no smaller role may read contacts.
 */
export class Contacts extends ReplicaResource {
    constructor(name: string, args: ContactsArgs, options?: pulumi.CustomResourceOptions) {
        super({ kind: "keyvault", element: "contacts", className: "Contacts" }, name, args, options);
    }
}
