interface Waiting {
    readonly bytes: number;
    readonly start: () => void;
}

/** So many bytes may be held at once, by all that share the budget; who comes first is served first. */
export class ByteBudget {
    #left: number;
    readonly #line: Waiting[] = [];

    constructor(private readonly total: number) {
        this.#left = total;
    }

    /** Runs the work when so many bytes are free. What needs more than there are in all runs alone. */
    async hold<T>(bytes: number, work: () => Promise<T>): Promise<T> {
        const held = Math.min(bytes, this.total);
        if (this.#line.length > 0 || held > this.#left) {
            await new Promise<void>((resolve) => {
                this.#line.push({ bytes: held, start: resolve });
            });
        } else this.#left -= held;
        try {
            return await work();
        } finally {
            this.#left += held;
            this.#serve();
        }
    }

    #serve(): void {
        for (
            let first = this.#line[0];
            first !== undefined && first.bytes <= this.#left;
            first = this.#line[0]
        ) {
            this.#left -= first.bytes;
            this.#line.shift();
            first.start();
        }
    }
}
