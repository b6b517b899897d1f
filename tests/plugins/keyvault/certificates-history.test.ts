import { expect } from "chai";
import fc from "fast-check";
import { isBeginning, remainingVersions } from "../../../providers/keyvault/certificates/history.js";

/** Thumbprints, as few different ones as can be mixed up. */
const thumbprints: fc.Arbitrary<string[]> = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), {
    minLength: 1,
});
const anything = fc.array(fc.constantFrom("a", "b", "c", "x", "y"));

function afterWriting(source: string[], target: string[], free: boolean): string[] {
    return [...target, ...remainingVersions(source, target, free).map((index) => source[index] ?? "")];
}

describe("the order of a certificate's versions", () => {
    it("always ends with the source's current one, and then nothing is left to write", () => {
        fc.assert(
            fc.property(thumbprints, anything, fc.boolean(), (source, target, free) => {
                const written = afterWriting(source, target, free);
                expect(written.at(-1)).to.equal(source.at(-1));
                expect(remainingVersions(source, written, free)).to.deep.equal([]);
            }),
        );
    });

    it("is that of the source where the target had nothing, whenever a run was killed", () => {
        fc.assert(
            fc.property(thumbprints, fc.nat(5), (source, killed) => {
                const half = source.slice(0, killed);
                expect(afterWriting(source, half, false)).to.deep.equal(source);
                expect(isBeginning(source, half)).to.equal(half.length > 0 && half.length < source.length);
            }),
        );
    });

    it("never has an old version over a current one that the source does not know", () => {
        fc.assert(
            fc.property(thumbprints, anything, (source, target) => {
                const current = target.at(-1);
                if (current === undefined || source.includes(current)) return;
                expect(remainingVersions(source, target, false)).to.deep.equal([source.length - 1]);
            }),
        );
    });

    it("goes on after versions that stayed behind, and knows nothing foreign as a beginning", () => {
        expect(isBeginning(["a", "b", "c"], ["b"])).to.equal(true);
        expect(remainingVersions(["a", "b", "c"], ["b"], false)).to.deep.equal([2]);
        expect(isBeginning(["a", "b", "c"], ["b", "a"])).to.equal(false);
        expect(isBeginning(["a", "b", "c"], ["x", "a"])).to.equal(false);
        expect(isBeginning(["a", "b", "c"], ["a", "c"])).to.equal(false);
        expect(remainingVersions(["a", "b", "c"], ["x"], true)).to.deep.equal([0, 1, 2]);
    });
});
