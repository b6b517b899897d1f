import type { PriceTable } from "../core/estimate/prices.js";

/**
 * Of vaults, in US dollars, alike in nearly all regions. Keys other than RSA of 2,048 bits cost more: a listing does not
 * tell their size, so all are taken for such. What keys in hardware cost a month is no cost of the copy.
 */
export const prices: PriceTable = {
    currency: "USD",
    asOf: "2025-07",
    source: "https://azure.microsoft.com/pricing/details/key-vault/",
    prices: {
        operation: { amount: 0.03, per: 10_000 },
        "key operation": { amount: 0.15, per: 10_000 },
    },
};
