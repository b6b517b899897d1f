import { createPrivateKey } from "node:crypto";
import { unexpectedPem, unreadablePem } from "./messages.js";
import type { CertificateFile } from "./pkcs12-read.js";

/** One block: its label, and its text whole. */
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

/**
 * Reads a PEM file: certificates and keys in PKCS#8, plain or encrypted. `value`: its text, or that in base64. Throws
 * 400 in the words of the service: keys in older formats are refused.
 * Source: https://learn.microsoft.com/azure/key-vault/certificates/certificate-scenarios#formats-of-import-we-support
 */
export function readPem(value: string, password: string): CertificateFile {
    const text = value.includes("-----BEGIN ") ? value : Buffer.from(value, "base64").toString("latin1");
    const file: CertificateFile = { keys: [], certificates: [] };
    for (const [block, label = ""] of text.matchAll(BLOCK)) {
        if (label === "CERTIFICATE") file.certificates.push(decode(block));
        else if (label === "PRIVATE KEY") file.keys.push(decode(block));
        else if (label === "ENCRYPTED PRIVATE KEY") file.keys.push(decryptKey(block, password));
        else if (label.endsWith("PRIVATE KEY")) throw unexpectedPem();
    }
    if (file.certificates.length === 0) throw unreadablePem();
    return file;
}

/** Writes keys and certificates one after another, as the service has them in the secret of a certificate. */
export function writePem(file: CertificateFile): string {
    return [
        ...file.keys.map((key) => encode("PRIVATE KEY", key)),
        ...file.certificates.map((certificate) => encode("CERTIFICATE", certificate)),
    ].join("");
}

function decode(block: string): Buffer {
    return Buffer.from(block.replace(/-----[^-]+-----/g, ""), "base64");
}

function encode(label: string, content: Buffer): string {
    const lines = content.toString("base64").match(/.{1,64}/g) ?? [];
    return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function decryptKey(block: string, password: string): Buffer {
    try {
        return createPrivateKey({ key: block, passphrase: password }).export({
            format: "der",
            type: "pkcs8",
        });
    } catch {
        // OpenSSL's own reason could tell about the password.
        throw unreadablePem();
    }
}
