/** How a map stands in JSON. */
interface PlainMap {
    map: [string, unknown][];
}

/** The value with maps as JSON can have them, all the way down. */
export function toPlain(value: unknown): unknown {
    if (value instanceof Map) {
        const entries = [...(value as Map<string, unknown>)];
        return { map: entries.map(([key, item]) => [key, toPlain(item)]) };
    }
    if (Array.isArray(value)) return value.map(toPlain);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
}

/** The opposite. */
export function fromPlain(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(fromPlain);
    if (typeof value !== "object" || value === null) return value;
    const entries = isPlainMap(value) ? value.map : Object.entries(value);
    const restored = entries.map(([key, item]) => [key, fromPlain(item)] as const);
    return isPlainMap(value) ? new Map(restored) : Object.fromEntries(restored);
}

/** Metadata called `map` is text, not a list. */
function isPlainMap(value: object): value is PlainMap {
    return "map" in value && Array.isArray(value.map);
}
