import type { ObjectVersion } from "../objects.js";

/** One version of a certificate. */
export type CertificateVersion = ObjectVersion;

/** What belongs to all versions of a certificate. */
export type CertificateDetails = Record<string, never>;

/** What belongs to the certificates of a vault as a whole. */
export type CertificateSettings = Record<string, never>;

/** The settings of a vault that nobody has set any. */
export function noCertificateSettings(): CertificateSettings {
    return {};
}
