import { expect } from "chai";
import fc from "fast-check";
import { inOrder } from "../../../providers/keyvault/secrets/current-version.js";

const second = new Date("2026-11-24T16:20:01Z");

describe("versions of a secret that were made within one second", () => {
    it("have the placeholder below the copies, and the current one on top", () => {
        const id = fc.stringMatching(/^[0-9a-f]{32}$/);
        fc.assert(
            fc.property(
                fc.uniqueArray(id, { minLength: 2, maxLength: 6 }),
                ([placeholder = "", ...copies]) => {
                    const version = (name: string, tags: Record<string, string> = {}) => ({
                        vaultUrl: "",
                        name: "secret",
                        version: name,
                        createdOn: second,
                        tags,
                    });
                    const listed = [
                        ...copies.map((copy) => version(copy)),
                        version(placeholder, { "azure-dataplane-placeholder": "true" }),
                    ];
                    const current = copies.at(-1);
                    const ordered = inOrder(listed, current).map((each) => each.version);
                    expect(ordered[0]).to.equal(placeholder);
                    expect(ordered.at(-1)).to.equal(current);
                },
            ),
        );
    });
});
