import { badParameter } from "../errors.js";
import { asObject, invalidProperty } from "../parameters.js";
import type { KeyType, ReleasePolicy } from "./state.js";

const CONTENT_TYPE = "application/json; charset=utf-8";

/**
 * Reads a release policy: JSON in base64url with a version and, at its top, `anyOf` or `allOf`. Undefined where there
 * is none. Throws 400.
 * Source: https://learn.microsoft.com/azure/key-vault/keys/policy-grammar
 */
export function parseReleasePolicy(value: unknown): ReleasePolicy | undefined {
    if (value === undefined || value === null) return undefined;
    const { data, contentType = CONTENT_TYPE, immutable = false } = asObject(value, "release_policy");
    if (typeof data !== "string" || typeof contentType !== "string" || typeof immutable !== "boolean") {
        throw invalidProperty("release_policy");
    }
    let policy: unknown;
    try {
        policy = JSON.parse(Buffer.from(data, "base64url").toString("utf8"));
    } catch {
        throw invalidProperty("release_policy");
    }
    const { version, anyOf, allOf } = asObject(policy, "release_policy");
    if (typeof version !== "string" || (!Array.isArray(anyOf) && !Array.isArray(allOf))) {
        throw invalidProperty("release_policy");
    }
    return { contentType, data, immutable };
}

/**
 * Throws 400 where a release policy and `exportable` do not belong together, or the key is none of an HSM's.
 * Sources: https://github.com/Azure/azure-cli/issues/28288 (AKV.SKR.1005, the service's words),
 * https://learn.microsoft.com/azure/confidential-computing/concept-skr-attestation (premium, HSM keys)
 */
export function checkRelease(key: {
    exportable: boolean;
    policy: ReleasePolicy | undefined;
    kty: KeyType;
    premium: boolean;
}): void {
    if (!key.exportable && key.policy !== undefined) {
        throw badParameter("AKV.SKR.1005: Non-exportable keys must not have release policy.");
    }
    if (!key.exportable) return;
    if (key.policy === undefined) throw badParameter("Exportable keys must have release policy.");
    if (!key.premium || !key.kty.endsWith("-HSM")) {
        throw badParameter("Exportable keys must be protected by an HSM, in a premium vault.");
    }
}
