/** What the competing client sets; nobody copies it. */
export const competitorSecret = "competitor";

/** The two vaults of a case, and what is done with them; sent to a client process. */
export interface Job {
    /**
     * `replicate`: ours, once. `replicate-again`: ours with nothing to do, beside the bare paging. `script`: read and set
     * one after another with the SDK. `script-again`: reads on both sides, and sets what differs. `compete`: keeps setting a secret until `stop` comes.
     */
    readonly kind: "replicate" | "replicate-again" | "script" | "script-again" | "compete";
    /** ARM resource IDs. */
    readonly source: string;
    readonly target: string;
    readonly sourceUrl: string;
    readonly targetUrl: string;
    /** All versions, not only the latest. */
    readonly allVersions: boolean;
    /** Of `compete`: secrets set per second. */
    readonly perSecond?: number;
}

/** What a client process answers with; times in seconds. */
export interface JobResult {
    readonly seconds: number;
    /** Items that failed. */
    readonly failed: number;
    /** What the plan said before, of `replicate`. */
    readonly estimate?: number;
    /** The bare paging of both vaults, of `replicate-again`. */
    readonly listing?: number;
}
