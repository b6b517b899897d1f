import type { HttpClient } from "@azure/core-rest-pipeline";
import type { Context, ElementType, Side } from "../contract.js";
import { createBaseClient } from "./base-client.js";
import { refuseForeignAnswers } from "./foreign-answer.js";
import { guardSource } from "./guard.js";
import { legacyHttpClient } from "./legacy-client.js";
import { countRequests, kindsOf, Meter } from "./meter.js";
import { paceRequests, processPacer, type Pacer } from "./pace.js";
import { rememberRefusals } from "./refusals.js";
import { defaultRetryLimits, retryTransient, type RetryLimits } from "./retry.js";
import { cancelled, systemTiming, type Timing } from "./timing.js";
import { parsedUrl } from "./parsed-url.js";

export interface HttpClientOptions {
    readonly side: Side;
    readonly element: Pick<ElementType, "limits" | "sourceReads" | "disturbingReads" | "idempotent">;
    /** The element type's own arguments, which may acknowledge reads that change something. Default: none. */
    readonly options?: Readonly<Record<string, unknown>>;
    /** Stops waits and requests in flight. */
    readonly signal?: AbortSignal;
    /** Sends requests in the end. Default: the one of @azure/core-rest-pipeline, with kept connections. */
    readonly baseClient?: HttpClient;
    /** Default: time and chance of this machine. */
    readonly timing?: Timing;
    /** Default: the process's own, so that all stores on one host share its quota. */
    readonly pacer?: Pacer;
    readonly retry?: Partial<RetryLimits>;
}

let sharedBaseClient: HttpClient | undefined;

/**
 * The one HTTP client of a store: every request of every SDK, to ARM and to the data plane, goes through it.
 *
 * In this order: the guard of the source, retries, pacing, the count, the network. SDK clients are made with
 * `clientOptions`, so that they add neither retries nor waits of their own.
 */
export function createHttpClient(options: HttpClientOptions): { client: HttpClient; meter: Meter } {
    const { side, element, timing = systemTiming, pacer = processPacer } = options;
    const { rates } = element.limits;
    const signals = options.signal === undefined ? [] : [options.signal];
    const base = options.baseClient ?? (sharedBaseClient ??= createBaseClient());
    const meter = new Meter();
    const counted = countRequests(meter, rates, abortWith(options.signal, base));
    const paced = paceRequests({ rates, pacer, timing, signals }, counted);
    const retried = retryTransient(
        {
            element,
            timing,
            signals,
            limits: { ...defaultRetryLimits(side), ...options.retry },
            onRetry: (request) => {
                meter.add(kindsOf(rates, request.method, parsedUrl(request.url)), "retries");
            },
        },
        paced,
    );
    const answered = rememberRefusals(refuseForeignAnswers(retried));
    return {
        client: side === "source" ? guardSource(element, options.options ?? {}, answered) : answered,
        meter,
    };
}

/** Aborts requests in flight by the store's signal, beside the request's own. */
function abortWith(signal: AbortSignal | undefined, next: HttpClient): HttpClient {
    if (signal === undefined) return next;
    return {
        async sendRequest(request) {
            if (signal.aborted) throw cancelled();
            const own = request.abortSignal;
            // A signal made of two costs as much as the rest of a small request, and stores give this very one.
            if (own === signal) return next.sendRequest(request);
            if (own === undefined) request.abortSignal = signal;
            else if (own instanceof AbortSignal) request.abortSignal = AbortSignal.any([own, signal]);
            try {
                return await next.sendRequest(request);
            } finally {
                if (own === undefined) delete request.abortSignal;
                else request.abortSignal = own;
            }
        },
    };
}

/**
 * Options for the constructor of an Azure SDK client: the store's HTTP client, and no retries of the SDK's own. For the
 * Storage SDKs there is `storageClientOptions`.
 */
export function clientOptions(context: Pick<Context, "httpClient">) {
    return { httpClient: context.httpClient, retryOptions: { maxRetries: 0 }, userAgentOptions };
}

/** Like `clientOptions`, for the Storage SDKs: these take an HTTP client of an older shape, and count tries. */
export function storageClientOptions(context: Pick<Context, "httpClient">) {
    return {
        httpClient: legacyHttpClient(context.httpClient),
        retryOptions: { maxTries: 1 },
        userAgentOptions,
    };
}

const userAgentOptions = { userAgentPrefix: "pulumi-azure-dataplane" };
