import type { HttpHeaders } from "@azure/core-rest-pipeline";

/** Millisecond forms that some services send beside or instead of the standard header, the most exact first. */
const millisecondHeaders = ["retry-after-ms", "x-ms-retry-after-ms"];

/**
 * How long the service asks to wait, in milliseconds; undefined where it does not say or says nonsense.
 *
 * Forms: `retry-after-ms`, `x-ms-retry-after-ms` (Cosmos DB, and others), `Retry-After` in seconds or as a date
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after).
 *
 * @param date milliseconds since the epoch now, to make a duration of a date.
 */
export function retryAfter(headers: HttpHeaders, date: number): number | undefined {
    for (const name of millisecondHeaders) {
        const milliseconds = parseNumber(headers.get(name));
        if (milliseconds !== undefined) return milliseconds;
    }
    const text = headers.get("retry-after");
    const seconds = parseNumber(text);
    if (seconds !== undefined) return seconds * 1000;
    const until = text === undefined ? NaN : Date.parse(text);
    return Number.isNaN(until) ? undefined : Math.max(0, until - date);
}

function parseNumber(text: string | undefined): number | undefined {
    return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
