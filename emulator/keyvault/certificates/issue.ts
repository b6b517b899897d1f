import { createPublicKey, X509Certificate, type KeyObject, type webcrypto } from "node:crypto";
import type { Extension } from "@peculiar/x509";
import { invalidProperty } from "../parameters.js";
import { loadX509 } from "./libraries.js";
import { parseName } from "./names.js";
import type { CertificatePolicy } from "./policy.js";
import { alternativeNameKinds, keyUsages } from "./x509-properties.js";

/** The service dates its own certificates back, so that clocks that are late take them: recordings show ten minutes. */
const BACKDATED_MILLISECONDS = 600_000;

type Algorithm = webcrypto.RsaHashedImportParams & webcrypto.EcKeyImportParams;

/** What signatures are made with, and keys imported for. */
interface Signing {
    readonly name: string;
    readonly hash: string;
    readonly namedCurve?: string;
}

/** A signing request for the key, DER in base64, with the policy's subject, usages and names. Throws 400. */
export async function signingRequest(policy: CertificatePolicy, key: KeyObject): Promise<string> {
    const { Pkcs10CertificateRequestGenerator } = await loadX509();
    const request = await Pkcs10CertificateRequestGenerator.create({
        name: await parseName(policy.x509_props.subject),
        keys: await keyPair(key),
        signingAlgorithm: signing(key),
        extensions: await extensions(policy),
    });
    return Buffer.from(request.rawData).toString("base64");
}

/** A certificate that its own key signs. `now`: milliseconds since the epoch. Throws 400. */
export async function selfSigned(
    policy: CertificatePolicy,
    key: KeyObject,
    now: number,
): Promise<X509Certificate> {
    const { AuthorityKeyIdentifierExtension, SubjectKeyIdentifierExtension, X509CertificateGenerator } =
        await loadX509();
    const keys = await keyPair(key);
    const { notBefore, notAfter } = validityFrom(policy, now);
    const certificate = await X509CertificateGenerator.createSelfSigned({
        name: await parseName(policy.x509_props.subject),
        keys,
        signingAlgorithm: signing(key),
        notBefore,
        notAfter,
        extensions: [
            ...(await extensions(policy)),
            await AuthorityKeyIdentifierExtension.create(keys.publicKey),
            await SubjectKeyIdentifierExtension.create(keys.publicKey),
        ],
    });
    return new X509Certificate(Buffer.from(certificate.rawData));
}

/** When a certificate that is asked for now begins and ends. `now`: milliseconds since the epoch. */
export function validityFrom(policy: CertificatePolicy, now: number): { notBefore: Date; notAfter: Date } {
    const notAfter = new Date(now);
    notAfter.setUTCMonth(notAfter.getUTCMonth() + policy.x509_props.validity_months);
    return { notBefore: new Date(now - BACKDATED_MILLISECONDS), notAfter };
}

async function extensions({ x509_props: properties }: CertificatePolicy): Promise<Extension[]> {
    const x509 = await loadX509();
    const usages = keyUsages
        .filter((name) => properties.key_usage.includes(name))
        .map((name) => x509.KeyUsageFlags[name]);
    const names = alternativeNameKinds.flatMap(([type, member]) =>
        (properties.sans?.[member] ?? []).map((value) => ({ type, value })),
    );
    try {
        return [
            ...(usages.length === 0
                ? []
                : [
                      new x509.KeyUsagesExtension(
                          usages.reduce((bits, usage) => bits | usage),
                          true,
                      ),
                  ]),
            new x509.BasicConstraintsExtension(false),
            ...(properties.ekus.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(properties.ekus)]),
            ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
        ];
    } catch {
        // A name that is none of its kind: an address without a host, say.
        throw invalidProperty("policy");
    }
}

/** The key as Web Crypto, and with it the X.509 library, takes it. */
async function keyPair(key: KeyObject): Promise<webcrypto.CryptoKeyPair> {
    const algorithm = signing(key) as unknown as Algorithm;
    const pkcs8 = key.export({ format: "der", type: "pkcs8" });
    const spki = createPublicKey(key.export({ format: "pem", type: "pkcs8" })).export({
        format: "der",
        type: "spki",
    });
    return {
        privateKey: await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]),
        publicKey: await crypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]),
    };
}

/** SHA-256 for RSA, as the service signs; for EC the hash of the curve's length. */
function signing(key: KeyObject): Signing {
    if (key.asymmetricKeyType === "rsa") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const curve = key.asymmetricKeyDetails?.namedCurve;
    if (curve === "secp384r1") return { name: "ECDSA", hash: "SHA-384", namedCurve: "P-384" };
    if (curve === "secp521r1") return { name: "ECDSA", hash: "SHA-512", namedCurve: "P-521" };
    return { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" };
}
