import { expect } from "chai";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { all, SecretVaults, values } from "./secrets-world.js";
import { VaultWorld } from "./vault-world.js";

const rich = {
    contentType: "text/plain",
    tags: { team: "data", "with space": "ünï" },
    notBefore: new Date("2019-01-01T00:00:00Z"),
    expiresOn: new Date("2020-06-30T12:00:00Z"),
};

describe("secrets with all versions, between two tenants", () => {
    let world: VaultWorld;
    let vaults: SecretVaults;
    before(async () => {
        world = await VaultWorld.start();
    });
    after(() => world.stop());
    beforeEach(() => {
        vaults = new SecretVaults(world, "apart");
    });
    afterEach(() => {
        world.azure.faults.clear();
    });

    /** Nothing is written when all is done, and what is lost is told again. */
    async function isDone(after: ReplicationResult): Promise<void> {
        const before = world.writes(vaults.to);
        const result = await vaults.replicate();
        expect(result.summary).to.include({ created: 0, updated: 0, failed: 0, conflicts: 0 });
        expect(world.writes(vaults.to) - before).to.equal(0);
        expect(result.losses).to.deep.equal(after.losses);
    }

    it("are copied, the oldest first, with all attributes of each", async () => {
        await vaults.seed(
            vaults.source,
            "Db",
            ["one", rich],
            "two",
            ["three", { tags: { a: "b" } }],
            ["four", rich],
        );
        await vaults.seed(vaults.source, "single", "value");
        const result = await vaults.replicate();
        expect(result.summary).to.include({ created: 2, failed: 0, fidelity: 1 });
        expect(result.losses.map(({ item, what, minor }) => ({ item, what, minor }))).to.deep.equal([
            { item: "Db", what: "dates of creation", minor: true },
        ]);
        const copied = await vaults.history(vaults.target, "Db");
        expect(copied.at(-1)?.value).to.equal("four");
        const sorted = (history: typeof copied): typeof copied =>
            [...history].sort((a, b) => (a.value ?? "").localeCompare(b.value ?? ""));
        expect(sorted(copied)).to.deep.equal(sorted(await vaults.history(vaults.source, "Db")));
        await isDone(result);
    });

    it("lose what is disabled, each with its reason, and the source stays as it is", async () => {
        await vaults.seed(
            vaults.source,
            "some",
            ["a", { enabled: false }],
            "b",
            ["c", { enabled: false }],
            "d",
        );
        await vaults.seed(vaults.source, "current", "a", ["b", { enabled: false }]);
        const before = await vaults.identities(vaults.source, "some");
        const result = await vaults.replicate();
        expect(result.summary).to.include({ created: 1, lost: 1, fidelity: 0 });
        const [lost, values_] = [
            result.losses.find(({ item }) => item === "current"),
            result.losses.find(({ item, what }) => item === "some" && what === "value"),
        ];
        expect(lost?.reason).to.include("disabled");
        expect(values_?.reason).to.include("2 older versions are disabled");
        expect(values_?.minor).to.equal(undefined);
        expect(values(await vaults.history(vaults.target, "some"))).to.have.members(["b", "d"]);
        expect(await vaults.identities(vaults.source, "some")).to.deep.equal(before);
        await isDone(result);
    });

    it("that were made within one second are told to be of unknown order", async () => {
        for (const value of ["a", "b", "c"]) await vaults.source.setSecret("quick", value);
        vaults.tick();
        const result = await vaults.replicate();
        expect(result.losses.map(({ what, minor }) => [what, minor])).to.deep.equal([
            ["dates of creation", true],
            ["order of versions", true],
        ]);
        const copied = values(await vaults.history(vaults.target, "quick"));
        expect(copied).to.have.members(["a", "b", "c"]);
        expect(copied.at(-1)).to.equal("c");
        await isDone(result);
    });

    it("get what is new, on top, and follow what an older one became", async () => {
        await vaults.seed(vaults.source, "s", "a", "b");
        await vaults.replicate();
        vaults.tick();
        const [first, second] = await vaults.versions(vaults.source, "s");
        await vaults.source.updateSecretProperties("s", first?.version ?? "", { enabled: false });
        await vaults.source.updateSecretProperties("s", second?.version ?? "", { tags: { old: "yes" } });
        await vaults.seed(vaults.source, "s", "c", "d");
        const result = await vaults.replicate();
        expect(result.summary).to.include({ updated: 1, failed: 0 });
        const copied = await vaults.history(vaults.target, "s");
        expect(copied).to.have.lengthOf(4);
        expect(copied.map(({ value, enabled, tags }) => ({ value, enabled, tags }))).to.have.deep.members([
            { value: undefined, enabled: false, tags: {} },
            { value: "b", enabled: true, tags: { old: "yes" } },
            { value: "c", enabled: true, tags: {} },
            { value: "d", enabled: true, tags: {} },
        ]);
        await isDone(result);
    });

    it("get nothing older over a current value that is right, and say what is missing", async () => {
        await vaults.seed(vaults.source, "s", "a", "b", "c");
        await vaults.seed(vaults.target, "s", "c");
        const result = await vaults.replicate();
        expect(result.summary).to.include({ same: 1, fidelity: 0 });
        expect(result.losses.find(({ what }) => what === "value")?.reason).to.include(
            "2 older versions are not",
        );
        expect(values(await vaults.history(vaults.target, "s"))).to.deep.equal(["c"]);
        await isDone(result);
        await vaults.seed(vaults.source, "s", "d", "e");
        await vaults.replicate();
        const copied = values(await vaults.history(vaults.target, "s"));
        expect(copied).to.have.members(["c", "d", "e"]);
        expect(copied.at(-1)).to.equal("e");
    });

    it("that somebody else has at the target are a conflict; overwriting brings the current one alone", async () => {
        await vaults.seed(vaults.source, "s", "a", "b", "c");
        await vaults.seed(vaults.target, "s", "x", "y");
        expect((await vaults.replicate()).summary).to.include({ conflicts: 1, updated: 0 });
        const result = await vaults.replicate({ ...all, onConflict: "overwrite" });
        expect(result.summary).to.include({ updated: 1, fidelity: 0 });
        expect(result.losses.find(({ what }) => what === "value")?.reason).to.include(
            "2 older versions are not",
        );
        expect(values(await vaults.history(vaults.target, "s"))).to.deep.equal(["x", "y", "c"]);
        await isDone(result);
    });

    it("that were copied alone before go on from there", async () => {
        await vaults.seed(vaults.source, "s", "a", "b");
        await vaults.replicate({});
        await vaults.seed(vaults.source, "s", "c", "d");
        const result = await vaults.replicate();
        expect(result.summary).to.include({ updated: 1, conflicts: 0 });
        const copied = values(await vaults.history(vaults.target, "s"));
        expect(copied).to.have.members(["b", "c", "d"]);
        expect(copied.at(-1)).to.equal("d");
    });

    it("come whole over what is recovered from deletion", async () => {
        await vaults.seed(vaults.source, "s", "a", "b");
        await vaults.seed(vaults.target, "s", "old");
        await vaults.target.beginDeleteSecret("s");
        vaults.tick();
        const result = await vaults.replicate();
        expect(result.summary).to.include({ created: 1, failed: 0, fidelity: 1 });
        const copied = values(await vaults.history(vaults.target, "s"));
        expect(copied).to.have.members(["old", "a", "b"]);
        expect(copied.at(-1)).to.equal("b");
        await isDone(result);
    });

    it("are rewritten in every version, and what is given is left as it is and comes alone", async () => {
        await vaults.seed(vaults.source, "s", "at prod one", "at prod two");
        await vaults.seed(vaults.source, "given", "a", "b");
        const change = { ...all, rewrite: { prod: "staging" }, overrides: { given: "my prod" } };
        const result = await vaults.replicate(change);
        expect(result.summary).to.include({ created: 2, failed: 0 });
        expect(values(await vaults.history(vaults.target, "s"))).to.have.members([
            "at staging one",
            "at staging two",
        ]);
        expect(values(await vaults.history(vaults.target, "given"))).to.deep.equal(["my prod"]);
        expect(result.losses.filter(({ what }) => what === "value")).to.deep.equal([]);
        expect((await vaults.replicate(change)).summary).to.include({ same: 2 });
    });

    it("of which one gets too long are refused before anything is written", async () => {
        await vaults.seed(vaults.source, "s", "x", "y", "z");
        const before = world.writes(vaults.to);
        const result = await vaults.replicate({ ...all, rewrite: { y: "y".repeat(25_601) } });
        const [failure] = result.failures;
        expect(failure?.error.code).to.equal("InvalidItem");
        expect(failure?.error.message).to.include("25601 characters").and.not.include("yyy");
        expect(world.writes(vaults.to) - before).to.equal(0);
    });

    it("cost no request more when only the latest is asked for", async () => {
        await vaults.seed(vaults.source, "s", "a", "b");
        await vaults.replicate({});
        world.azure.requests.clear();
        await vaults.replicate({});
        const asked = [vaults.from, vaults.to].flatMap(({ url }) =>
            world.azure.requests.all().filter(({ host }) => host === new URL(url).hostname),
        );
        expect(asked.filter(({ path }) => path.includes("/versions"))).to.deep.equal([]);
    });
});
