import { hash } from "node:crypto";

/**
 * What stands for an item in one version: SHA-256 over both. It tells accidental differences reliably; nothing secret
 * goes in.
 */
export function versionDigest(name: string, version: string): Buffer {
    // The length of the name separates the two, so that no two pairs read alike.
    return hash("sha256", `${String(name.length)}:${name}${version}`, "buffer");
}

/**
 * A digest of a set of (name, version) pairs that doesn't depend on their order: the sum, modulo 2^128, of the
 * first 128 bits of each pair's SHA-256. It costs no memory per item, and is not made to withstand someone who
 * constructs collisions.
 */
export class SetDigest {
    /** The sum in words of 32 bits, the least first: BigInts would be made anew for every pair. */
    readonly #sum = [0, 0, 0, 0];
    #count = 0;

    /** How many pairs went in. */
    get count(): number {
        return this.#count;
    }

    add(name: string, version: string): void {
        this.addDigest(versionDigest(name, version));
    }

    /** Takes in what `versionDigest` says of a pair. */
    addDigest(digest: Buffer): void {
        let carry = 0;
        for (let word = 0; word < 4; word += 1) {
            const sum = (this.#sum[word] ?? 0) + digest.readUInt32BE(12 - 4 * word) + carry;
            this.#sum[word] = sum >>> 0;
            carry = sum > 0xffff_ffff ? 1 : 0;
        }
        this.#count += 1;
    }

    /** 32 hexadecimal digits. */
    toString(): string {
        return this.#sum
            .toReversed()
            .map((word) => word.toString(16).padStart(8, "0"))
            .join("");
    }
}
