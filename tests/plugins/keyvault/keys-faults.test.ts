import { expect } from "chai";
import type { Run } from "./vault-world.js";
import { VaultWorld } from "./vault-world.js";
import { KeyVaults, policyOf, recreate, versionsOf } from "./keys-world.js";

const rotation = {
    expiresIn: "P90D",
    lifetimeActions: [{ action: "Notify" as const, timeBeforeExpiry: "P20D" }],
};

/** More requests than any of the runs below sends to the target. */
const requestsAtMost = 40;

interface Way {
    readonly title: string;
    readonly place: "together" | "apart";
    readonly run: Run;
}

const ways: readonly Way[] = [
    { title: "restored", place: "together", run: { owner: "mine" } },
    { title: "made anew", place: "apart", run: { ...recreate, owner: "mine" } },
];

describe("keys, when things go wrong", () => {
    let world: VaultWorld;
    before(async () => {
        world = await VaultWorld.start();
    });
    after(() => world.stop());

    /** One key alone, so that requests come in one order. */
    async function seeded(place: Way["place"]): Promise<KeyVaults> {
        const both = new KeyVaults(world, place);
        await both.source.createEcKey("one", { tags: { a: "b" } });
        await both.source.updateKeyRotationPolicy("one", rotation);
        return both;
    }

    async function isAsWanted(both: KeyVaults, changed = "b"): Promise<void> {
        expect(await versionsOf(both.target, "one")).to.have.lengthOf(1);
        const [there, here] = [await both.source.getKey("one"), await both.target.getKey("one")];
        expect(here.properties.tags).to.include({ a: changed });
        expect(here.keyOperations).to.deep.equal(there.keyOperations);
        expect(await policyOf(both.target, "one")).to.deep.equal(await policyOf(both.source, "one"));
    }

    for (const { title, place, run } of ways) {
        it(`that are ${title} end alike after a kill before any request to the target`, async () => {
            for (let skip = 0; skip < requestsAtMost; skip += 1) {
                const both = await seeded(place);
                const fault = both.fault(both.to, { skip, kind: { type: "cut", when: "before" } });
                await both.killed(run);
                const struck = fault.hits > 0;
                fault.remove();
                both.tick();
                const result = await both.killed(run);
                expect(result.failures, `after ${String(skip)} requests`).to.deep.equal([]);
                await isAsWanted(both);
                expect((await both.replicate(run)).summary).to.include({ same: 1 });
                if (!struck) return;
            }
            throw new Error("no run went through");
        });

        it(`that are ${title} are recognised after the answer to any request got lost`, async () => {
            for (let skip = 0; skip < requestsAtMost; skip += 1) {
                const both = await seeded(place);
                const fault = both.fault(both.to, { skip, times: 1, kind: { type: "cut", when: "after" } });
                const result = await both.replicate(run);
                const struck = fault.hits > 0;
                fault.remove();
                expect(result.failures, `without answer ${String(skip)}`).to.deep.equal([]);
                await isAsWanted(both);
                const { tags } = (await both.target.getKey("one")).properties;
                expect(tags, `without answer ${String(skip)}`).to.include({
                    "azure-dataplane-owner": "mine",
                });
                expect((await both.replicate(run)).summary).to.include({ same: 1 });
                if (!struck) return;
            }
            throw new Error("no run went through");
        });

        it(`that are ${title} get all their new properties after a kill at any request`, async () => {
            for (let skip = 0; skip < requestsAtMost; skip += 1) {
                const both = await seeded(place);
                const first = await both.replicate(run);
                both.tick();
                const { version = "" } = (await both.source.getKey("one")).properties;
                await both.source.updateKeyProperties("one", version, { tags: { a: "c" } });
                await both.source.updateKeyRotationPolicy("one", { ...rotation, expiresIn: "P80D" });
                const fault = both.fault(both.to, { skip, kind: { type: "cut", when: "before" } });
                await both.replicate({ ...run, copied: first.copied });
                const struck = fault.hits > 0;
                fault.remove();
                both.tick();
                const result = await both.replicate({ ...run, copied: first.copied });
                expect(result.failures, `after ${String(skip)} requests`).to.deep.equal([]);
                await isAsWanted(both, "c");
                if (!struck) return;
            }
            throw new Error("no run went through");
        });
    }

    it("that are made by a template have one version after the answer to any request got lost", async () => {
        for (let skip = 0; skip < requestsAtMost; skip += 1) {
            const both = await seeded("apart");
            const fault = both.fault(both.to, { skip, times: 1, kind: { type: "cut", when: "after" } });
            const result = await both.replicate({ mode: "template" });
            const struck = fault.hits > 0;
            fault.remove();
            expect(result.failures, `without answer ${String(skip)}`).to.deep.equal([]);
            await isAsWanted(both);
            if (!struck) return;
        }
        throw new Error("no run went through");
    });

    it("have nothing of a backup in errors, records or messages", async () => {
        const both = await seeded("together");
        const told: string[] = [];
        both.fault(both.to, { path: /\/keys\/restore/, kind: { type: "status", status: 500 } });
        const result = await both.replicate({ onProgress: (event) => told.push(JSON.stringify(event)) });
        world.azure.faults.clear();
        expect(result.failures).to.have.lengthOf(1);
        const { inspect } = await import("node:util");
        const text = told.join("\n") + inspect(result, { depth: Infinity, maxStringLength: null });
        expect(text).not.to.match(/[\w-]{200,}/);
    });
});
