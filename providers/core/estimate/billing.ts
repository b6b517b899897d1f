import type { Mode } from "../contract.js";

/** Contents larger than so many bytes go in parts of so many. */
export interface Parts {
    readonly above: number;
    readonly bytes: number;
}

/** What the service bills, by the names of the plugin's prices. */
export interface Billing {
    /** What one item costs when it is copied in that mode. */
    perItem(mode: Mode): Readonly<Record<string, number>>;
    /** The price of one page of a listing. */
    readonly perPage: string;
    /** The price of a request for a part of a large content. Default: that of a page. */
    readonly perPart?: string;
}
