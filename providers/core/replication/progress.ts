import { formatBytes } from "./format.js";
import type { Tally } from "./tally.js";
import type { GroupSummary, ItemsByGroup, ItemsByName, ProgressEvent, ReplicationRequest } from "./types.js";

/** How many items were previewed. */
export function countItems(items: ItemsByName | ItemsByGroup): number {
    let count = 0;
    for (const value of Object.values(items) as (string | GroupSummary)[]) {
        count += typeof value === "string" ? 1 : value.count;
    }
    return count;
}

/** Tells how far a run is. An event per item: whoever shows them throttles them. */
export class Progress {
    readonly #total: number;
    readonly #send: (event: ProgressEvent) => void;

    constructor(request: Pick<ReplicationRequest, "items" | "onProgress">) {
        this.#total = countItems(request.items);
        this.#send = request.onProgress ?? (() => undefined);
    }

    listing(): void {
        this.#send({
            kind: "listing",
            done: 0,
            total: this.#total,
            bytes: 0,
            message: "listing source and target",
        });
    }

    item(tally: Tally): void {
        this.#emit("item", tally, this.#howFar(tally));
    }

    waiting(tally: Tally, message: string): void {
        this.#emit("waiting", tally, message);
    }

    done(tally: Tally): void {
        this.#emit("done", tally, this.#howFar(tally));
    }

    #emit(kind: ProgressEvent["kind"], tally: Tally, message: string): void {
        this.#send({ kind, done: tally.done, total: this.#total, bytes: tally.bytes, message });
    }

    #howFar(tally: Tally): string {
        const bytes = tally.bytes === 0 ? "" : ` (${formatBytes(tally.bytes)})`;
        return `${String(tally.done)} of ${String(this.#total)}${bytes}`;
    }
}
