import { expect } from "chai";
import fc from "fast-check";
import { createRequire } from "node:module";
import { canonicalJson, type Json } from "../../../providers/core/json.js";
import { sanitize } from "../../../providers/core/pulumi/sanitize.js";

const { Struct } = createRequire(__filename)("google-protobuf/google/protobuf/struct_pb.js") as {
    Struct: { fromJavaScript(value: object): { toJavaScript(): object } };
};

describe("the sanitiser of outputs", () => {
    it("leaves members that are undefined out, and holds their place in a list", () => {
        expect(sanitize({ a: undefined, b: [undefined, 1] })).to.deep.equal({ b: [null, 1] });
    });

    it("writes a date as its ISO text", () => {
        expect(sanitize({ at: new Date(0) })).to.deep.equal({ at: "1970-01-01T00:00:00.000Z" });
    });

    it("refuses what a state can't hold and names the place", () => {
        expect(() => sanitize({ copied: { a: Buffer.from("x") } })).to.throw("outputs.copied.a is a Buffer");
        expect(() => sanitize({ bytes: 1n })).to.throw("outputs.bytes has type bigint");
        expect(() => sanitize({ of: new Map() })).to.throw("outputs.of is a Map");
        expect(() => sanitize({ seconds: Number.NaN })).to.throw("outputs.seconds is not a finite number");
    });

    it("gives only what the engine's wire format carries unchanged", () => {
        const anything = fc.anything({
            withDate: true,
            withBigInt: true,
            withMap: true,
            withTypedArray: true,
        });
        fc.assert(
            fc.property(fc.dictionary(fc.string(), anything), (value) => {
                let clean: unknown;
                try {
                    clean = sanitize(value);
                } catch (error) {
                    expect(error).to.be.instanceOf(TypeError);
                    return;
                }
                const through = Struct.fromJavaScript(clean as object).toJavaScript();
                expect(canonicalJson(through as Json)).to.equal(canonicalJson(clean as Json));
            }),
        );
    });
});
