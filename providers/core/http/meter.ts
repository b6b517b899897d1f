import type { HttpClient } from "@azure/core-rest-pipeline";
import type { RateLimit } from "../contract.js";
import { parsedUrl } from "./parsed-url.js";

/** What was sent, of one kind. */
export interface RequestCounts {
    /** Everything that left, retries included. */
    readonly requests: number;
    /** Of these, how many were sent again. */
    readonly retries: number;
    /** Answers with status 429. */
    readonly throttled: number;
}

type MutableCounts = { -readonly [Key in keyof RequestCounts]: number };

/** Counts requests by kind: the documented rate that they count against, or `other`. For reports and tests. */
export class Meter {
    readonly #counts = new Map<string, MutableCounts>();

    /** Counts one of every given kind. */
    add(kinds: readonly string[], what: keyof RequestCounts): void {
        for (const kind of kinds) {
            const counts = this.#counts.get(kind) ?? { requests: 0, retries: 0, throttled: 0 };
            counts[what] += 1;
            this.#counts.set(kind, counts);
        }
    }

    /** By kind, as it is now. A request that counts against two rates stands in both. */
    byKind(): Readonly<Record<string, RequestCounts>> {
        return Object.fromEntries([...this.#counts].map(([kind, counts]) => [kind, { ...counts }]));
    }

    /** Requests in all, each counted once. */
    get total(): RequestCounts {
        return { requests: 0, retries: 0, throttled: 0, ...this.#counts.get(all) };
    }
}

/** The kind that every request is of, beside its own. */
const all = "all";

/** The kinds that a request is counted as. */
export function kindsOf(rates: readonly RateLimit[], method: string, url: URL): string[] {
    const names = rates.filter((rate) => rate.applies(method, url)).map((rate) => rate.name);
    return [all, ...(names.length === 0 ? ["other"] : names)];
}

/** Counts what really leaves, and the answers with status 429. */
export function countRequests(meter: Meter, rates: readonly RateLimit[], next: HttpClient): HttpClient {
    return {
        async sendRequest(request) {
            const kinds = kindsOf(rates, request.method, parsedUrl(request.url));
            meter.add(kinds, "requests");
            const response = await next.sendRequest(request);
            if (response.status === 429) meter.add(kinds, "throttled");
            return response;
        },
    };
}
