import type { KeyVaultLimits, Throttling } from "./limits.js";

/** What can be set while the service runs. */
export interface KeyVaultSettings {
    /** Default `fixed`. */
    throttling: Throttling;
    /** Default: the documented ones. */
    limits: KeyVaultLimits;
    /** How long a deletion or a recovery takes, in milliseconds; seconds in Azure. Default 500. */
    transitionMilliseconds: number;
    /**
     * Where new keys come from. `real` (default): each is generated. `pooled`: a few per type and size are generated once
     * per process and handed out in turn, so that tests of hundreds of keys don't wait for primes.
     */
    keyMaterial: "real" | "pooled";
}
