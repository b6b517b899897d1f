import { createHash, createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { missingPair, unreadablePem, unreadablePkcs12, unsupportedKey } from "./messages.js";
import { readPem, writePem } from "./pem.js";
import { readPkcs12, type CertificateFile } from "./pkcs12-read.js";
import { writePkcs12 } from "./pkcs12-write.js";

/** The formats in which a certificate's secret holds it, by content type. */
export const PKCS12 = "application/x-pkcs12";
const PEM = "application/x-pem-file";

/** A certificate with what it was issued under and, where it is known, its private key. */
export interface CertificateMaterial {
    /** PKCS#8 in DER, base64. */
    readonly key: string;
    /** DER in base64: the certificate itself, then those above it. */
    readonly chain: readonly string[];
}

/** A key as policies describe it. */
export type KeyShape =
    { readonly kty: "RSA"; readonly key_size: number } | { readonly kty: "EC"; readonly crv: string };

/** Names of curves: OpenSSL's, and the service's. */
const curves: Readonly<Record<string, string>> = {
    prime256v1: "P-256",
    secp384r1: "P-384",
    secp521r1: "P-521",
    secp256k1: "P-256K",
};

/** Lengths of RSA keys that certificates may have: https://learn.microsoft.com/azure/key-vault/certificates/about-certificates */
const rsaSizes: readonly number[] = [2048, 3072, 4096];

/**
 * Reads what a caller imports. `keepOrder`: the chain stays as it is in the file; otherwise the certificate of the key
 * comes first. Throws 400 for what can't be read, or has no pair of a key and its certificate.
 */
export async function readMaterial(
    value: string,
    contentType: string,
    password: string,
    keepOrder: boolean,
): Promise<CertificateMaterial> {
    const file = contentType === PEM ? readPem(value, password) : await readPfx(value, password);
    const keys = parse(file.keys, contentType, (der) =>
        createPrivateKey({ key: der, format: "der", type: "pkcs8" }),
    );
    const certificates = parse(file.certificates, contentType, (der) => new X509Certificate(der));
    for (const key of keys) {
        const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key));
        if (leaf === undefined) continue;
        const rest = certificates.filter((certificate) => certificate !== leaf);
        return materialOf(key, keepOrder ? certificates : [leaf, ...rest]);
    }
    throw missingPair();
}

/** A key and its chain, as they are kept. */
export function materialOf(key: KeyObject, chain: readonly X509Certificate[]): CertificateMaterial {
    return {
        key: key.export({ format: "der", type: "pkcs8" }).toString("base64"),
        chain: chain.map((certificate) => certificate.raw.toString("base64")),
    };
}

/** The private key. */
export function keyOf(material: CertificateMaterial): KeyObject {
    return createPrivateKey({ key: Buffer.from(material.key, "base64"), format: "der", type: "pkcs8" });
}

/** The certificate of the key, wherever it stands in the chain. */
export function leafOf(material: CertificateMaterial): X509Certificate {
    const key = keyOf(material);
    const chain = material.chain.map((der) => new X509Certificate(Buffer.from(der, "base64")));
    const leaf = chain.find((certificate) => certificate.checkPrivateKey(key));
    if (leaf === undefined) throw missingPair();
    return leaf;
}

/** Type and size of a key. Throws 400 for those that certificates may not have. */
export function shapeOf(key: KeyObject): KeyShape {
    const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
    if (key.asymmetricKeyType === "rsa" && modulusLength !== undefined && rsaSizes.includes(modulusLength)) {
        return { kty: "RSA", key_size: modulusLength };
    }
    const crv = curves[namedCurve ?? ""];
    if (key.asymmetricKeyType === "ec" && crv !== undefined) return { kty: "EC", crv };
    throw unsupportedKey();
}

/** The value of a certificate's secret; with the private key only where that may be exported. */
export async function secretValue(
    material: CertificateMaterial,
    contentType: string,
    exportable: boolean,
): Promise<string> {
    const file: CertificateFile = {
        keys: exportable ? [Buffer.from(material.key, "base64")] : [],
        certificates: material.chain.map((der) => Buffer.from(der, "base64")),
    };
    return contentType === PEM ? writePem(file) : (await writePkcs12(file)).toString("base64");
}

/** SHA-1 of a certificate in base64url, as `x5t`. */
export function thumbprint(certificate: X509Certificate): string {
    return createHash("sha1").update(certificate.raw).digest("base64url");
}

/** Whole seconds since the epoch between which a certificate is valid. */
export function validity(certificate: X509Certificate): { nbf: number; exp: number } {
    return { nbf: seconds(certificate.validFromDate), exp: seconds(certificate.validToDate) };
}

function seconds(date: Date): number {
    return Math.floor(date.getTime() / 1000);
}

async function readPfx(value: string, password: string): Promise<CertificateFile> {
    try {
        return await readPkcs12(Buffer.from(value, "base64"), password);
    } catch {
        // The library's reason is about its own parsing; the service tells no more than this.
        throw unreadablePkcs12();
    }
}

function parse<T>(items: readonly Buffer[], contentType: string, read: (der: Buffer) => T): T[] {
    try {
        return items.map(read);
    } catch {
        throw contentType === PEM ? unreadablePem() : unreadablePkcs12();
    }
}
