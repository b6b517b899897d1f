import { Readable } from "node:stream";
import type { HttpClient, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import type { ElementType, Side } from "../contract.js";
import { retryAfter } from "./retry-after.js";
import { isNetworkError, neverConnected, unknownHost } from "./network-errors.js";
import type { Timing } from "./timing.js";
import { parsedUrl } from "./parsed-url.js";

/** How often and how long a request is tried. */
export interface RetryLimits {
    /** Times that a request is sent in all. Default 8. */
    readonly attempts: number;
    /**
     * Times where the host's name does not resolve. Default 4 (about 3 s) at the source. At the target 7 (about
     * 30 s): the name of a resource that was made a moment ago takes a while to be known.
     */
    readonly unknownHostAttempts: number;
    /** No new attempt begins after so many milliseconds. Default two minutes. */
    readonly totalMilliseconds: number;
    /** The first wait; it doubles each time. Default 0.5 s. */
    readonly firstMilliseconds: number;
    /** No wait is longer, unless the service asks for it. Default 30 s. */
    readonly longestMilliseconds: number;
}

/** The limits that a side is worked with unless a caller says otherwise. */
export function defaultRetryLimits(side: Side): RetryLimits {
    return {
        attempts: 8,
        unknownHostAttempts: side === "target" ? 7 : 4,
        totalMilliseconds: 120_000,
        firstMilliseconds: 500,
        longestMilliseconds: 30_000,
    };
}

/** What is worth another try: https://learn.microsoft.com/azure/architecture/best-practices/transient-faults */
const transientStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

export interface RetryOptions {
    readonly element: Pick<ElementType, "idempotent" | "disturbingReads">;
    readonly timing: Timing;
    readonly limits: RetryLimits;
    /** Aborts waits, beside the request's own signal. */
    readonly signals: readonly AbortSignal[];
    readonly onRetry: (request: PipelineRequest) => void;
}

/**
 * Sends a request again after transient failures: 408, 429, 500, 502, 503, 504 and lost connections. Waits as long as
 * the service asks (`Retry-After` and its relatives), else exponentially with jitter.
 *
 * A request that is not idempotent is sent again only where the service surely did not act: it said 429, or 503 with
 * Retry-After, or no connection was ever made. A body that can be read only once is never sent again.
 *
 * Gives back the last answer, or throws the last error, when it gives up.
 */
export function retryTransient(options: RetryOptions, next: HttpClient): HttpClient {
    return {
        async sendRequest(request) {
            const { timing, limits } = options;
            const end = timing.now() + limits.totalMilliseconds;
            const repeatable = isIdempotent(options.element, request);
            for (let attempt = 1; ; attempt += 1) {
                const outcome = await send(request, next);
                const pause = wantsRetry(outcome, repeatable)
                    ? pauseBefore(attempt, outcome, options)
                    : undefined;
                const mayGoOn =
                    pause !== undefined &&
                    attempt < attemptsFor(outcome, limits) &&
                    timing.now() + pause <= end &&
                    !isOneShot(request) &&
                    !(request.abortSignal?.aborted ?? false);
                if (!mayGoOn) return settle(outcome);
                discard(outcome);
                await timing.sleep(pause, signalsOf(request, options.signals));
                options.onRetry(request);
            }
        },
    };
}

type Outcome = { readonly response: PipelineResponse } | { readonly error: unknown };

async function send(request: PipelineRequest, next: HttpClient): Promise<Outcome> {
    try {
        return { response: await next.sendRequest(request) };
    } catch (error) {
        return { error };
    }
}

function settle(outcome: Outcome): PipelineResponse {
    if ("response" in outcome) return outcome.response;
    throw outcome.error;
}

function wantsRetry(outcome: Outcome, repeatable: boolean): boolean {
    if ("error" in outcome) {
        return isNetworkError(outcome.error) && (repeatable || neverConnected(outcome.error));
    }
    const { status, headers } = outcome.response;
    if (!transientStatuses.has(status)) return false;
    if (repeatable || status === 429) return true;
    return status === 503 && headers.has("retry-after");
}

function attemptsFor(outcome: Outcome, limits: RetryLimits): number {
    return "error" in outcome && unknownHost(outcome.error)
        ? Math.min(limits.unknownHostAttempts, limits.attempts)
        : limits.attempts;
}

function pauseBefore(attempt: number, outcome: Outcome, options: RetryOptions): number {
    const { timing, limits } = options;
    const asked = "response" in outcome ? retryAfter(outcome.response.headers, timing.date()) : undefined;
    const backOff = Math.min(limits.longestMilliseconds, limits.firstMilliseconds * 2 ** (attempt - 1));
    // Jitter spreads callers that failed together: half of the wait is certain, half is chance. On top of what the
    // service asks for, as coming back earlier than that would count as another failure.
    if (asked !== undefined) return asked + timing.random() * Math.min(limits.firstMilliseconds, asked / 10);
    return backOff / 2 + (timing.random() * backOff) / 2;
}

function isIdempotent(element: RetryOptions["element"], request: PipelineRequest): boolean {
    const method = request.method.toUpperCase();
    const { disturbingReads: disturbing } = element;
    const isSafe = method === "GET" || method === "HEAD" || method === "OPTIONS";
    if (isSafe && disturbing?.includes(method, parsedUrl(request.url)) !== true) return true;
    return element.idempotent(method, parsedUrl(request.url));
}

/** Streams are gone once they were read; functions that make streams are not. */
function isOneShot({ body, multipartBody }: PipelineRequest): boolean {
    return isStream(body) || (multipartBody?.parts.some((part) => isStream(part.body)) ?? false);
}

function isStream(body: unknown): boolean {
    if (typeof body !== "object" || body === null) return false;
    // A Blob has `stream()` but can be read again.
    return "pipe" in body || "getReader" in body;
}

/** A streamed answer that nobody reads would hold its connection. */
function discard(outcome: Outcome): void {
    const stream = "response" in outcome ? outcome.response.readableStreamBody : undefined;
    if (stream === undefined) return;
    stream.on("error", () => undefined);
    if (stream instanceof Readable) stream.destroy();
    else stream.resume();
}

function signalsOf(request: PipelineRequest, signals: readonly AbortSignal[]): AbortSignal[] {
    return request.abortSignal instanceof AbortSignal ? [request.abortSignal, ...signals] : [...signals];
}
