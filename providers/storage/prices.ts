import type { Mode } from "../core/contract.js";
import type { Billing } from "../core/estimate/billing.js";
import type { PriceTable } from "../core/estimate/prices.js";

/**
 * Of standard accounts with local redundancy, in US dollars, in a region that is neither cheap nor dear; blobs in the tier
 * Hot, shares that are transaction optimized. Cooler tiers, more redundancy and premium accounts cost otherwise.
 *
 * Also https://azure.microsoft.com/pricing/details/storage/files/, `…/queues/` and `…/tables/`.
 */
export const prices: PriceTable = {
    currency: "USD",
    asOf: "2025-07",
    source: "https://azure.microsoft.com/pricing/details/storage/blobs/",
    prices: {
        "blob write": { amount: 0.055, per: 10_000 },
        "blob read": { amount: 0.0044, per: 10_000 },
        "file write": { amount: 0.015, per: 10_000 },
        "file read": { amount: 0.0015, per: 10_000 },
        queue: { amount: 0.004, per: 10_000 },
        table: { amount: 0.00036, per: 10_000 },
    },
};

/** Prices that the same requests are billed at, in both modes unless `template` says otherwise. */
export function billed(
    perItem: Readonly<Record<string, number>>,
    rest: Omit<Billing, "perItem">,
    template: Readonly<Record<string, number>> = perItem,
): Billing {
    return { ...rest, perItem: (mode: Mode) => (mode === "template" ? template : perItem) };
}
