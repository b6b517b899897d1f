import { expect } from "chai";
import { Paged, pagesOf } from "../../../providers/core/paged.js";

describe("paged items", () => {
    let open = 0;
    const paged = new Paged(async function* () {
        open += 1;
        try {
            yield* await Promise.resolve([[1, 2], [], [3]]);
        } finally {
            open -= 1;
        }
    });

    async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
        const found: T[] = [];
        for await (const item of items) found.push(item);
        return found;
    }

    it("come one by one or by the page, as often as they are asked for", async () => {
        expect(await all(paged)).to.deep.equal([1, 2, 3]);
        expect(await all(pagesOf(paged))).to.deep.equal([[1, 2], [], [3]]);
        expect(await all(paged)).to.deep.equal([1, 2, 3]);
        async function* single() {
            yield* await Promise.resolve([1, 2]);
        }
        expect(await all(pagesOf(single()))).to.deep.equal([[1], [2]]);
        expect(open).to.equal(0);
    });

    it("are let go of where nobody reads on", async () => {
        for await (const item of paged) {
            expect(item).to.equal(1);
            break;
        }
        for await (const page of pagesOf(paged)) {
            expect(page).to.deep.equal([1, 2]);
            break;
        }
        expect(open).to.equal(0);
    });
});
