import { expect } from "chai";
import { parseReplicas } from "../../../cli/replicas-config.js";

const vault = {
    type: "KeyVaultReplica",
    name: "app",
    source: "https://a.vault.azure.net",
    target: "https://b.vault.azure.net",
};

function problem(value: unknown): string {
    try {
        parseReplicas(value);
    } catch (error) {
        return (error as Error).message;
    }
    throw new Error("accepted");
}

describe("the configuration azure-dataplane:replicas", () => {
    it("names replicas with the arguments of the components", () => {
        const blobs = {
            type: "StorageReplica",
            name: "media",
            source: "x",
            target: "y",
            containers: ["photos"],
            detail: "items",
        };
        expect(parseReplicas([vault, blobs])).to.deep.equal([vault, blobs]);
    });

    it("says how to begin where it is missing or empty", () => {
        expect(problem(undefined)).to.contain("pulumi config set --path");
        expect(problem([])).to.contain("name at least one replica");
        expect(problem({})).to.contain("expected a list of replicas");
    });

    it("names the place of each mistake", () => {
        expect(problem([{ ...vault, type: "Vault" }])).to.contain(
            'replicas[0].type: expected "KeyVaultReplica" or "StorageReplica"',
        );
        expect(problem([vault, { ...vault, mode: "all", name: "b" }])).to.contain("replicas[1].mode");
        expect(problem([{ ...vault, containers: ["a"] }])).to.contain("containers");
        expect(problem([{ type: "StorageReplica", name: "m", source: "x" }])).to.contain(
            "replicas[0].target",
        );
        expect(problem([vault, vault])).to.contain('replicas[1].name: "app" is used twice');
    });

    it("never prints a value that the user gave as an override", () => {
        expect(problem([{ ...vault, overrides: { password: { nested: "hunter2" } } }])).to.not.contain(
            "hunter2",
        );
    });
});
