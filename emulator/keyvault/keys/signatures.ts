import { constants, privateEncrypt, publicDecrypt, type JsonWebKey } from "node:crypto";
import { badParameter } from "../errors.js";
import { privateKeyOf, publicKeyOf } from "./material.js";

/**
 * What stands before a digest in a PKCS #1 signature, and how long the digest is.
 * Source: https://www.rfc-editor.org/rfc/rfc8017#section-9.2 (note 1)
 */
const digests: Readonly<Record<string, { prefix: Buffer; bytes: number }>> = {
    RS256: { prefix: Buffer.from("3031300d060960864801650304020105000420", "hex"), bytes: 32 },
    RS384: { prefix: Buffer.from("3041300d060960864801650304020205000430", "hex"), bytes: 48 },
    RS512: { prefix: Buffer.from("3051300d060960864801650304020305000440", "hex"), bytes: 64 },
};

/** The curve of each algorithm as Node spells it, and the length of its digest. */
const curves: Readonly<Record<string, { crv: string; bytes: number }>> = {
    ES256: { crv: "P-256", bytes: 32 },
    ES384: { crv: "P-384", bytes: 48 },
    ES512: { crv: "P-521", bytes: 64 },
    ES256K: { crv: "secp256k1", bytes: 32 },
};

/** The service signs and verifies digests as they are, with `r` and `s` of any size. */
const asIs = { prehash: false, lowS: false } as const;

/** Signs a digest. Throws 400 for an algorithm that is none of the key's, or a digest of another length. */
export async function sign(material: JsonWebKey, algorithm: string, digest: Buffer): Promise<Buffer> {
    checkDigest(material, algorithm, digest);
    const rsa = digests[algorithm];
    if (rsa !== undefined) {
        const key = privateKeyOf(material);
        return privateEncrypt(
            { key, padding: constants.RSA_PKCS1_PADDING },
            Buffer.concat([rsa.prefix, digest]),
        );
    }
    const curve = await loadCurve(material.crv);
    return Buffer.from(curve.sign(digest, decode(material.d), asIs));
}

/** Whether it is the signature of that digest. Throws 400 as `sign` does. */
export async function verify(
    material: JsonWebKey,
    algorithm: string,
    digest: Buffer,
    signature: Buffer,
): Promise<boolean> {
    checkDigest(material, algorithm, digest);
    const rsa = digests[algorithm];
    try {
        if (rsa !== undefined) {
            const key = publicKeyOf(material);
            const opened = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
            return opened.equals(Buffer.concat([rsa.prefix, digest]));
        }
        const curve = await loadCurve(material.crv);
        const point = Buffer.concat([Buffer.from([4]), decode(material.x), decode(material.y)]);
        return curve.verify(signature, digest, point, asIs);
    } catch {
        // What is no signature at all can't be opened.
        return false;
    }
}

function checkDigest(material: JsonWebKey, algorithm: string, digest: Buffer): void {
    const expected =
        material.kty === "RSA" ? digests[algorithm] : forCurve(material.crv ?? "", curves[algorithm]);
    if (expected === undefined)
        throw badParameter(`Key and signing algorithm are incompatible: ${algorithm}`);
    if (digest.length !== expected.bytes) {
        throw badParameter(`Invalid length of digest for ${algorithm}: ${String(digest.length)} bytes.`);
    }
}

function forCurve(
    crv: string,
    algorithm: { crv: string; bytes: number } | undefined,
): { bytes: number } | undefined {
    return algorithm?.crv === crv ? algorithm : undefined;
}

/** Node signs messages only, not digests, with elliptic curves. */
async function loadCurve(crv: string | undefined): Promise<typeof import("@noble/curves/nist.js").p256> {
    const { p256, p384, p521 } = await import("@noble/curves/nist.js");
    const { secp256k1 } = await import("@noble/curves/secp256k1.js");
    switch (crv) {
        case "P-256":
            return p256;
        case "P-384":
            return p384;
        case "P-521":
            return p521;
        default:
            return secp256k1;
    }
}

function decode(value: string | undefined): Buffer {
    return Buffer.from(value ?? "", "base64url");
}
