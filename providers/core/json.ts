/** A value that survives `JSON.stringify` and the engine's wire format unchanged. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * The one text for a value: keys sorted at every level, so that two equal values give equal text.
 * Used to compare properties of both sides and to make fingerprints.
 */
export function canonicalJson(value: Json): string {
    if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
    if (value !== null && typeof value === "object") {
        const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
        return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(",")}}`;
    }
    return JSON.stringify(value);
}

/** Whether two values have the same `canonicalJson`, without making it: for what is compared very often. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
    if (a === b) return true;
    if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
    if (Array.isArray(a) || Array.isArray(b)) {
        if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
        return a.every((entry, index) => sameJson(entry, b[index]));
    }
    const names = Object.keys(a);
    if (names.length !== Object.keys(b).length) return false;
    return names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]));
}
