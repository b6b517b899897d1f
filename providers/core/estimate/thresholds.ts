import { z } from "zod";
import type { CredentialSettings } from "../credentials/settings.js";
import { DataplaneError } from "../errors.js";
import { formatBytes, formatDuration } from "../replication/format.js";
import type { Estimate } from "./estimate.js";

/** Stack config: a JSON object of what to warn above. */
export const warnAboveKey = "azure-dataplane:warnAbove";

const schema = z.strictObject({
    seconds: z.number().nonnegative().optional(),
    bytes: z.number().nonnegative().optional(),
    requests: z.number().nonnegative().optional(),
    /** In the currency of the prices. */
    money: z.number().nonnegative().optional(),
});

/** Above which figures of an estimate to warn. */
export type Thresholds = z.infer<typeof schema>;

/**
 * What the user wants to be warned of; by default of nothing.
 *
 * @throws DataplaneError `InvalidArgument` for a setting that is none.
 */
export function thresholdsFrom(settings: CredentialSettings): Thresholds {
    const text = settings.get(warnAboveKey);
    if (text === undefined || text.trim() === "") return {};
    try {
        return schema.parse(JSON.parse(text));
    } catch {
        throw new DataplaneError("InvalidArgument", `The setting ${warnAboveKey} can't be read`, {
            argument: warnAboveKey,
            remedy: 'Give a JSON object of numbers, such as {"seconds": 3600, "bytes": 1e12, "requests": 1e6, "money": 10}.',
        });
    }
}

/** One sentence for each figure that is above what the user set. */
export function warningsAbove(estimate: Estimate, thresholds: Thresholds): string[] {
    const { money } = estimate;
    const figures = [
        [estimate.seconds, thresholds.seconds, formatDuration],
        [estimate.bytes, thresholds.bytes, formatBytes],
        [estimate.requests, thresholds.requests, (count: number) => `${String(count)} requests`],
        [
            money?.amount ?? 0,
            thresholds.money,
            (amount: number) => formatMoney(amount, money?.currency ?? ""),
        ],
    ] as const;
    return figures.flatMap(([value, limit, format]) =>
        limit === undefined || value <= limit
            ? []
            : [
                  `the copy is estimated at ${format(value)}, which is above ${format(limit)} (${warnAboveKey})`,
              ],
    );
}

/** `0.34 USD`; what is less than a cent is said to be. */
export function formatMoney(amount: number, currency: string): string {
    return amount > 0 && amount < 0.01 ? `under 0.01 ${currency}` : `${amount.toFixed(2)} ${currency}`;
}
