import type { Json } from "../json.js";

/**
 * Makes a value that the engine's wire format carries. Anything else (`undefined` in a list, a `Date`, a `Buffer`, a
 * bigint) makes the call fail after the copies were made, and the engine would forget them.
 *
 * Members that are `undefined` are left out; a `Date` becomes its ISO text; what JSON can't say is an error of ours
 * and named by its path.
 */
export function sanitize(value: unknown, path = "outputs"): Json {
    if (value === null) return null;
    switch (typeof value) {
        case "string":
            // A lone surrogate is not UTF-8: the wire would replace it silently.
            return value.toWellFormed();
        case "boolean":
            return value;
        case "number":
            if (!Number.isFinite(value)) throw new TypeError(`${path} is not a finite number`);
            return value;
        case "object":
            return sanitizeObject(value, path);
        default:
            throw new TypeError(`${path} has type ${typeof value}, which Pulumi's state can't hold`);
    }
}

function sanitizeObject(value: object, path: string): Json {
    if (value instanceof Date) return value.toISOString();
    if (Array.isArray(value)) {
        return value.map((entry: unknown, index) => sanitize(entry ?? null, `${path}[${String(index)}]`));
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
        throw new TypeError(`${path} is a ${value.constructor.name}, which Pulumi's state can't hold`);
    }
    const result: Record<string, Json> = {};
    for (const [key, entry] of Object.entries(value)) {
        if (entry !== undefined) result[key] = sanitize(entry, `${path}.${key}`);
    }
    return result;
}

/** `sanitize` for the outputs of a resource. */
export function sanitizeOutputs(outputs: Record<string, unknown>): Record<string, Json> {
    return sanitize(outputs) as Record<string, Json>;
}
