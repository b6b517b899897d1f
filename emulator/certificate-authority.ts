import { X509Certificate, type webcrypto } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { getCACertificates, rootCertificates } from "node:tls";
import { certificateNames } from "./hosts.js";

/** The local Azure's own certificate authority and the one certificate that its front door shows. */
export interface Certificates {
    /** The front door's private key, PEM. */
    key: string;
    /** The front door's certificate, PEM. */
    certificate: string;
    /** The authority's certificate, PEM. */
    authority: string;
    /** A file with the authority's certificate alone: for `NODE_EXTRA_CA_CERTS`. */
    authorityFile: string;
    /** A file with the public authorities and this one: for programs that take one file instead of their own. */
    bundleFile: string;
}

const DAY = 24 * 60 * 60 * 1000;
const LIFETIME = 365 * DAY;
/** A certificate with less time left is made anew. */
const RESERVE = 30 * DAY;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const FOLDER = "certificates";

/**
 * Reads the certificates in a folder, or makes them where there are none that are still good and stand for all names.
 * Processes that do so at the same time end with the same ones.
 */
export async function certificates(dataDirectory: string): Promise<Certificates> {
    const folder = join(dataDirectory, FOLDER);
    const existing = await readCertificates(folder);
    if (existing !== undefined) return existing;
    await mkdir(dataDirectory, { recursive: true });
    const draft = await mkdtemp(join(dataDirectory, `${FOLDER}-`));
    try {
        await writeCertificates(draft);
        // The first to move its own into place wins, and all take those; a folder is only replaced where it is no good.
        if (!(await moveInto(draft, folder)) && (await readCertificates(folder)) === undefined) {
            await rm(folder, { recursive: true, force: true });
            await moveInto(draft, folder);
        }
    } finally {
        await rm(draft, { recursive: true, force: true });
    }
    const made = await readCertificates(folder);
    if (made === undefined) throw new Error(`The certificates in ${folder} can't be read.`);
    return made;
}

/** Moves a folder to a place that must be free; tells whether it was. */
async function moveInto(draft: string, folder: string): Promise<boolean> {
    try {
        await rename(draft, folder);
        return true;
    } catch (error) {
        if (["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
        throw error;
    }
}

async function readCertificates(folder: string): Promise<Certificates | undefined> {
    try {
        const [key, certificate, authority] = await Promise.all(
            ["front-door.key", "front-door.pem", "authority.pem"].map((file) =>
                readFile(join(folder, file), "utf8"),
            ),
        );
        if (key === undefined || certificate === undefined || authority === undefined) return undefined;
        if (!isGood(certificate)) return undefined;
        return {
            key,
            certificate,
            authority,
            authorityFile: join(folder, "authority.pem"),
            bundleFile: join(folder, "bundle.pem"),
        };
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}

/** Whether a certificate is good for a while and stands for all names. */
function isGood(pem: string): boolean {
    const certificate = new X509Certificate(pem);
    const names = new Set(certificate.subjectAltName?.split(", "));
    return (
        Date.parse(certificate.validTo) - Date.now() > RESERVE &&
        certificateNames.every((name) => names.has(`DNS:${name}`))
    );
}

async function writeCertificates(folder: string): Promise<void> {
    // The library and the polyfill that it insists on are loaded only when a certificate is made.
    await import("reflect-metadata");
    const x509 = await import("@peculiar/x509");
    const notBefore = new Date(Date.now() - DAY);
    const notAfter = new Date(Date.now() + LIFETIME);
    const authorityKeys = await newKeys();
    const authority = await x509.X509CertificateGenerator.createSelfSigned({
        name: "CN=Local Azure test authority",
        notBefore,
        notAfter,
        signingAlgorithm: ALGORITHM,
        keys: authorityKeys,
        extensions: [
            new x509.BasicConstraintsExtension(true, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
            await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
        ],
    });
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
        subject: "CN=Local Azure front door",
        issuer: authority.subject,
        notBefore,
        notAfter,
        signingAlgorithm: ALGORITHM,
        publicKey: keys.publicKey,
        signingKey: authorityKeys.privateKey,
        extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
            await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
            new x509.SubjectAlternativeNameExtension(
                [...certificateNames, "127.0.0.1"].map((value) => ({
                    type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const),
                    value,
                })),
            ),
        ],
    });
    const authorityPem = `${authority.toString("pem")}\n`;
    const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
    await writeFile(join(folder, "authority.pem"), authorityPem);
    // The authority's private key is not kept: nobody can make further certificates that this machine's tests trust.
    const publicAuthorities = new Set([...rootCertificates, ...getCACertificates("system")]);
    await writeFile(join(folder, "bundle.pem"), [...publicAuthorities, authorityPem].join("\n"));
    await writeFile(join(folder, "front-door.key"), `${x509.PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`, {
        mode: 0o600,
    });
    await writeFile(join(folder, "front-door.pem"), `${certificate.toString("pem")}\n${authorityPem}`);
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
    return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}
