import type { KeyDetails, KeyVersion } from "../keys/state.js";
import type { ObjectVersion, VaultObject } from "../objects.js";
import type { SecretVersion } from "../secrets/state.js";
import type { CertificatePolicy, IssuerParameters } from "./policy.js";

/** One version of a certificate. Its key and its secret have the same name and version id. */
export interface CertificateVersion extends ObjectVersion {
    /** The certificate, DER in base64. */
    cer: string;
    /** SHA-1 of it, base64url. */
    x5t: string;
    /** Whether the chain stands as it was imported. Undefined: the caller said nothing. */
    preserveCertOrder?: boolean;
}

/** A version that is being made. */
export interface CertificateOperationState {
    /** 32 hexadecimal digits. */
    requestId: string;
    /** The id that the version will have. */
    version: string;
    policy: CertificatePolicy;
    issuer: IssuerParameters;
    /** The signing request, DER in base64. */
    csr: string;
    /** The private key, PKCS#8 in base64. */
    key: string;
    status: "inProgress" | "completed" | "cancelled";
    cancellationRequested: boolean;
    enabled: boolean;
    tags?: Record<string, string>;
    preserveCertOrder?: boolean;
    /** When it ends by itself, in milliseconds since the epoch. Undefined: it waits for somebody. */
    endsAt?: number;
    /** What is there then: the chain, DER in base64, and the value of the secret. Undefined: nothing, it is cancelled. */
    result?: { chain: string[]; value: string };
}

/** What belongs to all versions of a certificate. */
export interface CertificateDetails {
    policy: CertificatePolicy;
    /** What stands for the first version until there is one. */
    placeholder?: ObjectVersion;
    operation?: CertificateOperationState;
    /** The key and the secret: in a backup alone. */
    backing?: { key: VaultObject<KeyVersion, KeyDetails>; secret: VaultObject<SecretVersion> };
}

/** A certificate of a vault. */
export type Certificate = VaultObject<CertificateVersion, CertificateDetails>;

/** Who issues certificates for the vault, without the password of the account. Times are whole seconds. */
export interface Issuer {
    name: string;
    provider: string;
    accountId?: string;
    organization?: { id?: string; admin_details: AdministratorDetails[] };
    enabled: boolean;
    created: number;
    updated: number;
}

/** Somebody who answers for the account with an issuer. */
export interface AdministratorDetails {
    first_name?: string | undefined;
    last_name?: string | undefined;
    email?: string | undefined;
    phone?: string | undefined;
}

/** Who is told when certificates near their end. */
export interface Contact {
    email: string;
    name?: string | undefined;
    phone?: string | undefined;
}

/** What belongs to the certificates of a vault as a whole. */
export interface CertificateSettings {
    /** By name in lower case. */
    issuers: Record<string, Issuer>;
    /** Undefined: nobody has set any. */
    contacts?: Contact[];
}

/** The settings of a vault that nobody has set any. */
export function noCertificateSettings(): CertificateSettings {
    return { issuers: {} };
}
