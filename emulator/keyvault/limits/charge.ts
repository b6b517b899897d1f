import type { KeyLimit, KeySize, KeyVaultLimits } from "./table.js";

/** A request, as limits see it. */
export type Transaction =
    | { readonly kind: "creation" }
    | { readonly kind: "other" }
    | { readonly kind: "key creation"; readonly hardware: boolean }
    | { readonly kind: "key"; readonly size: KeySize; readonly hardware: boolean };

/** What a request takes of a counter. */
export interface Charge {
    /** The counter's name: unique for the vault, or for the subscription. */
    readonly counter: string;
    /** How much the counter takes in one window. */
    readonly capacity: number;
    /** How much of that the request takes. */
    readonly weight: number;
    readonly perMilliseconds: number;
}

/**
 * The counters that a request to a vault counts against: the vault's and its subscription's.
 *
 * @param vaultId the ARM resource ID.
 */
export function chargesOf(transaction: Transaction, limits: KeyVaultLimits, vaultId: string): Charge[] {
    const { perMilliseconds, subscriptionFactor } = limits;
    const { counter, capacity, weight } = chargeOf(transaction, limits);
    const vault = vaultId.toLowerCase();
    const subscription = vault.split("/").slice(0, 3).join("/");
    return [
        { counter: `${vault} ${counter}`, capacity, weight, perMilliseconds },
        {
            counter: `${subscription} ${counter}`,
            capacity: capacity * subscriptionFactor,
            weight,
            perMilliseconds,
        },
    ];
}

function chargeOf(
    transaction: Transaction,
    limits: KeyVaultLimits,
): Pick<Charge, "counter" | "capacity" | "weight"> {
    switch (transaction.kind) {
        case "creation":
            return { counter: "creations", capacity: limits.creations, weight: 1 };
        case "other":
            return { counter: "others", capacity: limits.others, weight: 1 };
        case "key creation":
            return {
                counter: "key creations",
                ...weighted([limits.keyCreations], limits.keyCreations, transaction.hardware),
            };
        case "key":
            return {
                counter: "key transactions",
                ...weighted(
                    Object.values(limits.keyTransactions),
                    limits.keyTransactions[transaction.size],
                    transaction.hardware,
                ),
            };
    }
}

/** In units of the cheapest request. */
function weighted(
    all: readonly KeyLimit[],
    own: KeyLimit,
    hardware: boolean,
): Pick<Charge, "capacity" | "weight"> {
    const capacity = Math.max(...all.flatMap(({ software, hardware: hsm }) => [software, hsm]));
    return { capacity, weight: capacity / (hardware ? own.hardware : own.software) };
}
