import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { all, SecretVaults, values } from "./secrets-world.js";
import { VaultWorld } from "./vault-world.js";

describe("secrets with all versions, within a subscription and a geography", () => {
    let world: VaultWorld;
    let vaults: SecretVaults;
    before(async () => {
        world = await VaultWorld.start();
    });
    after(() => world.stop());
    beforeEach(() => {
        vaults = new SecretVaults(world, "together");
    });
    afterEach(() => {
        world.azure.faults.clear();
    });

    async function seed(): Promise<void> {
        await vaults.seed(vaults.source, "s", ["a", { enabled: false, tags: { x: "1" } }], "b", [
            "c",
            { contentType: "text" },
        ]);
        await vaults.seed(vaults.source, "off", "a", ["b", { enabled: false }]);
    }

    /** The whole of it: ids, dates, what is disabled. */
    async function isWhole(...names: string[]): Promise<void> {
        for (const name of names) {
            expect(await vaults.identities(vaults.target, name)).to.deep.equal(
                await vaults.identities(vaults.source, name),
            );
            expect(await vaults.history(vaults.target, name)).to.deep.equal(
                await vaults.history(vaults.source, name),
            );
        }
    }

    it("are moved by the service: with ids, dates and what is disabled, and no loss", async () => {
        await seed();
        world.azure.requests.clear();
        const result = await vaults.replicate();
        expect(result.summary).to.include({ created: 2, failed: 0, lost: 0, fidelity: 1 });
        expect(result.summary.paths).to.deep.equal({ "server-side": 2 });
        expect(result.losses).to.deep.equal([]);
        const reads = world.azure.requests.filter(
            ({ method, path }) => method === "GET" && /^\/secrets\/[^/?]+\/[^/?v]/.test(path),
        );
        expect(reads, "values read").to.deep.equal([]);
        await isWhole("s", "off");
        const before = world.writes(vaults.to);
        const next = await vaults.replicate();
        expect(next.summary).to.include({ same: 2, fidelity: 1 });
        expect(next.losses).to.deep.equal([]);
        expect(world.writes(vaults.to) - before).to.equal(0);
    });

    it("go version by version where one has too many for a backup, and the others still move", async () => {
        await seed();
        const versions = Array.from({ length: 501 }, (_, index) => String(index));
        for (const value of versions) await vaults.source.setSecret("many", value);
        const result = await vaults.replicate();
        expect(result.summary).to.include({ created: 3, failed: 0, lost: 0 });
        expect(result.summary.paths).to.deep.equal({ "server-side": 2, streamed: 1 });
        await isWhole("s", "off");
        expect((await vaults.target.getSecret("many")).value).to.equal("500");
    });

    it("get what is new, and follow what was disabled or enabled since", async () => {
        await seed();
        await vaults.replicate();
        vaults.tick();
        const [first, second] = await vaults.versions(vaults.source, "s");
        await vaults.source.updateSecretProperties("s", second?.version ?? "", { enabled: false });
        await vaults.source.updateSecretProperties("s", first?.version ?? "", { enabled: true });
        await vaults.seed(vaults.source, "s", "d");
        const result = await vaults.replicate();
        expect(result.summary).to.include({ updated: 1, same: 1, failed: 0, fidelity: 1 });
        expect(await vaults.history(vaults.target, "s")).to.deep.equal(
            await vaults.history(vaults.source, "s"),
        );
        const own = await vaults.source.getSecret("off").catch((error: unknown) => error);
        expect(own).to.have.property("statusCode", 403);
        const [, current] = await vaults.versions(vaults.source, "off");
        await vaults.source.updateSecretProperties("off", current?.version ?? "", { enabled: true });
        expect((await vaults.replicate()).summary).to.include({ updated: 1, same: 1, failed: 0 });
        expect(values(await vaults.history(vaults.target, "off"))).to.have.members(["a", "b"]);
    });

    it("carry the owner's mark, and none of the source's own", async () => {
        await vaults.seed(vaults.source, "s", "a", [
            "b",
            { tags: { "azure-dataplane-owner": "another", x: "y" } },
        ]);
        await vaults.replicate({ ...all, owner: "replica-1" });
        const owned = await vaults.target.getSecret("s");
        expect(owned.properties.tags).to.deep.equal({ x: "y", "azure-dataplane-owner": "replica-1" });
        await vaults.target.beginDeleteSecret("s");
        await vaults.target.purgeDeletedSecret("s");
        await vaults.replicate();
        expect((await vaults.target.getSecret("s")).properties.tags).to.deep.equal({ x: "y" });
    });

    it("go version by version where the source's role gives no backups, with what is then lost", async () => {
        vaults = new SecretVaults(world, "together", {
            source: { roles: ["Key Vault Reader", "Key Vault Secrets User"] },
        });
        await seed();
        const result = await vaults.replicate();
        expect(result.summary).to.include({ created: 1, lost: 1, failed: 0 });
        expect(result.summary.paths).to.deep.equal({ streamed: 1 });
        expect(result.losses.filter(({ minor }) => minor !== true).map(({ item }) => item)).to.have.members([
            "s",
            "off",
        ]);
        expect(values(await vaults.history(vaults.target, "s"))).to.have.members(["b", "c"]);
    });

    it("go version by version where the target may not restore", async () => {
        vaults = new SecretVaults(world, "together", { target: { roles: [] } });
        grantAllBut("restore/action");
        await seed();
        const result = await vaults.replicate();
        expect(result.summary).to.include({ created: 1, lost: 1, failed: 0 });
        expect(values(await vaults.history(vaults.target, "s"))).to.have.members(["b", "c"]);
    });

    it("go version by version where the name is another, a placeholder is there or values are rewritten", async () => {
        await vaults.seed(vaults.source, "s", "a", "b");
        await vaults.seed(vaults.source, "t", "a", "b");
        await vaults.replicate({ mode: "template", selection: { include: ["t"] } });
        vaults.tick();
        const result = await vaults.replicate({ ...all, selection: { rename: { s: "other" } } });
        expect(result.summary.paths).to.deep.equal({ streamed: 2 });
        expect(values(await vaults.history(vaults.target, "other"))).to.have.members(["a", "b"]);
        expect(values(await vaults.history(vaults.target, "t"))).to.have.members([undefined, "a", "b"]);
        const rewritten = await vaults.replicate({
            ...all,
            selection: { include: ["s"] },
            rewrite: { b: "B" },
        });
        expect(rewritten.summary.paths).to.deep.equal({ streamed: 1 });
    });

    it("whose name is deleted at the target come version by version over what is recovered", async () => {
        await seed();
        for (const name of ["s", "off"]) {
            await vaults.seed(vaults.target, name, "old");
            await vaults.target.beginDeleteSecret(name);
        }
        await vaults.seed(vaults.source, "free", "a", "b");
        const result = await vaults.replicate();
        expect(result.summary).to.include({ created: 2, lost: 1, failed: 0 });
        expect(result.summary.paths).to.deep.equal({ "server-side": 1, streamed: 1 });
        expect(values(await vaults.history(vaults.target, "s"))).to.have.members(["old", "b", "c"]);
        await isWhole("free");
    });

    for (const [title, protection, says] of [
        ["may not be recovered", {}, "purge the deleted one"],
        [
            "may neither be recovered nor purged",
            { enablePurgeProtection: true },
            "purge protection keeps the deleted one until 20",
        ],
    ] as const) {
        it(`whose name is deleted at the target and ${title} fail with what to do`, async () => {
            vaults = new SecretVaults(world, "together", { target: { roles: [], properties: protection } });
            grantAllBut("recover/action");
            await vaults.seed(vaults.source, "s", "never shown");
            await vaults.seed(vaults.source, "t", "a", "b");
            await vaults.seed(vaults.target, "s", "old");
            await vaults.target.beginDeleteSecret("s");
            const result = await vaults.replicate();
            expect(result.summary).to.include({ created: 1, failed: 1 });
            const { message = "", detail } = result.failures[0]?.error ?? {};
            expect(message)
                .to.include('"s"')
                .and.include(says)
                .and.include("right to recover")
                .and.not.include("never");
            expect(detail?.remedy).to.include("Key Vault Secrets Officer");
        });
    }

    it("are known as moved when the answer to the restore got lost", async () => {
        await seed();
        vaults.fault(vaults.to, {
            method: "POST",
            path: /^\/secrets\/restore/,
            kind: { type: "cut", when: "after" },
        });
        const result = await vaults.replicate();
        expect(result.summary).to.include({ created: 2, failed: 0, fidelity: 1 });
        await isWhole("s", "off");
    });

    it("end alike after a kill before any request to the target", async () => {
        await seed();
        for (let requests = 2; ; requests += 1) {
            const fault = vaults.fault(vaults.to, { skip: requests, kind: { type: "cut", when: "before" } });
            const killed = await vaults.replicate({ ...all, copied: {} }).catch(() => undefined);
            fault.remove();
            const result = await vaults.replicate({ ...all, copied: {} });
            expect(result.summary).to.include({ failed: 0, conflicts: 0, fidelity: 1 });
            await isWhole("s", "off");
            if (killed?.failures.length === 0 && fault.hits === 0) break;
            for (const name of ["s", "off"]) {
                await vaults.target.beginDeleteSecret(name);
                await vaults.target.purgeDeletedSecret(name);
            }
        }
    });

    function grantAllBut(missing: string): void {
        const actions = [
            "readMetadata/action",
            "getSecret/action",
            "setSecret/action",
            "update/action",
            "recover/action",
            "delete",
            "restore/action",
        ];
        const id = randomUUID();
        world.azure.roles.define({
            id,
            name: `without ${missing} ${id}`,
            description: "For one test.",
            permissions: [
                {
                    actions: [],
                    notActions: [],
                    dataActions: actions
                        .filter((action) => action !== missing)
                        .map((action) => `Microsoft.KeyVault/vaults/secrets/${action}`),
                    notDataActions: [],
                },
            ],
            assignableScopes: [vaults.to.id],
        });
        world.grant(vaults.to.replicator, id, vaults.to.id);
    }
});
