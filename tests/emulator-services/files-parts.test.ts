import { expect } from "chai";
import fc from "fast-check";
import { fromPlain, toPlain } from "../../emulator/storage/files/maps.js";
import { placeOf } from "../../emulator/storage/files/names.js";
import { byOrder, pageOf, pageRequest } from "../../emulator/storage/files/paging.js";
import {
    addRange,
    bytesOf,
    parseRange,
    removeRange,
    within,
    type ByteRange,
    type RangeSet,
} from "../../emulator/storage/files/ranges.js";

const SIZE = 40;
const range = fc
    .tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1))
    .map(([a, b]): ByteRange => ({ start: Math.min(a, b), end: Math.max(a, b) }));
const step = fc.record({ adds: fc.boolean(), range });

/** The same by hand: one flag per byte. */
function flagsOf(steps: readonly { adds: boolean; range: ByteRange }[]): boolean[] {
    const flags = Array.from({ length: SIZE }, () => false);
    for (const {
        adds,
        range: { start, end },
    } of steps)
        flags.fill(adds, start, end + 1);
    return flags;
}

function shown(set: RangeSet): boolean[] {
    return Array.from({ length: SIZE }, (_, at) => set.some(({ start, end }) => start <= at && at <= end));
}

describe("parts of the local Azure Files", () => {
    it("sets of ranges hold the bytes that were added and not removed, sorted and apart", () => {
        fc.assert(
            fc.property(fc.array(step), range, (steps, limits) => {
                const set = steps.reduce<RangeSet>(
                    (before, { adds, range: changed }) =>
                        adds ? addRange(before, changed) : removeRange(before, changed),
                    [],
                );
                const flags = flagsOf(steps);
                expect(shown(set)).to.deep.equal(flags);
                expect(bytesOf(set)).to.equal(flags.filter(Boolean).length);
                for (const [index, { start }] of set.entries())
                    if (index > 0) expect(start).to.be.greaterThan((set[index - 1]?.end ?? 0) + 1);
                const inside = flags.map((flag, at) => flag && limits.start <= at && at <= limits.end);
                expect(shown(within(set, limits))).to.deep.equal(inside);
            }),
        );
    });

    it("headers of ranges are read as they are written, and nothing else is", () => {
        fc.assert(
            fc.property(range, ({ start, end }) => {
                expect(parseRange(`bytes=${String(start)}-${String(end)}`, SIZE)).to.deep.equal({
                    start,
                    end,
                });
                expect(parseRange(`bytes=${String(start)}-`, SIZE)).to.deep.equal({ start, end: SIZE - 1 });
            }),
        );
        for (const wrong of ["", "bytes=-5", "bytes=5-4", "0-4", "bytes=0-4,6-8"])
            expect(parseRange(wrong, SIZE), wrong).to.equal(undefined);
    });

    it("pages put together are the whole listing, whatever their length", () => {
        const names = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 20 });
        fc.assert(
            fc.property(names, fc.integer({ min: 1, max: 7 }), (all, length) => {
                const order = (name: string): string => name;
                const sorted = all.toSorted(byOrder(order));
                const seen: string[] = [];
                let marker: string | undefined;
                do {
                    const url = new URL(`https://a.file.core.windows.net/?maxresults=${String(length)}`);
                    if (marker !== undefined) url.searchParams.set("marker", marker);
                    const page = pageOf(sorted, pageRequest(url, []), order);
                    expect(page.entries.length).to.be.at.most(length);
                    seen.push(...page.entries);
                    marker = page.next;
                } while (marker !== "");
                expect(seen).to.deep.equal(sorted);
            }),
        );
    });

    it("paths are the same with slashes encoded or not", () => {
        const path = fc.array(
            fc.string({ minLength: 1 }).filter((name) => !/[/\\]|^\.|\.$/.test(name)),
            {
                minLength: 1,
            },
        );
        fc.assert(
            fc.property(path, (names) => {
                const encoded = names.map((name) => encodeURIComponent(name));
                for (const separator of ["/", "%2F"]) {
                    const url = new URL(`https://a.file.core.windows.net/box/${encoded.join(separator)}`);
                    expect(placeOf(url, false)).to.deep.equal({ share: "box", path: names });
                }
            }),
        );
        const dotted = new URL("https://a.file.core.windows.net/box/a./b..");
        expect(placeOf(dotted, false).path).to.deep.equal(["a", "b"]);
        expect(placeOf(dotted, true).path).to.deep.equal(["a.", "b.."]);
    });

    it("maps survive JSON, also beside a text called map", () => {
        const state = new Map([["a", { map: "x", inner: new Map([["b", [1, "2", { map: "y" }]]]) }]]);
        expect(fromPlain(JSON.parse(JSON.stringify(toPlain(state))))).to.deep.equal(state);
    });
});
