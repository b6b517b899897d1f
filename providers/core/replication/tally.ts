import type { Loss } from "../contract.js";
import { DataplaneError } from "../errors.js";
import type { ItemFailure, Path, Summary } from "./types.js";

/** At most so many losses and failures are told one by one: they stand in the state and in the terminal. */
const toldOneByOne = 1_000;

/** What became of one item of the source, or of one at the target that the source lacks. */
export type Count = "created" | "updated" | "same" | "kept" | "pruned" | "conflicts" | "lost" | "failed";

/** Counts what a run does. */
export class Tally {
    readonly #counts: Record<Count, number> = {
        created: 0,
        updated: 0,
        same: 0,
        kept: 0,
        pruned: 0,
        conflicts: 0,
        lost: 0,
        failed: 0,
    };
    readonly #paths: Partial<Record<Path, number>> = {};
    readonly #losses: Loss[] = [];
    readonly #failures: ItemFailure[] = [];
    #losing = 0;
    #failing = 0;
    #selected = 0;
    #faithful = 0;
    #bytes = 0;
    readonly #compared = { items: 0, bytes: 0 };
    #streamedBecause: string | undefined;

    get bytes(): number {
        return this.#bytes;
    }

    /** Source items that are settled. */
    get done(): number {
        return this.#selected;
    }

    /** A source item whose copy is what it should be, but for `losses`. */
    carried(count: "created" | "updated" | "same", losses: readonly Loss[], path?: Path, bytes = 0): void {
        this.#counts[count] += 1;
        this.#selected += 1;
        this.#bytes += bytes;
        if (path !== undefined) this.#paths[path] = (this.#paths[path] ?? 0) + 1;
        if (losses.every((loss) => loss.minor === true)) this.#faithful += 1;
        for (const loss of losses) this.#lose(loss);
    }

    /** An item's content was read on both sides, so many bytes of each. */
    compared(bytes: number): void {
        this.#compared.items += 1;
        this.#compared.bytes += bytes;
    }

    /** The service won't move data that it was asked to move; the first reason is told. */
    refused(reason: string): void {
        this.#streamedBecause ??= reason;
    }

    lost(loss: Loss): void {
        this.#counts.lost += 1;
        this.#selected += 1;
        if (loss.minor === true) this.#faithful += 1;
        this.#lose(loss);
    }

    /** A source item that is not carried; with an error unless the user asked to skip such. */
    notCarried(count: "failed" | "conflicts", failure?: ItemFailure): void {
        this.#counts[count] += 1;
        this.#selected += 1;
        if (failure !== undefined) this.#fail(failure);
    }

    /** An item at the target that the source lacks. */
    leftOver(count: "kept" | "pruned", failure?: ItemFailure): void {
        this.#counts[count] += 1;
        if (failure !== undefined) this.#fail(failure);
    }

    /** An item that counted as carried turns out not to be there. */
    disproven(count: "created" | "updated" | "same", faithful: boolean, failure: ItemFailure): void {
        this.#counts[count] -= 1;
        this.#counts.failed += 1;
        if (faithful) this.#faithful -= 1;
        this.#fail(failure);
    }

    /** The run itself failed. */
    runFailed(error: DataplaneError): void {
        this.#fail({ item: "", error });
    }

    #lose(loss: Loss): void {
        this.#losing += 1;
        if (this.#losses.length < toldOneByOne) this.#losses.push(loss);
    }

    #fail(failure: ItemFailure): void {
        this.#failing += 1;
        if (this.#failures.length < toldOneByOne) this.#failures.push(failure);
    }

    losses(): Loss[] {
        const more = this.#losing - this.#losses.length;
        if (more === 0) return [...this.#losses];
        const reason = `${String(more)} more losses are counted but not listed`;
        return [...this.#losses, { item: "", what: "item", reason }];
    }

    failures(): ItemFailure[] {
        const more = this.#failing - this.#failures.length;
        if (more === 0) return [...this.#failures];
        const message = `${String(more)} more items failed and are not listed`;
        return [...this.#failures, { item: "", error: new DataplaneError("Unexpected", message) }];
    }

    summary(seconds: number): Summary {
        const fidelity = this.#selected === 0 ? 1 : this.#faithful / this.#selected;
        return {
            ...this.#counts,
            bytes: this.#bytes,
            seconds,
            fidelity,
            paths: { ...this.#paths },
            ...(this.#streamedBecause === undefined ? {} : { streamedBecause: this.#streamedBecause }),
            ...(this.#compared.items === 0 ? {} : { compared: { ...this.#compared } }),
        };
    }
}
