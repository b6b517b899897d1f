import type { Item, Limits } from "../contract.js";
import type { Volume } from "../estimate/estimate.js";
import type { Path } from "./types.js";

/** Adds up what there is to copy, or was copied. */
export class VolumeCounter {
    readonly #limits: Pick<Limits, "parts">;
    readonly #paths: Partial<Record<Path, number>> = {};
    #items = 0;
    #writes = 0;
    #bytes = 0;
    #streamedBytes = 0;
    #parts = 0;
    #listed = 0;

    constructor(limits: Pick<Limits, "parts">) {
        this.#limits = limits;
    }

    /** So many items stand in the listings of both sides. */
    listed(count: number): void {
        this.#listed += count;
    }

    /** An item whose data goes that way. */
    copies(path: Path, { bytes = 0, writes = 1 }: Pick<Item, "bytes" | "writes">): void {
        this.#paths[path] = (this.#paths[path] ?? 0) + 1;
        this.#items += 1;
        this.#writes += writes;
        if (path !== "server-side" && path !== "streamed") return;
        this.#bytes += bytes;
        if (path === "streamed") this.#streamedBytes += bytes;
        const parts = this.#limits.parts?.[path === "streamed" ? "streamed" : "serverSide"];
        if (parts !== undefined && bytes > parts.above) this.#parts += Math.ceil(bytes / parts.bytes);
    }

    counted(): Required<Volume> {
        return {
            items: this.#items,
            writes: this.#writes,
            bytes: this.#bytes,
            streamedBytes: this.#streamedBytes,
            parts: this.#parts,
            listed: this.#listed,
        };
    }

    paths(): Partial<Record<Path, number>> {
        return { ...this.#paths };
    }
}
