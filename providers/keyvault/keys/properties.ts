import { canonicalJson, type Json } from "../../core/json.js";
import type { KeyReleasePolicy, KeyRotationPolicy, KeyVaultKey } from "../sdk.js";
import { foreignTags } from "../tags.js";
import { carriedPolicy, type CarriedRotationPolicy } from "./rotation-policy.js";

/** A release policy: the rules as JSON where they are that, else their bytes in base64url. */
export type CarriedReleasePolicy = Record<string, Json> & {
    contentType: string;
    rules: string;
    immutable: boolean;
};

/**
 * What is carried beside the key itself. Times are ISO 8601, in whole seconds, as the service keeps them. Of a disabled
 * key that can't be read only what a listing shows is known, and its rotation policy.
 */
export type KeyProperties = Record<string, Json> & {
    enabled: boolean;
    notBefore?: string;
    expires?: string;
    tags: Record<string, string>;
    /** `RSA`, `RSA-HSM`, `EC`, `EC-HSM`. */
    keyType?: string;
    /** Of RSA keys, in bits. */
    size?: number;
    /** Of keys on elliptic curves: `P-256`. */
    curve?: string;
    /** In alphabetical order. */
    operations?: string[];
    /** Absent where the private part can't be released, which is the rule. */
    exportable?: true;
    releasePolicy?: CarriedReleasePolicy;
    rotationPolicy?: CarriedRotationPolicy;
};

/** The same for equal keys of both sides: our own tags are left out. */
export function carriedProperties(key: KeyVaultKey, policy: KeyRotationPolicy | undefined): KeyProperties {
    const { enabled, notBefore, expiresOn, tags, exportable, releasePolicy } = key.properties;
    const size = sizeOf(key);
    const rotationPolicy = policy && carriedPolicy(policy);
    return {
        enabled: enabled ?? true,
        tags: foreignTags(tags),
        ...(key.keyType === undefined ? {} : { keyType: key.keyType }),
        ...(key.keyOperations === undefined ? {} : { operations: [...key.keyOperations].sort() }),
        ...(notBefore === undefined ? {} : { notBefore: isoSeconds(notBefore) }),
        ...(expiresOn === undefined ? {} : { expires: isoSeconds(expiresOn) }),
        ...(size === undefined ? {} : { size }),
        ...(key.key?.crv === undefined ? {} : { curve: key.key.crv }),
        ...(exportable === true ? { exportable } : {}),
        ...(releasePolicy === undefined ? {} : { releasePolicy: carriedReleasePolicy(releasePolicy) }),
        ...(rotationPolicy === undefined ? {} : { rotationPolicy }),
    };
}

/**
 * Whether both keys are of one type, size and curve, and can be released alike: what an update can't change. A key whose
 * kind is not shown is taken for one of the same.
 */
export function isSameKind(a: KeyProperties, b: KeyProperties): boolean {
    if (a.keyType === undefined || b.keyType === undefined) return true;
    return canonicalJson(kindOf(a)) === canonicalJson(kindOf(b));
}

/** `2026-11-24T16:20:01Z` */
export function isoSeconds(date: Date): string {
    return date.toISOString().replace(/\.\d+Z$/, "Z");
}

function kindOf({ keyType, size, curve, exportable }: KeyProperties): Json {
    return [keyType ?? null, size ?? null, curve ?? null, exportable ?? false];
}

/** The modulus has as many bits as the key: a leading zero is only there in some encodings. */
function sizeOf({ key }: KeyVaultKey): number | undefined {
    if (key?.n === undefined) return undefined;
    const first = key.n.findIndex((byte) => byte !== 0);
    return (key.n.length - first) * 8;
}

/** The service may write the JSON of the rules in another way than it was given. */
function carriedReleasePolicy(policy: KeyReleasePolicy): CarriedReleasePolicy {
    const bytes = Buffer.from(policy.encodedPolicy ?? []);
    return {
        contentType: policy.contentType ?? "application/json; charset=utf-8",
        rules: canonicalRules(bytes.toString("utf8")) ?? bytes.toString("base64url"),
        immutable: policy.immutable ?? false,
    };
}

function canonicalRules(text: string): string | undefined {
    try {
        const rules = JSON.parse(text) as Json;
        return typeof rules === "object" && rules !== null && !Array.isArray(rules)
            ? canonicalJson(rules)
            : undefined;
    } catch {
        return undefined;
    }
}
