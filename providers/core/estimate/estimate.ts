import type { ElementType, Mode } from "../contract.js";
import { pacedMilliseconds } from "../http/bucket.js";
import type { Price, Prices } from "./prices.js";
import { transferPrice, type Places } from "./routes.js";

/** How long one request takes from afar, roughly. */
const millisecondsPerRequest = 50;
const bytesPerGibibyte = 1024 ** 3;

/** How much there is to copy. */
export interface Volume {
    /** Items to copy. */
    readonly items: number;
    /** Writes at the target, where items take more or less than one each. Default: as many as items. */
    readonly writes?: number;
    /** Bytes of content to copy. */
    readonly bytes: number;
    /** Of these, what goes through this process. Default: all, or nothing where the service can move the data itself. */
    readonly streamedBytes?: number;
    /** Requests for further parts of large contents. Default: none. */
    readonly parts?: number;
    /** Items of the listings that come before, of both sides together. Default: none. */
    readonly listed?: number;
}

export interface EstimateRequest extends Volume {
    readonly element: Pick<ElementType, "features" | "limits">;
    readonly mode: Mode;
    /** Default: no money is estimated. */
    readonly prices?: Prices;
    /** Default: nobody knows. */
    readonly places?: Places;
}

/** What a copy takes. */
export interface Estimate {
    readonly seconds: number;
    /** Bytes of content that will be copied. */
    readonly bytes: number;
    /** Requests to both services. */
    readonly requests: number;
    /** Absent where no prices are known. */
    readonly money?: Money;
}

/** What a copy costs once: no storage, and no free allowances. */
export interface Money {
    readonly amount: number;
    /** ISO 4217. */
    readonly currency: string;
    /** The part of it that is for requests. */
    readonly requests: number;
    /** The part of it that is for data that leaves a region; absent where nobody knows where the source is. */
    readonly transfer?: number;
    /** The month that the prices are of. */
    readonly asOf: string;
}

/**
 * What a copy will take while nobody else uses the services' quota: the slowest of its rate limits (as fast as requests
 * are let out under them), of the bytes through this process, and of the latency of requests in parallel; and the listing
 * that verifies it.
 */
export function estimate(request: EstimateRequest): Estimate {
    const { element, mode, items, writes = items, parts = 0, listed = 0 } = request;
    const { limits, features } = element;
    const bytes = mode === "template" ? 0 : request.bytes;
    const streamedBytes = Math.min(bytes, request.streamedBytes ?? (features.serverSideCopy ? 0 : bytes));
    const perWrite = limits.requestsPerItem(mode);
    const counted = Object.values(perWrite).reduce((sum, count) => sum + count, 0);
    const requests = Math.ceil(writes * Math.max(1, counted)) + parts;
    const bounds = limits.rates.map((rate) =>
        pacedMilliseconds(rate, writes * (perWrite[rate.name] ?? 0), millisecondsPerRequest),
    );
    bounds.push((requests / limits.concurrency) * millisecondsPerRequest);
    if (limits.bytesPerSecond !== undefined) bounds.push((streamedBytes / limits.bytesPerSecond) * 1_000);
    const pagesOf = (count: number): number =>
        limits.itemsPerPage === undefined ? 0 : Math.ceil(count / limits.itemsPerPage);
    // The closing listing shows all that was written, and comes when all else is done.
    const pages = pagesOf(items);
    const milliseconds = Math.max(...bounds) + pages * millisecondsPerRequest;
    const all = requests + pages + pagesOf(listed);
    const { prices } = request;
    return {
        seconds: milliseconds / 1_000,
        bytes,
        requests: all,
        ...(prices === undefined
            ? {}
            : moneyFor({
                  ...request,
                  prices,
                  writes,
                  bytes,
                  streamedBytes,
                  pages: pages + pagesOf(listed),
                  parts,
              })),
    };
}

/** Several estimates as one: in all, one after another. Money of different currencies is not added up. */
export function total(estimates: readonly Estimate[]): Estimate {
    const sum = (of: (one: Estimate) => number): number => estimates.reduce((all, one) => all + of(one), 0);
    const money = estimates.flatMap((one) => (one.money === undefined ? [] : [one.money]));
    const [first] = money;
    const together =
        first === undefined || money.some(({ currency }) => currency !== first.currency)
            ? {}
            : {
                  money: {
                      amount: sum((one) => one.money?.amount ?? 0),
                      currency: first.currency,
                      requests: sum((one) => one.money?.requests ?? 0),
                      ...(money.some(({ transfer }) => transfer === undefined)
                          ? {}
                          : { transfer: sum((one) => one.money?.transfer ?? 0) }),
                      asOf: money.map(({ asOf }) => asOf).sort()[0] ?? first.asOf,
                  },
              };
    return {
        seconds: sum((one) => one.seconds),
        bytes: sum((one) => one.bytes),
        requests: sum((one) => one.requests),
        ...together,
    };
}

interface Billed extends EstimateRequest {
    readonly prices: Prices;
    readonly writes: number;
    readonly streamedBytes: number;
    readonly parts: number;
    readonly pages: number;
}

function moneyFor(billed: Billed): { money?: Money } {
    const { element, mode, prices, places = {}, writes, parts, pages, bytes, streamedBytes } = billed;
    const { billed: bill } = element.limits;
    if (bill === undefined) return {};
    const perItem = bill.perItem(mode);
    const counts = Object.entries(perItem).map(([name, count]): [string, number] => [name, count * writes]);
    counts.push([bill.perPart ?? bill.perPage, parts], [bill.perPage, pages]);
    const requests = counts.reduce(
        (sum, [name, count]) => sum + costOf(prices.prices[`${prices.kind}/${name}`], count),
        0,
    );
    const transfer =
        places.source === undefined && bytes > 0
            ? undefined
            : costOf(priceOf(prices, places, "server-side"), (bytes - streamedBytes) / bytesPerGibibyte) +
              costOf(priceOf(prices, places, "streamed"), streamedBytes / bytesPerGibibyte);
    return {
        money: {
            amount: requests + (transfer ?? 0),
            currency: prices.currency,
            requests,
            ...(transfer === undefined ? {} : { transfer }),
            asOf: prices.asOf,
        },
    };
}

function priceOf({ prices }: Prices, places: Places, path: "server-side" | "streamed"): Price | undefined {
    const name = transferPrice(places, path);
    return name === undefined ? undefined : prices[name];
}

function costOf(price: Price | undefined, count: number): number {
    return price === undefined ? 0 : (price.amount * count) / price.per;
}
