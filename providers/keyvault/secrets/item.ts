import { createHash } from "node:crypto";
import type { SecretProperties, SetSecretOptions } from "../sdk.js";
import type { Item, Loss } from "../../core/contract.js";
import { canonicalJson, type Json } from "../../core/json.js";
import { foreignTags, ownerTag, placeholderTag } from "../tags.js";

/** What is carried beside the value. Times are ISO 8601, in whole seconds, as the service keeps them. */
export type CarriedProperties = Record<string, Json> & {
    enabled: boolean;
    notBefore?: string;
    expires?: string;
    contentType?: string;
    tags: Record<string, string>;
};

/** The item of a secret, from what a listing says about it. */
export function toItem(secret: SecretProperties): Item {
    const owner = secret.tags?.[ownerTag];
    return {
        name: secret.name,
        version: versionOf(secret),
        properties: carriedProperties(secret),
        ...(secret.updatedOn === undefined ? {} : { modified: secret.updatedOn }),
        ...(secret.tags?.[placeholderTag] === undefined ? {} : { placeholder: true }),
        ...(owner === undefined ? {} : { owner }),
    };
}

/**
 * `2026-11-24T16:20:01Z #3f9a1c`: when it was last changed, and a short hash over what a listing shows (attributes,
 * content type, tags; never the value). The time is the service's and counts whole seconds: two values set within one
 * second can't be told apart by a listing.
 */
export function versionOf(secret: SecretProperties): string {
    const hash = createHash("sha256")
        .update(canonicalJson(shownOf(secret)))
        .digest("hex")
        .slice(0, 6);
    return `${isoSeconds(secret.updatedOn) ?? "unknown"} #${hash}`;
}

/** What a listing shows of a secret or of a version, but for its id and dates. */
export function shownOf(secret: SecretProperties): Json {
    return [
        secret.enabled ?? true,
        isoSeconds(secret.notBefore) ?? null,
        isoSeconds(secret.expiresOn) ?? null,
        secret.contentType ?? null,
        { ...secret.tags },
    ];
}

/** The same for equal secrets of both sides: our own tags are left out. */
export function carriedProperties(secret: SecretProperties): CarriedProperties {
    const notBefore = isoSeconds(secret.notBefore);
    const expires = isoSeconds(secret.expiresOn);
    return {
        enabled: secret.enabled ?? true,
        tags: foreignTags(secret.tags),
        ...(notBefore === undefined ? {} : { notBefore }),
        ...(expires === undefined ? {} : { expires }),
        ...(secret.contentType === undefined ? {} : { contentType: secret.contentType }),
    };
}

/** The properties of an item of this element type. */
export function propertiesOf(item: Item): CarriedProperties {
    return item.properties as CarriedProperties;
}

/** What a secret is set or updated with, so that its properties become these. */
export function toOptions(
    properties: CarriedProperties,
    ownTags: Readonly<Record<string, string>>,
): SetSecretOptions {
    const { enabled, notBefore, expires, contentType, tags } = properties;
    return {
        enabled,
        tags: { ...tags, ...ownTags },
        ...(notBefore === undefined ? {} : { notBefore: new Date(notBefore) }),
        ...(expires === undefined ? {} : { expiresOn: new Date(expires) }),
        ...(contentType === undefined ? {} : { contentType }),
    };
}

/** Why the value of a disabled secret stays behind; its name and attributes could go. */
export function disabledLoss(name: string): Loss {
    return {
        item: name,
        what: "value",
        reason: "the secret is disabled, and Key Vault gives no value of a disabled secret",
        remedy: `enable it at the source while it is copied, or give a value in overrides["${name}"]`,
    };
}

/** ISO 8601 without fractions: Key Vault's dates are whole seconds. */
export function isoSeconds(date: Date | undefined): string | undefined {
    return date?.toISOString().replace(/\.\d+Z$/, "Z");
}
