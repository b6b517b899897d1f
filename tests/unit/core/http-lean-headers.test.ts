import { createHttpHeaders } from "@azure/core-rest-pipeline";
import { expect } from "chai";
import fc from "fast-check";
import { LeanHeaders } from "../../../providers/core/http/lean-headers.js";

describe("lean headers", () => {
    it("are, whatever is done with them, as those of the SDKs", () => {
        const name = fc.constantFrom("etag", "ETag", "x-ms-meta-Name", "x-ms-meta-name", "X-Ms-Date");
        const step = fc.oneof(
            fc.record({ does: fc.constant("set" as const), name, value: fc.oneof(fc.string(), fc.nat()) }),
            fc.record({ does: fc.constant("delete" as const), name }),
        );
        fc.assert(
            fc.property(fc.array(step), name, (steps, asked) => {
                const theirs = createHttpHeaders();
                const ours = new LeanHeaders();
                for (const headers of [theirs, ours]) {
                    for (const each of steps) {
                        if (each.does === "set") headers.set(each.name, each.value);
                        else headers.delete(each.name);
                    }
                }
                const sent = Object.entries(theirs.toJSON({ preserveCase: true })).sort();
                const list = ours.toList();
                const pairs = list.flatMap((each, at) => (at % 2 === 0 ? [[each, list[at + 1]]] : []));
                expect(pairs.sort()).to.deep.equal(sent);
                expect(ours.toJSON({ preserveCase: true })).to.deep.equal(Object.fromEntries(sent));
                expect(ours.toJSON()).to.deep.equal(theirs.toJSON());
                expect([...ours].sort()).to.deep.equal([...theirs].sort());
                expect(ours.get(asked)).to.equal(theirs.get(asked));
                expect(ours.has(asked)).to.equal(theirs.has(asked));
            }),
        );
    });
});
