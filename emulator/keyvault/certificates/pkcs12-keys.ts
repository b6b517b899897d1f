import { createDecipheriv, createHash, createHmac, timingSafeEqual } from "node:crypto";

/** What the bytes that come of a password are for. Source: https://www.rfc-editor.org/rfc/rfc7292#appendix-B.3 */
export type KeyPurpose = "key" | "iv" | "mac";

const purposes: Readonly<Record<KeyPurpose, number>> = { key: 1, iv: 2, mac: 3 };

/** Bytes that each hash takes at a time. */
const blocks: Readonly<Record<string, number>> = { sha1: 64, sha256: 64, sha384: 128, sha512: 128 };

/** A salt and a count of rounds, as PKCS#12 writes them beside what they are for. */
export interface Rounds {
    readonly salt: Uint8Array;
    readonly iterations: number;
}

/**
 * The forms in which a password enters: UTF-16 with a terminator. An empty one has a second form, without even that:
 * Windows and the service itself write PFX files that way.
 * Source: https://learn.microsoft.com/dotnet/api/system.security.cryptography.pkcs.pkcs12info.verifymac
 */
export function passwordForms(password: string): Buffer[] {
    const form = Buffer.from(`${password}\0`, "utf16le").swap16();
    return password === "" ? [Buffer.alloc(0), form] : [form];
}

/** Bytes from a password. `hash`: a name of Node's. Source: https://www.rfc-editor.org/rfc/rfc7292#appendix-B.2 */
function derive(
    hash: string,
    purpose: KeyPurpose,
    password: Buffer,
    { salt, iterations }: Rounds,
    length: number,
): Buffer {
    const block = blocks[hash];
    if (block === undefined) throw new Error(`No PKCS#12 keys with ${hash}.`);
    const diversifier = Buffer.alloc(block, purposes[purpose]);
    const input = Buffer.concat([fill(salt, block), fill(password, block)]);
    const parts: Buffer[] = [];
    for (let made = 0; made < length; made += parts.at(-1)?.length ?? length) {
        let digest = Buffer.concat([diversifier, input]);
        for (let round = 0; round < iterations; round += 1) digest = createHash(hash).update(digest).digest();
        parts.push(digest);
        const addend = fill(digest, block).subarray(0, block);
        for (let at = 0; at < input.length; at += block) add(input.subarray(at, at + block), addend);
    }
    return Buffer.concat(parts).subarray(0, length);
}

/** Whether a MAC is that of the content under the password. */
export function isMacOf(
    mac: Uint8Array,
    content: Uint8Array,
    hash: string,
    password: Buffer,
    rounds: Rounds,
): boolean {
    const key = derive(hash, "mac", password, rounds, mac.length);
    const expected = createHmac(hash, key).update(content).digest();
    return expected.length === mac.length && timingSafeEqual(expected, mac);
}

/** Decrypts what is under three-key triple DES, as Windows encrypts PFX files by default. Throws. */
export function decryptTripleDes(content: Uint8Array, password: Buffer, rounds: Rounds): Buffer {
    const key = derive("sha1", "key", password, rounds, 24);
    const iv = derive("sha1", "iv", password, rounds, 8);
    const decipher = createDecipheriv("des-ede3-cbc", key, iv);
    return Buffer.concat([decipher.update(content), decipher.final()]);
}

/** The value over and over, up to a multiple of the block; nothing of nothing. */
function fill(value: Uint8Array, block: number): Buffer {
    return value.length === 0
        ? Buffer.alloc(0)
        : Buffer.alloc(Math.ceil(value.length / block) * block, value);
}

/** Adds a number and one to another of the same length, both big-endian; what overflows is dropped. */
function add(target: Buffer, addend: Buffer): void {
    let carry = 1;
    for (let index = target.length - 1; index >= 0; index -= 1) {
        carry += (target[index] ?? 0) + (addend[index] ?? 0);
        target[index] = carry & 0xff;
        carry >>= 8;
    }
}
