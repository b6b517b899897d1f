import { expect } from "chai";
import { providerReference, resourceType } from "../../../providers/core/pulumi/provider-reference.js";
import { outputNames, stateSchema } from "../../../providers/core/pulumi/state.js";
import { argumentNames } from "../../../providers/core/pulumi/arguments.js";
import { elementKeys } from "../../../providers/core/registry.js";

// Every stack made so far holds these texts. A change here makes those stacks unusable: add, never alter.
describe("what every state holds", () => {
    it("is this provider reference, byte for byte", () => {
        expect(providerReference("keyvault/secrets")).to.equal(
            'exports.handler = () => require("node:module").createRequire(process.cwd() + "/_.js")("pulumi-azure-dataplane/dynamic").providers["keyvault/secrets"];',
        );
    });

    it("is this type", () => {
        expect(resourceType("keyvault", "Secrets")).to.equal(
            "pulumi-nodejs:dynamic/azure-dataplane/keyvault:Secrets",
        );
    });

    it("refers to these element types", () => {
        expect(elementKeys()).to.include.members(["keyvault/secrets", "storage/blobs", "storage/containers"]);
    });

    it("has these keys", () => {
        expect(stateSchema).to.equal(1);
        expect([...outputNames]).to.deep.equal([
            "copied",
            "summary",
            "losses",
            "rewritten",
            "resolved",
            "schema",
        ]);
        expect([...argumentNames].sort()).to.deep.equal(
            "accessTimeout detail exclude include mode onConflict onDelete onItemError options overrides prune rename rewrite source sourceProfile target targetProfile verifyPermissions".split(
                " ",
            ),
        );
        expect([...argumentNames, ...outputNames])
            .to.not.include.members(["id"])
            .and.not.include.members(["urn"]);
    });
});
