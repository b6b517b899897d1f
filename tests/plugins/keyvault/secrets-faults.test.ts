import { expect } from "chai";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { all, SecretVaults, values } from "./secrets-world.js";
import { VaultWorld } from "./vault-world.js";

/** Values that come again make it hardest to tell what was written. */
const histories: Readonly<Record<string, readonly string[]>> = {
    plain: ["a", "b", "c"],
    again: ["a", "b", "a"],
    twice: ["a", "a"],
    single: ["a"],
};

describe("secrets with all versions, when things go wrong", () => {
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

    async function seed(): Promise<void> {
        for (const [name, versions] of Object.entries(histories))
            await vaults.seed(vaults.source, name, ...versions);
    }

    async function isWhole(): Promise<void> {
        for (const [name, versions] of Object.entries(histories)) {
            const copied = values(await vaults.history(vaults.target, name));
            expect([...copied].sort(), name).to.deep.equal([...versions].sort());
            expect(copied.at(-1), name).to.equal(versions.at(-1));
        }
    }

    async function emptyTarget(): Promise<void> {
        for (const name of Object.keys(histories)) {
            const poller = await vaults.target.beginDeleteSecret(name).catch(() => undefined);
            if (poller !== undefined) await vaults.target.purgeDeletedSecret(name);
        }
    }

    function succeeded(result: ReplicationResult): void {
        expect(result.failures.map(({ error }) => error.message)).to.deep.equal([]);
        expect(result.summary).to.include({ conflicts: 0, fidelity: 1 });
    }

    it("end alike after a kill before any request to the target, with no version twice", async () => {
        await seed();
        for (let requests = 2; ; requests += 1) {
            const fault = vaults.fault(vaults.to, { skip: requests, kind: { type: "cut", when: "before" } });
            await vaults.replicate({ ...all, copied: {} });
            fault.remove();
            succeeded(await vaults.replicate({ ...all, copied: {} }));
            await isWhole();
            if (fault.hits === 0) break;
            await emptyTarget();
        }
    });

    for (const when of ["before", "after"] as const) {
        it(`end alike when the connection is cut ${when} any one write`, async () => {
            await seed();
            for (let writes = 0; ; writes += 1) {
                const fault = vaults.fault(vaults.to, {
                    method: "PUT",
                    skip: writes,
                    times: 1,
                    kind: { type: "cut", when },
                });
                succeeded(await vaults.replicate({ ...all, copied: {} }));
                await isWhole();
                if (fault.hits === 0) break;
                fault.remove();
                await emptyTarget();
            }
        });
    }

    it("are set once each when every answer to a write gets lost", async () => {
        await seed();
        vaults.fault(vaults.to, { method: "PUT", kind: { type: "cut", when: "after" } });
        succeeded(await vaults.replicate());
        await isWhole();
    });

    it("get their new versions and attributes after a kill before any request", async () => {
        await seed();
        for (let requests = 4; ; requests += 1) {
            await emptyTarget();
            const name = "plain";
            const { copied } = await vaults.replicate({ ...all, copied: {}, selection: { include: [name] } });
            const versions = await vaults.versions(vaults.source, name);
            const flag = String(requests);
            for (const { version = "" } of versions.slice(0, 2)) {
                await vaults.source.updateSecretProperties(name, version, { tags: { flag } });
            }
            vaults.tick();
            const include = { selection: { include: [name] }, copied };
            const fault = vaults.fault(vaults.to, { skip: requests, kind: { type: "cut", when: "before" } });
            await vaults.replicate({ ...all, ...include });
            fault.remove();
            const result = await vaults.replicate({ ...all, ...include });
            succeeded(result);
            const [here, there] = [
                await vaults.history(vaults.source, name),
                await vaults.history(vaults.target, name),
            ];
            expect(there).to.have.deep.members(here);
            if (fault.hits === 0) break;
        }
    });

    it("of which one is set by somebody else meanwhile are not written over", async () => {
        await vaults.seed(vaults.source, "s", "a", "b");
        await vaults.replicate();
        await vaults.seed(vaults.target, "s", "by hand");
        await vaults.seed(vaults.source, "s", "c");
        expect((await vaults.replicate()).summary).to.include({ conflicts: 1 });
        expect((await vaults.target.getSecret("s")).value).to.equal("by hand");
        // An older value that somebody put back is no beginning of the source's history.
        await vaults.seed(vaults.target, "s", "a");
        expect((await vaults.replicate()).summary).to.include({ conflicts: 1 });
    });

    for (const side of ["from", "to"] as const) {
        it(`say that the vault (${side}) can't be reached when it is deleted meanwhile, and nothing is lost`, async () => {
            await seed();
            const first = await vaults.replicate({ ...all, selection: { include: ["plain"] } });
            const vault = vaults[side];
            const fault = vaults.fault(vault, {
                method: side === "to" ? "PUT" : "GET",
                skip: side === "to" ? 1 : 8,
                kind: { type: "status", status: 502 },
            });
            const result = await vaults.replicate({ ...all, copied: first.copied });
            expect(fault.hits).to.be.above(0);
            expect(result.failures.map(({ error }) => error.code)).to.include("Unreachable");
            expect(result.copied).to.include.keys("plain");
            fault.remove();
            succeeded(await vaults.replicate({ ...all, copied: result.copied }));
            await isWhole();
        });
    }
});
