import type { Json } from "../../core/json.js";
import type { KeyRotationPolicy } from "../sdk.js";

/** A rotation policy as it stands in an item: durations are ISO 8601, and actions are in a fixed order. */
export type CarriedRotationPolicy = Record<string, Json> & {
    expiresIn?: string;
    actions: CarriedRotationAction[];
};

/** One action; when it is due is told by one of the two durations. */
export type CarriedRotationAction = Record<string, Json> & {
    action: "Rotate" | "Notify";
    timeAfterCreate?: string;
    timeBeforeExpiry?: string;
};

/**
 * The policy that the service shows of a key that has none: a notice 30 days before the key expires.
 * https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation#key-rotation-policy
 */
const noticeOfAllKeys = "P30D";

/** What is carried of a policy; undefined where the key has none of its own. */
export function carriedPolicy(policy: KeyRotationPolicy): CarriedRotationPolicy | undefined {
    const actions = (policy.lifetimeActions ?? [])
        .map(({ action, timeAfterCreate, timeBeforeExpiry }): CarriedRotationAction => ({
            action,
            ...(timeAfterCreate === undefined ? {} : { timeAfterCreate }),
            ...(timeBeforeExpiry === undefined ? {} : { timeBeforeExpiry }),
        }))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    const { expiresIn } = policy;
    if (expiresIn === undefined && actions.every(isNoticeOfAllKeys)) return undefined;
    return { ...(expiresIn === undefined ? {} : { expiresIn }), actions };
}

function isNoticeOfAllKeys({ action, timeAfterCreate, timeBeforeExpiry }: CarriedRotationAction): boolean {
    return action === "Notify" && timeAfterCreate === undefined && timeBeforeExpiry === noticeOfAllKeys;
}
