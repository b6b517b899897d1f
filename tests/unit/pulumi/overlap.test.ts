import { expect } from "chai";
import fc from "fast-check";
import picomatch from "picomatch";
import { Claims, provablyApart, type Claim } from "../../../providers/core/pulumi/overlap.js";

function claim(resource: string, names: string[], patterns?: string[]): Claim {
    const base = {
        resource,
        target: "public:vaults/staging",
        elementKey: "keyvault/secrets",
        names: new Set(names),
    };
    return patterns === undefined ? base : { ...base, patterns };
}

describe("two replicas of one program", () => {
    it("may not write the same item of the same target", () => {
        const claims = new Claims();
        expect(claims.enter(claim("first", ["a", "b"]))).to.equal(undefined);
        expect(claims.enter(claim("second", ["b", "c"])))
            .to.contain('"second" and "first"')
            .and.contain('"b"')
            .and.contain("include");
    });

    it("may write to one target where their names differ, and the same names at two targets", () => {
        const claims = new Claims();
        expect(claims.enter(claim("first", ["a"]))).to.equal(undefined);
        expect(claims.enter(claim("second", ["b"]))).to.equal(undefined);
        expect(claims.enter({ ...claim("third", ["a"]), target: "public:vaults/other" })).to.equal(undefined);
        expect(claims.enter({ ...claim("fourth", ["a"]), elementKey: "keyvault/keys" })).to.equal(undefined);
    });

    it("may share a container only where their patterns keep apart", () => {
        const claims = new Claims();
        expect(claims.enter(claim("first", ["photos"], ["photos/2025/**"]))).to.equal(undefined);
        expect(claims.enter(claim("second", ["photos"], ["photos/2026/**"]))).to.equal(undefined);
        expect(claims.enter(claim("third", ["photos"], ["photos/**"]))).to.be.a("string");
        expect(claims.enter(claim("fourth", ["photos"]))).to.be.a("string");
    });

    it("never counts patterns as apart that one name matches", () => {
        const part = fc.constantFrom("a", "b", "ab", "*", "**", "?", "[ab]", "{a,b}", "!(a)", "+(a)");
        const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
        const name = fc.array(fc.constantFrom("a", "b", "ab"), { minLength: 1, maxLength: 4 });
        fc.assert(
            fc.property(pattern, pattern, name, (one, other, parts) => {
                const text = parts.join("/");
                fc.pre(picomatch(one)(text) && picomatch(other)(text));
                expect(provablyApart([one], [other])).to.equal(false);
            }),
        );
    });
});
