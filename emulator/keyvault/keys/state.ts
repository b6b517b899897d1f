import type { JsonWebKey } from "node:crypto";
import type { ObjectVersion } from "../objects.js";

/** The types of keys that a vault has; those with `-HSM` in a premium vault. */
export type KeyType = "RSA" | "RSA-HSM" | "EC" | "EC-HSM";

/** A policy for the release of an exportable key. */
export interface ReleasePolicy {
    contentType: string;
    /** The policy's JSON in base64url. */
    data: string;
    immutable: boolean;
}

/** One version of a key. */
export interface KeyVersion extends ObjectVersion {
    kty: KeyType;
    /** The whole key pair as a JWK of Node's crypto: with `kty` RSA or EC, without the service's own members. */
    material: JsonWebKey;
    /** The curve as the service spells it: P-256, P-384, P-521, P-256K. Undefined: an RSA key. */
    crv?: string;
    keyOps: string[];
    exportable?: boolean;
    releasePolicy?: ReleasePolicy;
}

/** What is done at some time in the life of a key. */
export interface LifetimeAction {
    trigger: { timeAfterCreate?: string; timeBeforeExpiry?: string };
    action: { type: "Rotate" | "Notify" };
}

/** When a key is rotated. Times are whole seconds since the epoch, durations ISO 8601. */
export interface RotationPolicy {
    lifetimeActions: LifetimeAction[];
    attributes: { expiryTime?: string; created?: number; updated?: number };
}

/** What belongs to all versions of a key. */
export interface KeyDetails {
    rotationPolicy?: RotationPolicy;
}
