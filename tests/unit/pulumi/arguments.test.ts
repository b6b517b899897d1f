import { expect } from "chai";
import { checkReplica } from "../../../providers/core/pulumi/check.js";
import { unknownSentinels } from "../../../providers/core/pulumi/unknowns.js";
import { findElement } from "../../../providers/core/registry.js";

const vault = (name: string) =>
    `/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/app/providers/Microsoft.KeyVault/vaults/${name}`;
const account =
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/app/providers/Microsoft.Storage/storageAccounts/media";
const [unknown] = [...unknownSentinels] as [string];

function reasons(key: string, inputs: Record<string, unknown>): string {
    return checkReplica(findElement(key), inputs)
        .failures.map(({ property, reason }) => `${property}|${reason}`)
        .join("\n");
}

describe("check", () => {
    const good = { source: vault("prod"), target: vault("staging") };

    it("takes good arguments, and unknown ones in a preview", () => {
        expect(reasons("keyvault/secrets", good)).to.equal("");
        expect(reasons("keyvault/secrets", { ...good, target: unknown, include: [unknown] })).to.equal("");
    });

    it("names the argument and what to do", () => {
        expect(reasons("keyvault/secrets", { ...good, source: "prod-app" })).to.match(
            /^source\|source: .*prod-app/,
        );
        expect(reasons("keyvault/secrets", { source: good.source })).to.contain(
            "target|give the ARM resource ID",
        );
        expect(reasons("keyvault/secrets", { ...good, mode: "all" })).to.equal(
            'mode|mode must be "template" or "replication", not "all"',
        );
        expect(reasons("keyvault/secrets", { ...good, include: "db-*" })).to.match(/^include\|/);
        expect(reasons("keyvault/secrets", { ...good, accessTimeout: -1 })).to.match(/^accessTimeout\|/);
        expect(
            reasons("storage/containers", {
                source: account,
                target: account.replace("media", "other"),
                options: { publicAcces: true },
            }),
        ).to.contain("publicAcces");
    });

    it("refuses an argument that there is none of, without its value", () => {
        const inputs = { ...good, overide: "a secret", items: {}, copied: undefined, __urn: "urn" };
        expect(reasons("keyvault/secrets", inputs)).to.equal('|secrets take no argument "overide"');
    });

    it("passes on what the program found when it listed the source", () => {
        expect(reasons("keyvault/secrets", { ...good, __problem: "there is no such vault" })).to.equal(
            "|there is no such vault",
        );
        expect(reasons("keyvault/secrets", { ...good, __problem: unknown })).to.equal("");
    });

    it("refuses one resource as source and target, however it is written", () => {
        for (const target of [vault("prod"), vault("PROD").toUpperCase(), "https://prod.vault.azure.net/"]) {
            expect(reasons("keyvault/secrets", { ...good, target }), target).to.contain("same resource");
        }
    });

    it("refuses a resource of another type", () => {
        expect(reasons("keyvault/secrets", { ...good, target: account })).to.contain(
            "Microsoft.Storage/storageAccounts",
        );
    });

    it("refuses a name that is invalid at the target", () => {
        expect(reasons("keyvault/secrets", { ...good, rename: { a: "b_c" } })).to.contain('"b_c"');
    });

    it("never names the property that holds secrets: the engine prints its value", () => {
        const failures = checkReplica(findElement("keyvault/secrets"), {
            ...good,
            overrides: { a: 1 },
        }).failures;
        expect(failures).to.have.length(1);
        expect(failures[0]?.property).to.equal("");
        expect(
            reasons("storage/containers", {
                source: account,
                target: account.replace("media", "other"),
                overrides: { a: "hunter2" },
            }),
        )
            .to.match(/^\|/)
            .and.not.contain("hunter2");
    });

    it("refuses prune where the state does not know each item", () => {
        const blobs = { source: account, target: account.replace("media", "other"), prune: true };
        expect(reasons("storage/blobs", blobs)).to.contain('detail: "items"');
        expect(reasons("storage/blobs", { ...blobs, detail: "items" })).to.equal("");
    });
});
