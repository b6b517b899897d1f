import type { JsonWebKey } from "node:crypto";
import { badParameter, KeyVaultError } from "../errors.js";
import {
    asObject,
    invalidProperty,
    memberObject,
    parseCommon,
    parseObject,
    type CommonParameters,
} from "../parameters.js";
import { parseImportedKey } from "./import.js";
import { curves, rsaSizes, shapeOf, type KeyShape } from "./material.js";
import { checkRelease, parseReleasePolicy } from "./release-policy.js";
import type { KeyType, ReleasePolicy } from "./state.js";

/** What a caller may say about a key. Absent members are left as they are. */
export interface KeyParameters extends CommonParameters {
    keyOps?: string[];
    releasePolicy?: ReleasePolicy;
}

/** What a new key is to be. */
export interface NewKey extends KeyParameters {
    kty: KeyType;
    shape: KeyShape;
    keyOps: string[];
    exportable?: boolean;
}

/** The operations that keys of each type can have, which are also the default. */
const operations: Readonly<Record<KeyShape["kty"], readonly string[]>> = {
    RSA: ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"],
    EC: ["sign", "verify"],
};

/** Operations that may be named and are no default: for keys that are imported to wrap others, and for release. */
const furtherOperations: readonly string[] = ["import", "export"];

/** Reads and checks the body of a create. Throws 400; `premium`: whether the vault has HSMs. */
export function parseCreate(body: Buffer, premium: boolean): NewKey {
    const json = parseObject(body);
    const kty = checkType(json.kty, premium);
    return newKey(json, kty, kty.startsWith("RSA") ? rsaShape(json.key_size) : ecShape(json.crv), premium);
}

/** Reads and checks the body of an import, with the key pair in it. Throws 400. */
export function parseImport(body: Buffer, premium: boolean): { key: NewKey; material: JsonWebKey } {
    const json = parseObject(body);
    const jwk = asObject(json.key, "key");
    const stated = checkType(jwk.kty, premium || json.Hsm !== true);
    const kty = json.Hsm === true && !stated.endsWith("-HSM") ? hsmType(stated) : stated;
    checkType(kty, premium);
    const material = parseImportedKey(jwk, kty.startsWith("RSA") ? "RSA" : "EC");
    const stating = { ...json, key_ops: jwk.key_ops };
    return { key: newKey(stating, kty, shapeOf(material), premium), material };
}

/** Reads and checks the body of an update of a key of that type. Throws 400. */
export function parseUpdate(body: Buffer, type: KeyShape["kty"]): KeyParameters {
    return parseParameters(parseObject(body), type);
}

function newKey(json: Record<string, unknown>, kty: KeyType, shape: KeyShape, premium: boolean): NewKey {
    const parameters = parseParameters(json, shape.kty);
    const exportable = memberObject(json, "attributes").exportable === true;
    checkRelease({ exportable, policy: parameters.releasePolicy, kty, premium });
    return {
        keyOps: [...operations[shape.kty]],
        ...parameters,
        kty,
        shape,
        ...(exportable ? { exportable } : {}),
    };
}

function parseParameters(json: Record<string, unknown>, type: KeyShape["kty"]): KeyParameters {
    const parameters: KeyParameters = parseCommon(json);
    if (Array.isArray(json.key_ops)) parameters.keyOps = checkOperations(json.key_ops, type);
    const releasePolicy = parseReleasePolicy(json.release_policy);
    if (releasePolicy !== undefined) parameters.releasePolicy = releasePolicy;
    return parameters;
}

function checkOperations(named: readonly unknown[], type: KeyShape["kty"]): string[] {
    const known = [...operations[type], ...furtherOperations];
    return named.map((operation) => {
        if (typeof operation !== "string" || !known.includes(operation)) throw invalidProperty("key_ops");
        return operation;
    });
}

/** Throws 400 for a type that the vault has no keys of: `oct` is for Managed HSM, HSM types are for premium vaults. */
export function checkType(kty: unknown, premium: boolean): KeyType {
    if (typeof kty !== "string") throw invalidProperty("kty");
    if (!isKeyType(kty)) {
        // The service's answer: https://github.com/Azure/azure-sdk-for-js/issues/26212
        throw new KeyVaultError(400, "BadParameter", `Invalid kty value: ${kty}`, "KeyTypeNotSupported");
    }
    // The service's words: https://github.com/MicrosoftDocs/azure-docs/issues/63888
    if (kty.endsWith("-HSM") && !premium)
        throw badParameter("Hardware key operation not allowed on standard vault");
    return kty;
}

function isKeyType(kty: string): kty is KeyType {
    return ["RSA", "RSA-HSM", "EC", "EC-HSM"].includes(kty);
}

function hsmType(kty: KeyType): KeyType {
    return kty.startsWith("RSA") ? "RSA-HSM" : "EC-HSM";
}

/** Defaults: https://learn.microsoft.com/rest/api/keyvault/keys/create-key/create-key */
function rsaShape(size: unknown): KeyShape {
    const bits = size ?? rsaSizes[0];
    if (typeof bits !== "number" || !rsaSizes.includes(bits)) throw invalidProperty("key_size");
    return { kty: "RSA", bits };
}

function ecShape(curve: unknown): KeyShape {
    const crv = curve ?? "P-256";
    if (typeof crv !== "string" || !(crv in curves)) throw invalidProperty("crv");
    return { kty: "EC", crv };
}
