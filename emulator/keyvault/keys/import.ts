import {
    createPrivateKey,
    createPublicKey,
    sign,
    verify,
    type JsonWebKey,
    type KeyObject,
} from "node:crypto";
import { badParameter } from "../errors.js";
import { curves, materialOf, publicMembers, rsaSizes, shapeOf } from "./material.js";

/** The members that a private key has, besides the curve. */
const members: Readonly<Record<"RSA" | "EC", readonly string[]>> = {
    RSA: ["n", "e", "d", "p", "q", "dp", "dq", "qi"],
    EC: ["x", "y", "d"],
};

/**
 * Reads a key pair that a caller imports as a JWK. Throws 400 where a member is missing, the parts do not belong
 * together, or vaults have no keys of that size or curve. Nothing of the key is ever in a message.
 */
export function parseImportedKey(jwk: Record<string, unknown>, type: "RSA" | "EC"): JsonWebKey {
    const key: JsonWebKey = { kty: type };
    for (const member of members[type]) {
        const value = jwk[member];
        if (typeof value !== "string" || value === "") {
            throw badParameter(`The key's property ${member} is missing.`);
        }
        key[member] = value;
    }
    if (type === "EC") {
        const curve = typeof jwk.crv === "string" ? curves[jwk.crv] : undefined;
        if (curve === undefined) throw badParameter("The key's curve is not supported.");
        key.crv = curve;
    }
    const material = materialOf(readPair(key));
    const shape = shapeOf(material);
    if (shape.kty === "RSA" && !rsaSizes.includes(shape.bits)) {
        throw badParameter("The key's size is not supported.");
    }
    return material;
}

/** Throws where what the private part signs is nothing that the public part verifies. */
function readPair(jwk: JsonWebKey): KeyObject {
    try {
        const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
        const publicKey = createPublicKey({ key: publicMembers(jwk), format: "jwk" });
        // Signing alone would not tell: OpenSSL does without the primes where they are wrong.
        if (jwk.kty === "RSA" && integer(jwk.p) * integer(jwk.q) !== integer(jwk.n)) throw new RangeError();
        const message = Buffer.from("pair");
        if (verify("sha256", message, publicKey, sign("sha256", message, privateKey))) return privateKey;
    } catch {
        // Node's own message could quote the key.
    }
    throw badParameter("The key's parts do not make up a valid key.");
}

function integer(value: string | undefined): bigint {
    return BigInt(`0x${Buffer.from(value ?? "", "base64url").toString("hex")}`);
}
