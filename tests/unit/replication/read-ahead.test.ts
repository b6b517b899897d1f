import { expect } from "chai";
import fc from "fast-check";
import { setImmediate as nextTurn } from "node:timers/promises";
import { readAhead } from "../../../providers/core/replication/read-ahead.js";
import { failureOf, itemsOf } from "../../plugins/helpers.js";

/** Numbers, one a turn; tells how far it was read and whether it was ended. */
class Numbers implements AsyncIterable<number> {
    read = 0;
    ended = false;

    constructor(
        private readonly count: number,
        private readonly failure?: Error,
    ) {}

    async *[Symbol.asyncIterator](): AsyncGenerator<number, undefined> {
        try {
            for (let number = 0; number < this.count; number += 1) {
                await nextTurn();
                this.read += 1;
                yield number;
            }
            if (this.failure !== undefined) throw this.failure;
        } finally {
            this.ended = true;
        }
        return undefined;
    }
}

async function turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

describe("reading ahead", () => {
    it("begins at once, and holds no more than it may", async () => {
        const numbers = new Numbers(100);
        const ahead = readAhead(numbers, 10);
        await turns(50);
        expect(numbers.read).to.equal(10);
        expect(await itemsOf(ahead)).to.deep.equal(Array.from({ length: 100 }, (_, number) => number));
    });

    it("gives everything in order, however fast it is taken", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.nat({ max: 40 }),
                fc.integer({ min: 1, max: 50 }),
                fc.nat({ max: 3 }),
                async (count, limit, pause) => {
                    const taken: number[] = [];
                    for await (const number of readAhead(new Numbers(count), limit)) {
                        taken.push(number);
                        await turns(pause);
                    }
                    expect(taken).to.deep.equal(Array.from({ length: count }, (_, number) => number));
                },
            ),
            { numRuns: 40 },
        );
    });

    it("throws a failure after what came before it", async () => {
        const failure = new Error("the second page failed");
        const ahead = readAhead(new Numbers(3, failure), 10);
        await turns(10);
        const taken: number[] = [];
        const thrown = await failureOf(
            (async () => {
                for await (const number of ahead) taken.push(number);
            })(),
        );
        expect(thrown).to.equal(failure);
        expect(taken).to.deep.equal([0, 1, 2]);
    });

    it("ends the reading when it is stopped, also where nobody took anything", async () => {
        const numbers = new Numbers(100);
        const ahead = readAhead(numbers, 10);
        await turns(50);
        ahead.stop();
        await turns(2);
        expect(numbers).to.deep.include({ read: 10, ended: true });
        expect(await itemsOf(ahead)).to.deep.equal([]);
    });
});
