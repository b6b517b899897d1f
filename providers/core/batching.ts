import type { Item, PutOptions } from "./contract.js";

/** How writes go together in one request, which the service carries out as a whole or not at all. */
export interface Batching<Content = unknown> {
    /** Writes in one request at most. */
    readonly items: number;
    /** Bytes of one request at most, without what it needs beside its writes. */
    readonly bytes: number;
    /** Where both figures are documented. */
    readonly source: string;
    /** Only items with the same key go together: those of one partition. */
    key(name: string): string;
    /** Bytes that a write takes in a request, never less than it will be. */
    size(item: Item, content: Content): number;
}

/** One write of several that go together. */
export interface BatchWrite<Content = unknown> {
    readonly item: Item;
    readonly content: Content;
    readonly options: PutOptions;
}

/** What became of writes that went together. */
export type BatchAnswer =
    /** All of them, in their order, as the target now has them. */
    | { readonly written: readonly Item[] }
    /** None of them, because of this one (its index) and for this reason. The others may be sent again without it. */
    | { readonly refused: number; readonly error: unknown };
