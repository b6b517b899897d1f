import type { Version } from "./item.js";

/** A certificate with chain and private key, as the secret behind it holds it. In memory only, never part of an error. */
export interface Material {
    /** Base64 of a PFX, or PEM, as `contentType` says. */
    readonly value: string;
    readonly contentType: string;
    /** Of a PFX that the user gave; the service's own have none. */
    readonly password?: string;
}

/** One version of a certificate. */
export interface ContentVersion extends Pick<Version, "thumbprint" | "enabled" | "tags"> {
    /** Undefined where the private key can't be read, and at the target, where nobody needs it. */
    readonly material?: Material;
}

/** What a certificate holds: its versions, oldest first. The last one is the current one. */
export interface CertificateContent {
    readonly versions: readonly ContentVersion[];
}

/** How PFX and PEM are called: https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#exportable-or-non-exportable-key */
export const pfxType = "application/x-pkcs12";
export const pemType = "application/x-pem-file";

/** What a comparison and the order of versions stand on. */
export function thumbprints({ versions }: CertificateContent): string[] {
    return versions.map(({ thumbprint }) => thumbprint);
}
