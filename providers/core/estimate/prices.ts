import { z } from "zod";
import type { Plugin } from "../contract.js";
import type { CredentialSettings } from "../credentials/settings.js";
import { DataplaneError } from "../errors.js";
import { loadPlugins } from "../registry.js";
import { transferPrices } from "./transfer-prices.js";

/** What so many units of something cost. */
export interface Price {
    readonly amount: number;
    /** Requests, or GiB of transfer. */
    readonly per: number;
}

/** List prices of a service, as they were at a date: they differ by region and contract, and change. */
export interface PriceTable {
    /** ISO 4217. */
    readonly currency: string;
    /** The month that they were looked up in: `2026-11`. */
    readonly asOf: string;
    /** Where they stand. */
    readonly source: string;
    /** By what is billed, such as `operation`. */
    readonly prices: Readonly<Record<string, Price>>;
}

/** All prices that an estimate for one kind of resource uses. */
export interface Prices {
    readonly currency: string;
    /** The older of the tables' dates. */
    readonly asOf: string;
    /** By `kind/name` and `transfer/…`. */
    readonly prices: Readonly<Record<string, Price>>;
    readonly kind: string;
}

/** Stack config: amounts by the price's name, in the units of the tables, and the currency that they are in. */
export const pricesKey = "azure-dataplane:prices";

const override = z.record(z.string(), z.union([z.number().nonnegative(), z.string().regex(/^[A-Z]{3}$/)]));

/**
 * The prices of a kind of resource, and of transfer: those of the tables, with the user's own in their place. With
 * another currency than the tables', only the user's own prices count.
 *
 * @throws DataplaneError `InvalidArgument` for a setting that is none or names no price.
 */
export function pricesFor(plugin: Pick<Plugin, "kind" | "prices">, settings: CredentialSettings): Prices {
    const listed = listPrices([plugin]);
    const { currency = transferPrices.currency, ...amounts } = parseOverride(settings.get(pricesKey));
    if (typeof currency !== "string") throw invalid("currency");
    checkNames(amounts);
    const kept = currency === transferPrices.currency ? listed : {};
    const given = Object.entries(amounts).flatMap(([name, amount]) => {
        const price = listed[name];
        return price === undefined || typeof amount !== "number"
            ? []
            : [[name, { ...price, amount }] as const];
    });
    const dates = [transferPrices.asOf, ...(plugin.prices === undefined ? [] : [plugin.prices.asOf])];
    return {
        currency,
        asOf: dates.sort()[0] ?? transferPrices.asOf,
        prices: { ...kept, ...Object.fromEntries(given) },
        kind: plugin.kind,
    };
}

/** The list prices of kinds of resources, and of transfer, by name. */
export function listPrices(
    plugins: Iterable<Pick<Plugin, "kind" | "prices">>,
): Readonly<Record<string, Price>> {
    const own = [...plugins].flatMap(({ kind, prices }) =>
        Object.entries(prices?.prices ?? {}).map(([name, price]) => [`${kind}/${name}`, price] as const),
    );
    return { ...Object.fromEntries(own), ...transferPrices.prices };
}

function parseOverride(text: string | undefined): Record<string, string | number> {
    if (text === undefined || text.trim() === "") return {};
    try {
        return override.parse(JSON.parse(text));
    } catch {
        throw invalid();
    }
}

function checkNames(amounts: Readonly<Record<string, string | number>>): void {
    const names = Object.keys(amounts);
    if (names.length === 0) return;
    const known = listPrices(loadPlugins().values());
    const wrong = names.find((name) => known[name] === undefined || typeof amounts[name] !== "number");
    if (wrong !== undefined) throw invalid(wrong, Object.keys(known));
}

function invalid(name?: string, known: readonly string[] = []): DataplaneError {
    const what =
        name === undefined
            ? "is not a JSON object of amounts by name"
            : `has no price "${name}", or its amount is no number`;
    const names = known.length === 0 ? "" : ` Prices: ${known.join(", ")}.`;
    return new DataplaneError("InvalidArgument", `The setting ${pricesKey} ${what}`, {
        argument: pricesKey,
        remedy: `Give for example {"currency": "EUR", "transfer/internet/1": 0.08}.${names}`,
    });
}
