import { expect } from "chai";
import fc from "fast-check";
import type { Item } from "../../../providers/core/contract.js";
import { join, type Pair } from "../../../providers/core/replication/join.js";
import { Selector } from "../../../providers/core/replication/selection.js";
import type { Selection } from "../../../providers/core/replication/types.js";
import { fakeElement } from "./fake-store.js";

const ordered = fakeElement({ order: "key" });
const unordered = fakeElement({ order: "none" });

interface Listing extends AsyncIterable<Item> {
    taken: number;
    closed: boolean;
}

function listing(names: Iterable<string>): Listing {
    const self = {
        taken: 0,
        closed: false,
        async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
            try {
                for (const name of names) {
                    await Promise.resolve();
                    self.taken += 1;
                    yield { name, version: "1", properties: {} };
                }
            } finally {
                self.closed = true;
            }
        },
    };
    return self;
}

async function pairs(element: typeof ordered, source: string[], target: string[], selection: Selection = {}) {
    const found: Pair[] = [];
    const selector = new Selector(selection, element);
    const stream = join({
        element,
        source: listing(source),
        target: listing(target),
        selector,
        unique: true,
    });
    for await (const pair of stream) found.push(pair);
    return found.map((pair) => ({
        name: pair.name,
        sides: `${pair.source === undefined ? "" : "s"}${pair.target === undefined ? "" : "t"}`,
        selected: pair.selected,
    }));
}

describe("join", () => {
    const names = fc.uniqueArray(fc.string({ maxLength: 4 }), { maxLength: 30 });

    for (const [how, element] of [
        ["merges", ordered],
        ["joins through a table", unordered],
    ] as const) {
        it(`${how}: every name once, with the sides that have it`, async () => {
            await fc.assert(
                fc.asyncProperty(names, names, async (source, target) => {
                    if (element === ordered) [source, target] = [[...source].sort(), [...target].sort()];
                    const found = await pairs(element, source, target);
                    const expected = [...new Set([...source, ...target])].map((name) => ({
                        name,
                        sides: `${source.includes(name) ? "s" : ""}${target.includes(name) ? "t" : ""}`,
                        selected: source.includes(name),
                    }));
                    expect(found).to.have.deep.members(expected);
                    expect(found).to.have.length(expected.length);
                }),
            );
        });

        it(`${how}: pairs what the selection leaves out, so that it isn't taken for gone`, async () => {
            const found = await pairs(element, ["a", "b"], ["b"], { exclude: ["b"] });
            expect(found).to.have.deep.members([
                { name: "a", sides: "s", selected: true },
                { name: "b", sides: "st", selected: false },
            ]);
        });
    }

    it("joins renamed items by their name at the target, in any order", async () => {
        const found = await pairs(ordered, ["a", "b", "c"], ["a", "b", "x"], { rename: { a: "x", b: "a" } });
        expect(found).to.have.deep.members([
            { name: "x", sides: "st", selected: true },
            { name: "a", sides: "st", selected: true },
            { name: "c", sides: "s", selected: true },
            { name: "b", sides: "t", selected: false },
        ]);
    });

    it("gives the target to the renamed item, not to the excluded one of that name", async () => {
        for (const source of [
            ["new", "old"],
            ["old", "new"],
        ]) {
            const found = await pairs(unordered, source, ["old"], {
                rename: { new: "old" },
                exclude: ["old"],
            });
            expect(found.filter(({ selected }) => selected)).to.deep.equal([
                { name: "old", sides: "st", selected: true },
            ]);
        }
    });

    it("names both items that would take one name", async () => {
        const failure = await pairs(unordered, ["a", "b"], [], { rename: { a: "b" } }).catch(String);
        expect(failure).to.match(/"a" and "b"/);
    });

    it("takes no more of a merged listing than it needs, and closes both", async () => {
        const endless = listing(
            (function* () {
                for (let index = 0; ; index++) yield String(index).padStart(9, "0");
            })(),
        );
        const target = listing(["000000001"]);
        const selector = new Selector({}, ordered);
        let seen = 0;
        for await (const pair of join({
            element: ordered,
            source: endless,
            target,
            selector,
            unique: true,
        })) {
            seen += 1;
            expect(pair.source).to.not.equal(undefined);
            if (seen === 1_000) break;
        }
        expect(endless.taken).to.be.at.most(1_002);
        expect([endless.closed, target.closed]).to.deep.equal([true, true]);
    });

    it("fails clearly where a service breaks its own order", async () => {
        const failure = await pairs(ordered, ["b", "a"], []).catch(String);
        expect(failure).to.match(/the source lists "a" after "b", against the order/);
    });
});
