import { expect } from "chai";
import { diffReplica } from "../../../providers/core/pulumi/diff.js";
import { unknownSentinels } from "../../../providers/core/pulumi/unknowns.js";
import { findElement } from "../../../providers/core/registry.js";

const { plugin } = findElement("keyvault/secrets");
const id = (name: string) =>
    `/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/app/providers/Microsoft.KeyVault/vaults/${name}`;
const base = {
    source: id("prod"),
    target: id("staging"),
    mode: "replication",
    items: { a: "1" },
    __provider: "x",
};
const outputs = { ...base, copied: {}, summary: { failed: 0 }, losses: [], schema: 1 };
const [unknown] = [...unknownSentinels] as [string];

describe("diff", () => {
    it("sees no change in equal inputs, other spellings of a resource and moved bookkeeping", () => {
        for (const news of [
            base,
            { ...base, target: id("STAGING").toLowerCase() },
            { ...base, target: "https://staging.vault.azure.net" },
            { ...base, __provider: "y", __urn: "z" },
        ]) {
            expect(diffReplica(plugin, outputs, news)).to.deep.equal({ changes: false });
        }
    });

    it("leaves the detailed diff of changed items and arguments to the engine", () => {
        for (const news of [
            { ...base, items: { a: "2" } },
            { ...base, items: { a: "1", b: "1" } },
            { ...base, items: {} },
            { ...base, mode: "template" },
            { ...base, source: id("other") },
            { ...base, source: unknown },
            { ...base, include: ["a"] },
            { ...base, overrides: { a: "x" } },
        ]) {
            expect(diffReplica(plugin, outputs, news)).to.deep.equal({ changes: undefined });
        }
    });

    it("shows no change where only the items are unknown", () => {
        expect(diffReplica(plugin, outputs, { ...base, items: unknown })).to.deep.equal({ changes: false });
    });

    it("replaces where the target is another resource", () => {
        expect(diffReplica(plugin, outputs, { ...base, target: id("other") })).to.deep.equal({
            changes: true,
            replaces: ["target"],
        });
    });

    it("tries again what failed in a run that was let pass", () => {
        expect(diffReplica(plugin, { ...outputs, summary: { failed: 2 } }, base)).to.deep.equal({
            changes: true,
        });
    });
});
