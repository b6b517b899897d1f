import type { Limits, Mode, RateLimit } from "../core/contract.js";

const page = "https://learn.microsoft.com/azure/key-vault/general/service-limits";
const ofKeys = `${page}#key-transactions-maximum-transactions-allowed-in-10-seconds-per-vault-per-region`;
const ofTheVault = `${page}#secrets-managed-storage-account-keys-and-vault-transactions`;

const perMilliseconds = 10_000;

/** What a request counts as; the names are those of the rates. */
type Transaction = "write" | "create key" | "key" | "read";

/**
 * Setting a secret, importing a key and importing a certificate count together. All that concerns one key has limits by
 * its type and size. The page says nothing about restoring a backup, nor about making a certificate: taken for "all
 * other transactions".
 */
function transactionOf(method: string, url: URL): Transaction {
    const [collection, name, verb] = url.pathname.split("/").filter((segment) => segment !== "");
    switch (collection) {
        case "secrets":
            return method === "PUT" ? "write" : "read";
        case "certificates":
            return method === "POST" && verb === "import" ? "write" : "read";
        case "keys":
            if (name === undefined || (method === "POST" && name === "restore")) return "read";
            if (method === "PUT" && verb === undefined) return "write";
            return method === "POST" && verb === "create" ? "create key" : "key";
        default:
            return "read";
    }
}

function rate(name: Transaction, count: number, source: string): RateLimit {
    return {
        name,
        count,
        perMilliseconds,
        applies: (method, url) => transactionOf(method, url) === name,
        source,
    };
}

/**
 * The limits of a vault, per region; all its element types share them. A URL does not tell a key's type and size, so
 * transactions on keys have the lowest of their limits, that of RSA keys of 4,096 bits in hardware.
 */
const rates: readonly RateLimit[] = [
    rate("write", 300, ofTheVault),
    {
        ...rate("create key", 20, ofKeys),
        // In hardware half as many: 10.
        cost: (body) => (body !== undefined && isForHardware(body) ? 2 : 1),
    },
    rate("key", 250, ofKeys),
    rate("read", 4_000, ofTheVault),
];

/** `RSA-HSM` and `EC-HSM`: https://learn.microsoft.com/rest/api/keyvault/keys/create-key/create-key#jsonwebkeytype */
function isForHardware(body: string): boolean {
    return /"kty"\s*:\s*"[^"]*-HSM"/i.test(body);
}

/**
 * An item in flight waits for three answers one after another: the content at the source, the look at the target, the
 * write. Thirty writes a second, over which a far vault takes 200 ms per answer, need 18 items in flight; and some more
 * make up for what listings held up. Pacing holds them to the limits, however many there are.
 */
const concurrency = 24;

/** The service's largest page: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secrets/get-secrets */
const itemsPerPage = 25;

/** The limits of element types that need so many requests for an item. */
export function vaultLimits(requestsPerItem: (mode: Mode) => Partial<Record<Transaction, number>>): Limits {
    return {
        concurrency,
        rates,
        requestsPerItem,
        itemsPerPage,
        billed: {
            perItem: (mode) => {
                const { key = 0, "create key": create = 0, read = 0, write = 0 } = requestsPerItem(mode);
                return { operation: read + write, "key operation": key + create };
            },
            perPage: "operation",
        },
    };
}

/** A write looks first whether the target is still as it was listed; replication reads the value at the source too. */
export const secretLimits: Limits = vaultLimits((mode) => ({
    write: 1,
    read: mode === "replication" ? 2 : 1,
}));

/** A key is looked at, and then made anew, or saved at the source and restored. */
export const keyLimits: Limits = vaultLimits((mode) =>
    mode === "replication" ? { key: 3, read: 1 } : { "create key": 1, key: 2 },
);

/**
 * A certificate's private key is read from the secret behind it, and comes to the target by an import; with its policy,
 * a look for a pending operation, and looks at the target before and after.
 */
export const certificateLimits: Limits = vaultLimits((mode) =>
    mode === "replication" ? { write: 1, read: 8 } : { read: 3 },
);
