import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { z } from "zod";
import { DataplaneError } from "../../core/errors.js";
import { pemType, pfxType, type CertificateContent, type Material } from "./content.js";

const withPassword = z.strictObject({ value: z.string(), password: z.string() });

/**
 * The certificate that a user gives: PEM with an unencrypted PKCS#8 key, a PFX in base64, or either as
 * `{"value": "…", "password": "…"}` in JSON. It is read here, so that a wrong one is an error before anything else
 * happens. Throws `InvalidArgument`; no message holds anything of what was given.
 */
export function parseOverride(text: string): CertificateContent {
    const material = materialOf(text.trim());
    const thumbprint =
        material.contentType === pemType ? thumbprintOfPem(material.value) : thumbprintOfPfx(material);
    return { versions: [{ thumbprint, enabled: true, tags: {}, material }] };
}

function materialOf(text: string): Material {
    if (!text.startsWith("{")) return { value: text, contentType: typeOf(text) };
    try {
        const { value, password } = withPassword.parse(JSON.parse(text));
        return { value: value.trim(), contentType: typeOf(value), password };
    } catch {
        // What the parsers say may quote the text.
        throw invalid('it is no JSON of the shape {"value": "…", "password": "…"}');
    }
}

function typeOf(value: string): string {
    return value.includes("-----BEGIN ") ? pemType : pfxType;
}

/** Key Vault takes PEM with the key in PKCS#8: https://learn.microsoft.com/rest/api/keyvault/certificates/import-certificate/import-certificate */
function thumbprintOfPem(pem: string): string {
    if (!pem.includes("-----BEGIN PRIVATE KEY-----")) {
        throw invalid("the PEM text has no private key in PKCS#8 (-----BEGIN PRIVATE KEY-----)");
    }
    try {
        const certificate = new X509Certificate(pem);
        if (certificate.checkPrivateKey(createPrivateKey(pem))) return hexadecimal(certificate.fingerprint);
    } catch {
        throw invalid("the PEM text can't be read");
    }
    throw invalid("the private key is not that of the first certificate in the PEM text");
}

function thumbprintOfPfx({ value, password }: Material): string {
    const pfx = Buffer.from(value, "base64");
    if (pfx.length === 0) throw invalid("it is neither PEM nor base64");
    let context: SecureContext;
    try {
        context = createSecureContext({ pfx, ...(password === undefined ? {} : { passphrase: password }) });
    } catch {
        throw invalid(
            "the PFX can't be read: it is none, is encrypted in an outdated way, or its password is wrong",
        );
    }
    const der = certificateOf(context);
    if (der === undefined) throw invalid("the PFX holds no certificate");
    return hexadecimal(new X509Certificate(der).fingerprint);
}

/** Node opens a PFX only for TLS; the handle behind its context tells which certificate it found. */
function certificateOf({ context }: SecureContext): Buffer | undefined {
    const handle = context as { getCertificate?: () => Buffer | null };
    return handle.getCertificate?.() ?? undefined;
}

function hexadecimal(fingerprint: string): string {
    return fingerprint.replaceAll(":", "").toLowerCase();
}

function invalid(why: string): DataplaneError {
    return new DataplaneError("InvalidArgument", `a certificate given in overrides can't be used: ${why}`, {
        argument: "overrides",
        remedy: "Give PEM text, a PFX in base64, or JSON with value and password.",
    });
}
