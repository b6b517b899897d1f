import type { GeneralName, KeyUsageFlags, X509Certificate } from "@peculiar/x509";
import { loadX509 } from "./libraries.js";
import { showName } from "./names.js";
import type { SubjectAlternativeNames, X509Properties } from "./policy.js";

/** The service's names of key usages, in the order of their bits. */
export const keyUsages = [
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
] as const satisfies readonly (keyof typeof KeyUsageFlags)[];

/** Kinds of alternative names: the X.509 library's, and the policy's. */
export const alternativeNameKinds = [
    ["email", "emails"],
    ["dns", "dns_names"],
    ["upn", "upns"],
    ["url", "uris"],
    ["ip", "ipAddresses"],
] as const satisfies readonly (readonly [GeneralName["type"], keyof SubjectAlternativeNames])[];

/** What a certificate says of itself, as the service shows it in the policy of an imported one. `der`: the certificate. */
export async function readX509Properties(der: Buffer): Promise<X509Properties> {
    const x509 = await loadX509();
    const certificate = new x509.X509Certificate(new Uint8Array(der));
    const usages = certificate.getExtension(x509.KeyUsagesExtension)?.usages ?? 0;
    const sans = alternativeNames(
        certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [],
    );
    return {
        subject: await showName(certificate.subjectName),
        ...(sans === undefined ? {} : { sans }),
        ekus: (certificate.getExtension(x509.ExtendedKeyUsageExtension)?.usages ?? []).map(String),
        key_usage: keyUsages.filter((name) => (usages & x509.KeyUsageFlags[name]) !== 0),
        validity_months: months(certificate),
        basic_constraints: { ca: certificate.getExtension(x509.BasicConstraintsExtension)?.ca ?? false },
    };
}

function alternativeNames(names: readonly GeneralName[]): SubjectAlternativeNames | undefined {
    const sans: SubjectAlternativeNames = {};
    for (const [type, member] of alternativeNameKinds) {
        const values = names.filter((name) => name.type === type).map((name) => name.value);
        if (values.length > 0) sans[member] = values;
    }
    return Object.keys(sans).length === 0 ? undefined : sans;
}

/** Begun months: a year and ten minutes are 13, as the service counts. */
function months({ notBefore, notAfter }: X509Certificate): number {
    const whole =
        (notAfter.getUTCFullYear() - notBefore.getUTCFullYear()) * 12 +
        notAfter.getUTCMonth() -
        notBefore.getUTCMonth();
    const reached = new Date(notBefore);
    reached.setUTCMonth(reached.getUTCMonth() + whole);
    return reached < notAfter ? whole + 1 : whole;
}
