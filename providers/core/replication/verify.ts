import type { ElementType, Item } from "../contract.js";
import { DataplaneError } from "../errors.js";
import type { Tally } from "./tally.js";
import type { Timing } from "./timing.js";

/** A write that the closing listing must show. */
export interface Written {
    /** The item's name at the source. */
    readonly item: string;
    /** Its name and version at the target, as the write's answer had them: the item itself is not kept. */
    readonly name: string;
    readonly version: string;
    readonly counted: "created" | "updated" | "same";
    /** It counted as faithful. */
    readonly faithful: boolean;
}

/** So many writes are remembered one by one; what goes beyond is verified by its group's digest alone. */
const rememberedAtMost = 100_000;
/** So many items that a listing does not show are asked for one by one: it may lag behind. */
const askedAtMost = 100;
const asks = 3;
const askDelayMilliseconds = 1_000;

/** Checks the writes of a run against one closing listing of the target. */
export class Verifier {
    readonly #element: ElementType;
    readonly #written = new Map<string, Written>();
    readonly #bounded: boolean;
    #any = false;

    /** @param bounded remember no more writes than fit; only where groups have digests that tell of the rest. */
    constructor(element: ElementType, bounded: boolean) {
        this.#element = element;
        this.#bounded = bounded;
    }

    /** Whether anything was written at all. */
    get any(): boolean {
        return this.#any;
    }

    expect(written: Written): void {
        this.#any = true;
        if (this.#bounded && this.#written.size >= rememberedAtMost) return;
        this.#written.set(this.#element.key(written.name), written);
    }

    /** Takes in one item of the closing listing. */
    close(item: Item): void {
        const key = this.#element.key(item.name);
        if (this.#written.get(key)?.version === item.version) this.#written.delete(key);
    }

    /** After the listing: asks again for what it did not show, then reports each as a failure. */
    async finish(
        find: (name: string) => Promise<Item | undefined>,
        tally: Tally,
        timing: Timing,
        signal: AbortSignal,
    ): Promise<void> {
        let asked = 0;
        for (const written of this.#written.values()) {
            asked += 1;
            const shown = asked > askedAtMost ? undefined : await this.#ask(written, find, timing, signal);
            if (shown?.version === written.version) continue;
            const what = shown === undefined ? "does not show it" : `shows version ${shown.version}`;
            const message = `"${written.item}" was written, but the closing listing ${what}`;
            const error = new DataplaneError("Corrupt", message, { item: written.item, side: "target" });
            tally.disproven(written.counted, written.faithful, { item: written.item, error });
        }
    }

    async #ask(
        written: Written,
        find: (name: string) => Promise<Item | undefined>,
        timing: Timing,
        signal: AbortSignal,
    ): Promise<Item | undefined> {
        let shown: Item | undefined;
        for (let ask = 1; ask <= asks; ask++) {
            shown = await find(written.name);
            if (shown?.version === written.version) break;
            if (ask < asks) await timing.sleep(askDelayMilliseconds, signal);
        }
        return shown;
    }
}
