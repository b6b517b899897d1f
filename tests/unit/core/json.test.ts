import { expect } from "chai";
import fc from "fast-check";
import { canonicalJson, sameJson, type Json } from "../../../providers/core/json.js";

describe("two values of JSON", () => {
    const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

    it("are the same exactly where their one text is", () => {
        fc.assert(
            fc.property(value, value, (a, b) => {
                // The two zeros have one text.
                fc.pre(!JSON.stringify([a, b]).includes("-0"));
                expect(sameJson(a, b)).to.equal(canonicalJson(a) === canonicalJson(b));
                expect(sameJson(a, structuredClone(a))).to.equal(true);
            }),
        );
    });

    it("are the same in any order of names, and differ in one name or entry", () => {
        const object = fc.dictionary(fc.string(), value, { minKeys: 1, maxKeys: 5 });
        fc.assert(
            fc.property(object, (a) => {
                const [first] = Object.keys(a);
                const turned = Object.fromEntries(Object.entries(a).reverse());
                expect(sameJson(a, turned)).to.equal(true);
                expect(sameJson(a, { ...a, [`${String(first)} more`]: null })).to.equal(false);
                expect(sameJson([a], [a, a])).to.equal(false);
                expect(sameJson(a, Object.values(a))).to.equal(false);
            }),
        );
    });
});
