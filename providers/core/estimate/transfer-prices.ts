import type { PriceTable } from "./prices.js";

const gibibyte = (amount: number) => ({ amount, per: 1 });

/**
 * Data that leaves a region, per GiB, by the zone that it leaves: 1 is North America and Europe, 2 is Asia, Oceania, the
 * Middle East and Africa, 3 is South America. What comes in, and what stays in a region, is free. `internet` is the
 * price after the first 100 GB of a month, which are free, up to 10 TB.
 */
export const transferPrices: PriceTable = {
    currency: "USD",
    asOf: "2025-07",
    source: "https://azure.microsoft.com/pricing/details/bandwidth/",
    prices: {
        "transfer/within continent/1": gibibyte(0.02),
        "transfer/within continent/2": gibibyte(0.08),
        "transfer/within continent/3": gibibyte(0.16),
        "transfer/between continents/1": gibibyte(0.05),
        "transfer/between continents/2": gibibyte(0.08),
        "transfer/between continents/3": gibibyte(0.16),
        "transfer/internet/1": gibibyte(0.087),
        "transfer/internet/2": gibibyte(0.12),
        "transfer/internet/3": gibibyte(0.181),
    },
};
