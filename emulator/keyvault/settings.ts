import type { LatencyRange } from "./limits/latency.js";
import type { KeyVaultLimits } from "./limits/table.js";
import type { Throttling } from "./limits/throttle.js";

/** What can be set while the service runs. */
export interface KeyVaultSettings {
    /** Default `fixed`. */
    throttling: Throttling;
    /** Default: the documented ones. */
    limits: KeyVaultLimits;
    /**
     * Whether a refusal says how long to wait. Default true. Answers of the real service have been seen without:
     * https://github.com/vcsjones/AzureSignTool/issues/219
     */
    retryAfter: boolean;
    /** How long requests take, by chance. Default undefined: no longer than they have to. */
    latency: LatencyRange | undefined;
    /** How long a deletion or a recovery takes, in milliseconds; seconds in Azure. Default 500. */
    transitionMilliseconds: number;
    /** How long a certificate that signs itself takes to be there, in milliseconds; seconds in Azure. Default 200. */
    issuanceMilliseconds: number;
    /**
     * Where new keys come from. `real` (default): each is generated. `pooled`: a few per type and size are generated once
     * per process and handed out in turn, so that tests of hundreds of keys don't wait for primes.
     */
    keyMaterial: "real" | "pooled";
}
