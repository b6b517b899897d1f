import { expect } from "chai";
import fc from "fast-check";
import {
    SharedPatterns,
    sharedPatternsOf,
    sharePatterns,
} from "../../../providers/core/pulumi/shared-patterns.js";

describe("patterns that replicas share", () => {
    it("are of no use only where none of them has a match, told once and at the end", () => {
        const all: readonly string[] = ["a*", "b*", "c*"];
        const pattern = fc.constantFrom(...all);
        fc.assert(
            fc.property(fc.array(fc.uniqueArray(pattern), { minLength: 1, maxLength: 4 }), (listings) => {
                const shared = new SharedPatterns(listings.length);
                const told = listings.map((unmatched) => shared.report(unmatched));
                const expected = all.filter((text) =>
                    listings.every((unmatched) => unmatched.includes(text)),
                );
                expect([...(told.at(-1) ?? [])].sort()).to.deep.equal(expected);
                for (const early of told.slice(0, -1)) expect(early).to.deep.equal([]);
            }),
        );
    });

    it("belong to one component", () => {
        const parent = {};
        sharePatterns(parent, 2);
        expect(sharedPatternsOf(parent)).to.equal(sharedPatternsOf(parent)).and.not.equal(undefined);
        expect(sharedPatternsOf({})).to.equal(undefined);
        expect(sharedPatternsOf(undefined)).to.equal(undefined);
    });
});
