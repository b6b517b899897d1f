import type { ServiceResponse } from "../../contract.js";
import { ok, type Call } from "../call.js";
import { badParameter, forbidden } from "../errors.js";
import { invalidProperty, parseObject } from "../parameters.js";
import type { KeyRoute } from "../routes.js";
import { keyId } from "./bundles.js";
import { decrypt, encrypt } from "./encryption.js";
import { sign, verify } from "./signatures.js";
import type { KeyVersion } from "./state.js";

/** What a key is used for. */
export type Use = "encrypt" | "decrypt" | "wrapKey" | "unwrapKey" | "sign" | "verify";

/**
 * "Not-yet-valid and expired keys, outside the nbf / exp window, will work for decrypt, release, unwrap, and verify".
 * Source: https://learn.microsoft.com/azure/key-vault/keys/about-keys-details#date-time-controlled-operations
 */
const alwaysAllowed: ReadonlySet<Use> = new Set<Use>(["decrypt", "unwrapKey", "verify"]);

/**
 * Uses a key. Throws 403 where it is disabled, outside its time, or not made for this; 400 where the algorithm is none
 * of the key's or the value can't be worked on.
 */
export async function use(call: Call<KeyRoute>, operation: Use): Promise<ServiceResponse> {
    const { object, current } = call.objects.keys.version(call.route.name, call.route.version);
    checkUsable(current, operation, Math.floor(call.now() / 1000));
    const json = parseObject(await call.body());
    const algorithm = json.alg;
    if (typeof algorithm !== "string") throw badParameter("Property alg is missing.");
    const value = bytes(json.value, "value");
    if (operation === "verify") {
        return ok({ value: await verify(current.material, algorithm, bytes(json.digest, "digest"), value) });
    }
    const result = await work(current, operation, algorithm, value);
    return ok({
        kid: keyId(call.url.hostname, object.name, current.version),
        value: result.toString("base64url"),
    });
}

/** Throws 403 for a disabled key. `operation` is as messages have it: `get`, `sign`. */
export function checkEnabled(key: KeyVersion, operation: string): void {
    if (!key.enabled)
        throw forbidden(`Operation ${operation} is not allowed on a disabled key.`, "KeyDisabled");
}

/** The inner codes of the time and of the operation are in no source found; status and order are documented. */
function checkUsable(key: KeyVersion, operation: Use, now: number): void {
    checkEnabled(key, operation);
    if (!alwaysAllowed.has(operation)) {
        if (key.nbf !== undefined && now < key.nbf) {
            throw forbidden(
                `Operation ${operation} is not allowed on a key that is not yet valid.`,
                "KeyNotYetValid",
            );
        }
        if (key.exp !== undefined && now >= key.exp) {
            throw forbidden(`Operation ${operation} is not allowed on an expired key.`, "KeyExpired");
        }
    }
    if (!key.keyOps.includes(operation)) {
        throw forbidden(`Operation ${operation} is not permitted on this key.`, "KeyOperationForbidden");
    }
}

function work(
    { material }: KeyVersion,
    operation: Exclude<Use, "verify">,
    algorithm: string,
    value: Buffer,
): Buffer | Promise<Buffer> {
    switch (operation) {
        case "encrypt":
        case "wrapKey":
            return encrypt(material, algorithm, value);
        case "decrypt":
        case "unwrapKey":
            return decrypt(material, algorithm, value);
        case "sign":
            return sign(material, algorithm, value);
    }
}

function bytes(value: unknown, property: string): Buffer {
    if (typeof value !== "string") throw invalidProperty(property);
    return Buffer.from(value, "base64url");
}
