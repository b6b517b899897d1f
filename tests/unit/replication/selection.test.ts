import { expect } from "chai";
import fc from "fast-check";
import { isDataplaneError } from "../../../providers/core/errors.js";
import { checkTargetNames, Selector } from "../../../providers/core/replication/selection.js";
import type { Selection } from "../../../providers/core/replication/types.js";
import { fakeElement } from "./fake-store.js";

const exact = fakeElement();
const folding = fakeElement({ foldsCase: true });

function taken(selection: Selection, names: string[], element = exact): string[] {
    const selector = new Selector(selection, element);
    return names.filter((name) => selector.selects(name));
}

describe("selection", () => {
    it("takes all without patterns, and exclude wins over include", () => {
        expect(taken({}, ["a", "b"])).to.deep.equal(["a", "b"]);
        expect(taken({ include: ["a*"], exclude: ["ab"] }, ["a", "ab", "ac", "b"])).to.deep.equal([
            "a",
            "ac",
        ]);
        expect(taken({ include: [] }, ["a"])).to.deep.equal([]);
    });

    it("matches the whole name; one star stops at a slash, two do not", () => {
        const names = ["photos/a.jpg", "photos/2030/b.jpg", "photos/.hidden", "logs/a.jpg"];
        expect(taken({ include: ["photos/**"] }, names)).to.deep.equal(names.slice(0, 3));
        expect(taken({ include: ["photos/*"] }, names)).to.deep.equal(["photos/a.jpg", "photos/.hidden"]);
        expect(taken({ include: ["**/*.jpg"] }, names)).to.deep.equal([names[0], names[1], names[3]]);
        expect(taken({ include: ["*.jpg", "photos"] }, names)).to.deep.equal([]);
        expect(taken({ include: ["{photos,logs}/a.jpg"] }, names)).to.deep.equal([names[0], names[3]]);
    });

    it("knows no negation, and an item's very name always takes it", () => {
        expect(taken({ include: ["!a"] }, ["a", "b", "!a"])).to.deep.equal(["!a"]);
        expect(taken({ include: ["a[1](x).txt"] }, ["a[1](x).txt", "a1x.txt"])).to.include("a[1](x).txt");
    });

    it("ignores case where the service does", () => {
        expect(taken({ include: ["DB-*"] }, ["db-a", "DB-b"], folding)).to.deep.equal(["db-a", "DB-b"]);
        expect(taken({ include: ["DB-*"] }, ["db-a", "DB-b"])).to.deep.equal(["DB-b"]);
    });

    it("tells which patterns and renames were of no use", () => {
        const selector = new Selector(
            { include: ["a*", "z*"], exclude: ["ab", "q"], rename: { a: "b", gone: "c" } },
            exact,
        );
        for (const name of ["a", "ab"]) {
            selector.targetName(name);
            selector.selects(name);
        }
        expect(selector.unmatched()).to.deep.equal({ include: ["z*"], exclude: ["q"], rename: ["gone"] });
    });

    it("counts a pattern as used although an earlier one took the item first", () => {
        const selector = new Selector({ include: ["a*", "ab"] }, exact);
        selector.selects("ab");
        expect(selector.unmatched().include).to.deep.equal([]);
    });

    it("renames by the service's idea of a name", () => {
        const selector = new Selector({ rename: { "DB-Password": "password" } }, folding);
        expect(selector.targetName("db-password")).to.equal("password");
        expect(selector.targetName("other")).to.equal("other");
    });

    it("refuses two items under one target name, naming both", () => {
        const message = (names: string[], selection: Selection, element = exact): string => {
            try {
                checkTargetNames(names, selection, element);
            } catch (error) {
                if (isDataplaneError(error, "InvalidArgument")) return error.message;
                throw error;
            }
            return "no error";
        };
        expect(message(["first", "second"], { rename: { first: "second" } })).to.match(
            /"first" and "second"/,
        );
        expect(message(["a", "b"], { rename: { a: "X", b: "x" } }, folding)).to.match(/"a" and "b"/);
        expect(message(["Same", "same"], {}, folding)).to.match(/"Same" and "same"/);
        expect(message(["first", "second"], { rename: { first: "second", second: "first" } })).to.equal(
            "no error",
        );
        expect(message(["first", "second"], { rename: { first: "second" }, exclude: ["second"] })).to.equal(
            "no error",
        );
        expect(message(["a"], { rename: { a: "no!" } })).to.match(
            /"a" can't be renamed to "no!": .*exclamation/,
        );
    });

    it("refuses an empty pattern", () => {
        expect(() => new Selector({ include: [""] }, exact)).to.throw(/empty pattern in include/);
    });

    it("takes any name by itself", () => {
        fc.assert(
            fc.property(fc.string({ minLength: 1, maxLength: 40 }), (name) => {
                expect(taken({ include: [name] }, [name])).to.deep.equal([name]);
            }),
        );
    });
});
