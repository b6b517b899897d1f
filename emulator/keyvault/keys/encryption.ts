import { constants, privateDecrypt, publicEncrypt, type JsonWebKey } from "node:crypto";
import { badParameter } from "../errors.js";
import { privateKeyOf, publicKeyOf } from "./material.js";

/** The paddings of RSA encryption. Source: https://learn.microsoft.com/azure/key-vault/keys/about-keys-details */
const paddings: Readonly<Record<string, { padding: number; oaepHash?: string }>> = {
    RSA1_5: { padding: constants.RSA_PKCS1_PADDING },
    "RSA-OAEP": { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" },
    "RSA-OAEP-256": { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
};

/** Encrypts or wraps. Throws 400 for an algorithm that is none of the key's, or too long a value. */
export function encrypt(material: JsonWebKey, algorithm: string, value: Buffer): Buffer {
    const padding = paddingOf(material, algorithm);
    return attempt(() => publicEncrypt({ key: publicKeyOf(material), ...padding }, value));
}

/** Decrypts or unwraps. Throws 400 where it can't. */
export function decrypt(material: JsonWebKey, algorithm: string, value: Buffer): Buffer {
    const padding = paddingOf(material, algorithm);
    return attempt(() => privateDecrypt({ key: privateKeyOf(material), ...padding }, value));
}

function paddingOf(material: JsonWebKey, algorithm: string): { padding: number; oaepHash?: string } {
    const padding = material.kty === "RSA" ? paddings[algorithm] : undefined;
    if (padding === undefined)
        throw badParameter(`Key and encryption algorithm do not go together: ${algorithm}`);
    return padding;
}

function attempt(operation: () => Buffer): Buffer {
    try {
        return operation();
    } catch {
        // Node's own message says why; an oracle for padding is nothing to offer.
        throw badParameter("The parameter is incorrect.");
    }
}
