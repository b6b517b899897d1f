import { ByteBudget } from "../core/replication/byte-budget.js";

/**
 * Memory for the parts of blobs that go through this process, of which there is only so much for all of them. It is used
 * again as long as anybody uses any: making and clearing it takes longer than to copy what goes in.
 */
export class BlockMemory {
    readonly #budget: ByteBudget;
    #spare: Buffer[] = [];
    #users = 0;

    constructor(bytes: number) {
        this.#budget = new ByteBudget(bytes);
    }

    /** Runs the work with a buffer of at least so many bytes, which is its own until it has ended. */
    hold<T>(bytes: number, work: (buffer: Buffer) => Promise<T>): Promise<T> {
        return this.#budget.hold(bytes, async () => {
            this.#users += 1;
            const buffer = this.#take(bytes);
            try {
                return await work(buffer);
            } finally {
                this.#users -= 1;
                if (this.#users === 0) this.#spare = [];
                else this.#spare.push(buffer);
            }
        });
    }

    #take(bytes: number): Buffer {
        const at = this.#spare.findIndex(({ length }) => length >= bytes);
        const [found] = at < 0 ? [] : this.#spare.splice(at, 1);
        if (found !== undefined) return found;
        // What is too small would lie there beside the new one.
        this.#spare = [];
        return Buffer.allocUnsafeSlow(bytes);
    }
}
