import {
    createPrivateKey,
    createPublicKey,
    generateKeyPair,
    type JsonWebKey,
    type KeyObject,
} from "node:crypto";
import { promisify } from "node:util";

/** What a key is made of: a modulus of so many bits, or a curve as the service spells it. */
export type KeyShape =
    { readonly kty: "RSA"; readonly bits: number } | { readonly kty: "EC"; readonly crv: string };

/** The moduli that vaults take. Source: https://learn.microsoft.com/azure/key-vault/keys/about-keys-details */
export const rsaSizes: readonly number[] = [2048, 3072, 4096];

/** The service's curves and what Node's crypto calls them. */
export const curves: Readonly<Record<string, string>> = {
    "P-256": "P-256",
    "P-384": "P-384",
    "P-521": "P-521",
    "P-256K": "secp256k1",
};

/** How many key pairs of each shape the pool makes before it hands them out again. */
const POOL_SIZE = 3;

const generate = promisify(generateKeyPair);
const pool = new Map<string, { made: Promise<JsonWebKey>[]; next: number }>();

/**
 * A new key pair as a JWK with its private members. `pooled`: one that this process may have handed out before, which
 * is quick.
 */
export function makeMaterial(shape: KeyShape, from: "real" | "pooled"): Promise<JsonWebKey> {
    if (from === "real") return generateMaterial(shape);
    const name = shape.kty === "RSA" ? String(shape.bits) : shape.crv;
    const entry = pool.get(name) ?? { made: [], next: 0 };
    pool.set(name, entry);
    const index = entry.next % POOL_SIZE;
    entry.next += 1;
    return (entry.made[index] ??= generateMaterial(shape));
}

async function generateMaterial(shape: KeyShape): Promise<JsonWebKey> {
    // Both are generated off the main thread.
    const { privateKey } =
        shape.kty === "RSA"
            ? await generate("rsa", { modulusLength: shape.bits })
            : await generate("ec", { namedCurve: curves[shape.crv] ?? shape.crv });
    return materialOf(privateKey);
}

/** A private key of Node's crypto as it is kept. */
export function materialOf(key: KeyObject): JsonWebKey {
    return key.export({ format: "jwk" });
}

/** The private key of kept material. */
export function privateKeyOf(material: JsonWebKey): KeyObject {
    return createPrivateKey({ key: material, format: "jwk" });
}

/** The public key of kept material. */
export function publicKeyOf(material: JsonWebKey): KeyObject {
    return createPublicKey({ key: publicMembers(material), format: "jwk" });
}

/** What of the material everybody may see: `n` and `e`, or `x` and `y` and the curve, as Node spells it. */
export function publicMembers(material: JsonWebKey): JsonWebKey {
    const { kty, n, e, crv, x, y } = material;
    return kty === "RSA" ? pick({ kty, n, e }) : pick({ kty, crv, x, y });
}

/** Type and size of kept material. */
export function shapeOf(material: JsonWebKey): KeyShape {
    if (material.kty !== "RSA") return { kty: "EC", crv: serviceCurve(material.crv ?? "") };
    return { kty: "RSA", bits: publicKeyOf(material).asymmetricKeyDetails?.modulusLength ?? 0 };
}

/** The service's name of one of Node's curves. */
function serviceCurve(name: string): string {
    return Object.keys(curves).find((curve) => curves[curve] === name) ?? name;
}

function pick(members: Record<string, string | undefined>): JsonWebKey {
    return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
