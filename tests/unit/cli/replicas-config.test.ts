import { expect } from "chai";
import { parseReplicas, type ReplicaConfig } from "../../../cli/replicas-config.js";
import type { StorageReplicaArgs } from "../../../components/storage-replica.js";

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
            directories: true,
            accessControl: false,
            principals: { "11111111-1111-1111-1111-111111111111": "22222222-2222-2222-2222-222222222222" },
            shares: ["team-*"],
            tables: true,
            queues: false,
        };
        expect(parseReplicas([vault, blobs])).to.deep.equal([vault, blobs]);
    });

    it("takes every argument that the component takes", () => {
        type Taken = keyof Extract<ReplicaConfig, { type: "StorageReplica" }>;
        type Missing = Exclude<keyof StorageReplicaArgs, Taken>;
        // Doesn't compile where an argument is missing, and then says which.
        const complete: [Missing] extends [never] ? true : Missing = true;
        expect(complete).to.equal(true);
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
