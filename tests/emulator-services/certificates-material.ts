import "reflect-metadata";
import { createPrivateKey, type webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import * as pkijs from "pkijs";

/** What is to be made. Everything has a default. */
export interface MaterialOptions {
    /** Default `rsa` (2048 bits); `ec` is P-256. */
    kind?: "rsa" | "ec";
    /** Default `pfx`. */
    format?: "pfx" | "pem";
    /** Default `CN=www.contoso.com`. */
    subject?: string;
    /** Default: a day ago, and in a year. */
    notBefore?: Date;
    notAfter?: Date;
    /** Whether an authority issues it, whose certificate is in the file too. Default: it signs itself. */
    chain?: boolean;
    /** Encrypts the key (and, in a PFX, the certificates too). Default: none; a PFX then has the empty password. */
    password?: string;
}

/** A certificate with its key, and what an import takes. */
export interface Material {
    /** The bytes for `importCertificate`: a PFX, or the text of a PEM file. */
    file: Buffer;
    /** The certificate and those above it, DER. */
    chain: Buffer[];
    /** The private key, PKCS#8 in DER. */
    key: Buffer;
    /** `application/x-pkcs12` or `application/x-pem-file`. */
    contentType: "application/x-pkcs12" | "application/x-pem-file";
}

const DAY = 86_400_000;

/** Makes a certificate and its file with nothing of the local Azure's own code. */
export async function makeCertificate(options: MaterialOptions = {}): Promise<Material> {
    const { kind = "rsa", format = "pfx", password = "" } = options;
    const keys = await newKeys(kind);
    const authority = options.chain === true ? await newAuthority() : undefined;
    const leaf = await newLeaf(options, keys, authority);
    const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
    const chain = [leaf, ...(authority === undefined ? [] : [authority.certificate])].map((certificate) =>
        Buffer.from(certificate.rawData),
    );
    return {
        file: format === "pfx" ? await makePfx(key, chain, password) : makePem(key, chain, password),
        chain,
        key,
        contentType: format === "pfx" ? "application/x-pkcs12" : "application/x-pem-file",
    };
}

/** Signs a request as an authority would: the certificate and the authority's own, DER. `csr`: DER. */
export async function signRequest(csr: Uint8Array): Promise<Buffer[]> {
    const request = new x509.Pkcs10CertificateRequest(new Uint8Array(csr));
    const authority = await newAuthority();
    const certificate = await x509.X509CertificateGenerator.create({
        subject: request.subject,
        issuer: authority.certificate.subject,
        notBefore: new Date(Date.now() - DAY),
        notAfter: new Date(Date.now() + 365 * DAY),
        signingAlgorithm: algorithmOf("ec"),
        publicKey: request.publicKey,
        signingKey: authority.keys.privateKey,
    });
    return [certificate, authority.certificate].map(({ rawData }) => Buffer.from(rawData));
}

interface Authority {
    keys: webcrypto.CryptoKeyPair;
    certificate: x509.X509Certificate;
}

function algorithmOf(kind: "rsa" | "ec"): webcrypto.RsaHashedKeyGenParams & webcrypto.EcKeyGenParams {
    const algorithm =
        kind === "ec"
            ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
            : {
                  name: "RSASSA-PKCS1-v1_5",
                  hash: "SHA-256",
                  modulusLength: 2048,
                  publicExponent: new Uint8Array([1, 0, 1]),
              };
    return algorithm as webcrypto.RsaHashedKeyGenParams & webcrypto.EcKeyGenParams;
}

async function newKeys(kind: "rsa" | "ec"): Promise<webcrypto.CryptoKeyPair> {
    return crypto.subtle.generateKey(algorithmOf(kind), true, ["sign", "verify"]);
}

async function newAuthority(): Promise<Authority> {
    const keys = await newKeys("ec");
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        name: "CN=Test authority",
        notBefore: new Date(Date.now() - 2 * DAY),
        notAfter: new Date(Date.now() + 3650 * DAY),
        signingAlgorithm: algorithmOf("ec"),
        keys,
        extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    });
    return { keys, certificate };
}

async function newLeaf(
    options: MaterialOptions,
    keys: webcrypto.CryptoKeyPair,
    authority: Authority | undefined,
): Promise<x509.X509Certificate> {
    const subject = options.subject ?? "CN=www.contoso.com";
    const common = {
        notBefore: options.notBefore ?? new Date(Date.now() - DAY),
        notAfter: options.notAfter ?? new Date(Date.now() + 365 * DAY),
        extensions: [
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
            new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "www.contoso.com" }]),
        ],
    };
    if (authority === undefined) {
        const signingAlgorithm = algorithmOf(options.kind ?? "rsa");
        return x509.X509CertificateGenerator.createSelfSigned({
            ...common,
            name: subject,
            keys,
            signingAlgorithm,
        });
    }
    return x509.X509CertificateGenerator.create({
        ...common,
        subject,
        issuer: authority.certificate.subject,
        signingAlgorithm: algorithmOf("ec"),
        publicKey: keys.publicKey,
        signingKey: authority.keys.privateKey,
    });
}

function makePem(key: Buffer, chain: readonly Buffer[], password: string): Buffer {
    const object = createPrivateKey({ key, format: "der", type: "pkcs8" });
    const encryption = password === "" ? {} : { cipher: "aes-256-cbc", passphrase: password };
    return Buffer.from(
        [
            object.export({ format: "pem", type: "pkcs8", ...encryption }).toString(),
            ...chain.map((der) => `${x509.PemConverter.encode(new Uint8Array(der), "CERTIFICATE")}\n`),
        ].join(""),
    );
}

/** As OpenSSL 3 writes: AES-256 under PBES2 for key and certificates, SHA-256 for the MAC. */
async function makePfx(key: Buffer, chain: readonly Buffer[], password: string): Promise<Buffer> {
    const secret = new Uint8Array(Buffer.from(password)).buffer;
    const encryption = {
        password: secret,
        contentEncryptionAlgorithm: { name: "AES-CBC", length: 256 },
        hmacHashAlgorithm: "SHA-256",
        iterationCount: 2048,
    };
    const shrouded = new pkijs.PKCS8ShroudedKeyBag({
        parsedValue: pkijs.PrivateKeyInfo.fromBER(new Uint8Array(key)),
    });
    await shrouded.makeInternalValues(encryption);
    const bags = (items: pkijs.SafeBag[]): object => new pkijs.SafeContents({ safeBags: items });
    const keyBag = new pkijs.SafeBag({ bagId: "1.2.840.113549.1.12.10.1.2", bagValue: shrouded });
    const certificateBags = chain.map(
        (der) =>
            new pkijs.SafeBag({
                bagId: "1.2.840.113549.1.12.10.1.3",
                bagValue: new pkijs.CertBag({ parsedValue: pkijs.Certificate.fromBER(new Uint8Array(der)) }),
            }),
    );
    const authenticatedSafe = new pkijs.AuthenticatedSafe({
        parsedValue: {
            safeContents: [
                { privacyMode: 1, value: bags(certificateBags) },
                { privacyMode: 0, value: bags([keyBag]) },
            ],
        },
    });
    await authenticatedSafe.makeInternalValues({ safeContents: [encryption, {}] });
    const pfx = new pkijs.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } });
    await pfx.makeInternalValues({
        password: secret,
        iterations: 2048,
        pbkdf2HashAlgorithm: "SHA-256",
        hmacHashAlgorithm: "SHA-256",
    });
    return Buffer.from(pfx.toSchema().toBER());
}
