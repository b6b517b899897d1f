import { hash } from "node:crypto";

const modulus = 1n << 128n;

/**
 * A digest of a set of (name, version) pairs that doesn't depend on their order: the sum, modulo 2^128, of the
 * first 128 bits of each pair's SHA-256. It tells accidental differences reliably and costs no memory per item; it
 * is not made to withstand someone who constructs collisions, and nothing secret goes in.
 */
export class SetDigest {
    #sum = 0n;
    #count = 0;

    /** How many pairs went in. */
    get count(): number {
        return this.#count;
    }

    add(name: string, version: string): void {
        // The length of the name separates the two, so that no two pairs read alike.
        const bytes = hash("sha256", `${String(name.length)}:${name}${version}`, "buffer");
        this.#sum = (this.#sum + (bytes.readBigUInt64BE(0) << 64n) + bytes.readBigUInt64BE(8)) % modulus;
        this.#count += 1;
    }

    /** 32 hexadecimal digits. */
    toString(): string {
        return this.#sum.toString(16).padStart(32, "0");
    }
}
