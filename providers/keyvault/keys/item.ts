import { createHash } from "node:crypto";
import type { Item } from "../../core/contract.js";
import { canonicalJson } from "../../core/json.js";
import type {
    KeyReleasePolicy,
    KeyRotationPolicy,
    KeyRotationPolicyProperties,
    KeyVaultKey,
} from "../sdk.js";
import { ownerTag, placeholderTag, recreatedTag } from "../tags.js";
import { carriedProperties, isoSeconds, type KeyProperties } from "./properties.js";

/** What tells one key from another; in memory only, and nothing of it is secret. */
export interface KeyIdentity {
    /** The current version's id. */
    readonly version: string;
    /** A fingerprint of the current version's public part; undefined where it is disabled and can't be read. */
    readonly publicKey?: string;
    /** Where this key was made anew: the version at the source that it stands for. */
    readonly recreatedFrom?: string;
}

/** What an item's properties tell in an order and a form that can be compared, as the service gave it. */
export interface KeyParts {
    readonly operations?: string[];
    readonly releasePolicy?: KeyReleasePolicy;
    readonly rotationPolicy?: KeyRotationPolicyProperties;
}

/** A key as a listing of ours shows it. */
export interface KeyItem extends Item {
    readonly properties: KeyProperties;
    readonly key: KeyIdentity;
    readonly parts: KeyParts;
}

/** The item of a key, from its current version and its rotation policy. */
export function toItem(key: KeyVaultKey, policy: KeyRotationPolicy | undefined): KeyItem {
    const { name, tags = {}, updatedOn } = key.properties;
    const properties = carriedProperties(key, policy);
    const owner = tags[ownerTag];
    const recreatedFrom = tags[recreatedTag];
    const publicKey = publicKeyOf(key);
    return {
        name,
        version: versionOf(key, properties),
        properties,
        ...(updatedOn === undefined ? {} : { modified: updatedOn }),
        ...(tags[placeholderTag] === undefined ? {} : { placeholder: true }),
        ...(owner === undefined ? {} : { owner }),
        key: {
            version: key.properties.version ?? "",
            ...(publicKey === undefined ? {} : { publicKey }),
            ...(recreatedFrom === undefined ? {} : { recreatedFrom }),
        },
        parts: partsOf(key, policy),
    };
}

function partsOf(key: KeyVaultKey, policy: KeyRotationPolicy | undefined): KeyParts {
    const { keyOperations, properties } = key;
    return {
        ...(keyOperations === undefined ? {} : { operations: keyOperations }),
        ...(properties.releasePolicy === undefined ? {} : { releasePolicy: properties.releasePolicy }),
        ...(policy === undefined ? {} : { rotationPolicy: policy }),
    };
}

/** What only items of this element type have; undefined for any other. */
export function identityOf(item: Item): KeyIdentity | undefined {
    return "key" in item ? (item as KeyItem).key : undefined;
}

/** Our own tags on a key. */
export function ownTagsOf({ owner, placeholder, key: { recreatedFrom } }: KeyItem): Record<string, string> {
    return {
        ...(owner === undefined ? {} : { [ownerTag]: owner }),
        ...(placeholder === true ? { [placeholderTag]: "true" } : {}),
        ...(recreatedFrom === undefined ? {} : { [recreatedTag]: recreatedFrom }),
    };
}

/** A key's properties, which all items of this element type have. */
export function propertiesOf(item: Item): KeyProperties {
    return item.properties as KeyProperties;
}

/**
 * Whether both are one key. The ids of versions are random, and nothing but a backup takes them along; where a key was
 * imported in both places, its public part tells.
 */
export function isSameKey(a: SomeKey, b: SomeKey): boolean {
    return a.version === b.version || (a.publicKey !== undefined && a.publicKey === b.publicKey);
}

/** What `isSameKey` looks at. */
export type SomeKey = Pick<KeyIdentity, "version" | "publicKey">;

/** The fingerprint of a key's public part, as https://www.rfc-editor.org/rfc/rfc7638 makes it. */
export function publicKeyOf({ key }: Pick<KeyVaultKey, "key">): string | undefined {
    if (key === undefined || (key.n === undefined && key.x === undefined)) return undefined;
    const encoded = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("base64url");
    const parts =
        key.n === undefined
            ? { crv: key.crv ?? "", kty: "EC", x: encoded(key.x), y: encoded(key.y) }
            : { e: encoded(key.e), kty: "RSA", n: encoded(key.n) };
    return createHash("sha256").update(canonicalJson(parts)).digest("base64url");
}

/**
 * `2026-11-24T16:20:01Z #3f9a1c`: when the current version was last changed, and a short hash over its id, attributes,
 * operations, tags and the key's rotation policy.
 */
function versionOf({ properties: { version, tags, updatedOn } }: KeyVaultKey, shown: KeyProperties): string {
    const hash = createHash("sha256")
        .update(canonicalJson([version ?? null, shown, { ...tags }]))
        .digest("hex")
        .slice(0, 6);
    return `${updatedOn === undefined ? "unknown" : isoSeconds(updatedOn)} #${hash}`;
}
