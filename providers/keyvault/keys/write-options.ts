import { canonicalJson, type Json } from "../../core/json.js";
import type { CreateKeyOptions, UpdateKeyPropertiesOptions } from "../sdk.js";
import { releasePolicyOf, type KeyProperties } from "./properties.js";

/** What a key is made with, but for its tags and rotation policy. */
export function createOptions(properties: KeyProperties): CreateKeyOptions {
    const { size, curve, operations, exportable, releasePolicy } = properties;
    return {
        ...attributes(properties),
        ...(operations === undefined ? {} : { keyOps: operations }),
        ...(size === undefined ? {} : { keySize: size }),
        ...(curve === undefined ? {} : { curve }),
        ...(exportable === undefined ? {} : { exportable }),
        ...(releasePolicy === undefined ? {} : { releasePolicy: releasePolicyOf(releasePolicy) }),
    };
}

/** What a version is updated with, but for its tags. A release policy that is right is not sent: it may be immutable. */
export function updateOptions(wanted: KeyProperties, present: KeyProperties): UpdateKeyPropertiesOptions {
    const { operations, releasePolicy } = wanted;
    const bringsPolicy = releasePolicy !== undefined && !isSame(releasePolicy, present.releasePolicy);
    return {
        ...attributes(wanted),
        ...(operations === undefined ? {} : { keyOps: operations }),
        ...(bringsPolicy ? { releasePolicy: releasePolicyOf(releasePolicy) } : {}),
    };
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

function attributes({ enabled, notBefore, expires }: KeyProperties) {
    return {
        enabled,
        ...(notBefore === undefined ? {} : { notBefore: new Date(notBefore) }),
        ...(expires === undefined ? {} : { expiresOn: new Date(expires) }),
    };
}
