import { badParameter } from "../errors.js";
import { asObject, invalidProperty, memberObject, parseObject } from "../parameters.js";
import { daysOf } from "./durations.js";
import type { LifetimeAction, RotationPolicy } from "./state.js";

/**
 * Limits on durations, in days.
 * Sources: https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation,
 * https://learn.microsoft.com/rest/api/keyvault/keys/update-key-rotation-policy/update-key-rotation-policy, and what
 * was found out against the service in https://github.com/nagyesta/lowkey-vault/issues/181
 */
const MINIMUM_EXPIRY_DAYS = 28;
const MINIMUM_TRIGGER_DAYS = 7;

/** What happens in the life of a key without any policy: a notice, 30 days before it expires. */
const defaultNotice: LifetimeAction = { trigger: { timeBeforeExpiry: "P30D" }, action: { type: "Notify" } };

/** The policy of a key that nobody has set any. */
export const defaultRotationPolicy: RotationPolicy = { lifetimeActions: [defaultNotice], attributes: {} };

/**
 * Reads a policy that is to replace another. A notice can't be removed: where none is named, it is the default one;
 * without any action the policy is the default one. Throws 400. `now`: whole seconds since the epoch.
 */
export function parseRotationPolicy(
    body: Buffer,
    previous: RotationPolicy | undefined,
    now: number,
): RotationPolicy {
    const json = parseObject(body);
    const { expiryTime } = memberObject(json, "attributes");
    const expiry = expiryTime === undefined || expiryTime === null ? undefined : duration(expiryTime);
    if (expiry !== undefined && expiry.days < MINIMUM_EXPIRY_DAYS) {
        throw badParameter(`The expiryTime must be at least ${String(MINIMUM_EXPIRY_DAYS)} days.`);
    }
    const named = json.lifetimeActions ?? [];
    if (!Array.isArray(named)) throw invalidProperty("lifetimeActions");
    const actions = named.map((action) => parseAction(action, expiry?.days));
    const types = actions.map(({ action }) => action.type);
    if (new Set(types).size < types.length) throw invalidProperty("lifetimeActions");
    return {
        lifetimeActions: types.includes("Notify") ? actions : [...actions, defaultNotice],
        attributes: {
            ...(expiry === undefined ? {} : { expiryTime: expiry.text }),
            created: previous?.attributes.created ?? now,
            updated: now,
        },
    };
}

function parseAction(value: unknown, expiryDays: number | undefined): LifetimeAction {
    const json = asObject(value, "lifetimeActions");
    const type = parseType(memberObject(json, "action").type);
    const { timeAfterCreate, timeBeforeExpiry } = memberObject(json, "trigger");
    const after = timeAfterCreate ?? undefined;
    const before = timeBeforeExpiry ?? undefined;
    if ((after === undefined) === (before === undefined)) throw invalidProperty("trigger");
    if (type === "Notify" && after !== undefined) throw invalidProperty("timeAfterCreate");
    const { text, days } = duration(after ?? before);
    const fromCreation = after === undefined ? (expiryDays ?? Infinity) - days : days;
    if (Math.min(days, fromCreation) < MINIMUM_TRIGGER_DAYS) throw invalidProperty("trigger");
    if (after !== undefined && expiryDays !== undefined && expiryDays - days < MINIMUM_TRIGGER_DAYS) {
        throw invalidProperty("timeAfterCreate");
    }
    if (type === "Rotate" && before !== undefined && expiryDays === undefined) {
        throw invalidProperty("timeBeforeExpiry");
    }
    return {
        trigger: after === undefined ? { timeBeforeExpiry: text } : { timeAfterCreate: text },
        action: { type },
    };
}

/** The service takes the types in any case and answers with a capital letter. */
function parseType(type: unknown): "Rotate" | "Notify" {
    const known = (["Rotate", "Notify"] as const).find(
        (candidate) => typeof type === "string" && candidate.toLowerCase() === type.toLowerCase(),
    );
    if (known === undefined) throw invalidProperty("type");
    return known;
}

function duration(value: unknown): { text: string; days: number } {
    const days = typeof value === "string" ? daysOf(value) : undefined;
    if (typeof value !== "string" || days === undefined) throw invalidProperty("duration");
    return { text: value, days };
}
