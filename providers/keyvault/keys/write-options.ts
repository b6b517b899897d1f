import { canonicalJson, type Json } from "../../core/json.js";
import type { CreateKeyOptions, KeyRotationPolicyProperties, UpdateKeyPropertiesOptions } from "../sdk.js";
import { propertiesOf, type KeyItem } from "./item.js";
import type { KeyProperties } from "./properties.js";

/** What a key is made with, but for its tags and rotation policy. */
export function createOptions(item: KeyItem): CreateKeyOptions {
    const { size, curve, exportable, ...properties } = propertiesOf(item);
    const { operations, releasePolicy } = item.parts;
    return {
        ...attributes(properties),
        ...(operations === undefined ? {} : { keyOps: operations }),
        ...(size === undefined ? {} : { keySize: size }),
        ...(curve === undefined ? {} : { curve }),
        ...(exportable === undefined ? {} : { exportable }),
        ...(releasePolicy === undefined ? {} : { releasePolicy }),
    };
}

/** What a version is updated with, but for its tags. A release policy that is right is not sent: it may be immutable. */
export function updateOptions(item: KeyItem, present: KeyProperties): UpdateKeyPropertiesOptions {
    const wanted = propertiesOf(item);
    const { operations, releasePolicy } = item.parts;
    const bringsPolicy = releasePolicy !== undefined && !isSame(wanted.releasePolicy, present.releasePolicy);
    return {
        ...attributes(wanted),
        ...(operations === undefined ? {} : { keyOps: operations }),
        ...(bringsPolicy ? { releasePolicy } : {}),
    };
}

/**
 * The rotation policy that a key is given. Where the source's has none of its own, the target's goes back to that of all
 * keys, which no actions stand for.
 */
export function rotationOptions(item: KeyItem): KeyRotationPolicyProperties {
    const { rotationPolicy = {} } = item.parts;
    if (propertiesOf(item).rotationPolicy === undefined) return { lifetimeActions: [] };
    const { expiresIn, lifetimeActions = [] } = rotationPolicy;
    return { lifetimeActions, ...(expiresIn === undefined ? {} : { expiresIn }) };
}

/** Whether an update of the version would bring nothing: it takes no date and no release policy away. */
export function isUpdated(wanted: KeyProperties, present: KeyProperties): boolean {
    const updatable = ["enabled", "tags"] as const;
    const additions = ["notBefore", "expires", "operations", "releasePolicy"] as const;
    return (
        updatable.every((name) => isSame(wanted[name], present[name])) &&
        additions.every((name) => wanted[name] === undefined || isSame(wanted[name], present[name]))
    );
}

/** As JSON, whatever the order of members. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
    return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

function attributes({
    enabled,
    notBefore,
    expires,
}: Pick<KeyProperties, "enabled" | "notBefore" | "expires">) {
    return {
        enabled,
        ...(notBefore === undefined ? {} : { notBefore: new Date(notBefore) }),
        ...(expires === undefined ? {} : { expiresOn: new Date(expires) }),
    };
}
