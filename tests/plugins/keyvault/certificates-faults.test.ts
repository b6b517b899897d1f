import { expect } from "chai";
import type { DataplaneError } from "../../../providers/core/errors.js";
import { CertificateVaults, comparable, createAt, importAt } from "./certificates-world.js";
import { VaultWorld, type Run } from "./vault-world.js";

/** More requests than any of the runs below sends to the target. */
const requestsAtMost = 60;

interface Way {
    readonly title: string;
    readonly place: "together" | "apart";
    readonly run: Run;
    readonly seed: (both: CertificateVaults) => Promise<void>;
    /** How many versions the copies end with. */
    readonly versions: number;
}

async function imported(both: CertificateVaults): Promise<void> {
    for (let n = 0; n < 3; n += 1) await both.seed("c", { format: "pem", tags: { n: String(n) } });
    const policy = await both.source.getCertificatePolicy("c");
    await both.source.updateCertificatePolicy("c", { ...policy, issuerName: "Self", reuseKey: true });
}

const ways: readonly Way[] = [
    { title: "imported", place: "apart", run: { owner: "mine" }, seed: imported, versions: 1 },
    {
        title: "imported with all versions",
        place: "apart",
        run: { elementOptions: { versions: "all" }, owner: "mine" },
        seed: imported,
        versions: 3,
    },
    {
        title: "imported over a deleted one",
        place: "apart",
        run: {},
        seed: async (both) => {
            await imported(both);
            await importAt(both.target, "c");
            await (await both.target.beginDeleteCertificate("c", { intervalInMs: 1 })).pollUntilDone();
            both.tick();
        },
        versions: 2,
    },
    {
        title: "imported over a deleted one, although the vaults are near",
        place: "together",
        run: { elementOptions: { versions: "all" } },
        seed: async (both) => {
            await imported(both);
            await importAt(both.target, "c");
            await (await both.target.beginDeleteCertificate("c", { intervalInMs: 1 })).pollUntilDone();
            both.tick();
        },
        versions: 4,
    },
    {
        title: "restored",
        place: "together",
        run: { elementOptions: { versions: "all" }, owner: "mine" },
        seed: imported,
        versions: 3,
    },
    {
        title: "made anew",
        place: "apart",
        run: { elementOptions: { onUnexportable: "recreate" } },
        seed: (both) => createAt(both.source, "c", { exportable: false }),
        versions: 1,
    },
];

describe("certificates, when things go wrong", () => {
    let world: VaultWorld;
    before(async () => {
        world = await VaultWorld.start();
        world.azure.keyVault.settings.issuanceMilliseconds = 0;
    });
    after(() => world.stop());

    async function isAsWanted(
        both: CertificateVaults,
        way: Way,
        at: string,
        versions = way.versions,
    ): Promise<void> {
        expect(await both.thumbprints("to", "c"), at).to.have.lengthOf(versions);
        for await (const { version, tags } of both.target.listPropertiesOfCertificateVersions("c")) {
            const known = Object.keys(tags ?? {});
            // Without the versions before it only the current one is looked at.
            if (way.run.elementOptions?.["versions"] !== "all") break;
            expect(known, `${at}, version ${version ?? ""}`).to.not.include("azure-dataplane-placeholder");
        }
        const { properties, policy } = await both.target.getCertificate("c");
        expect(Object.keys(properties.tags ?? {}), at).to.not.include("azure-dataplane-placeholder");
        if (way.title === "made anew") {
            expect(policy?.exportable, at).to.equal(false);
            return;
        }
        const here = (await comparable(both.target, "c")) as { tags: Record<string, string> };
        const { "azure-dataplane-owner": _owner, ...tags } = here.tags;
        expect({ ...here, tags }, at).to.deep.equal(await comparable(both.source, "c"));
    }

    function mayBeForeign({ title }: Way, failures: readonly { error: DataplaneError }[]): boolean {
        return title.includes("deleted") && failures.some(({ error }) => error.code === "Conflict");
    }

    for (const way of ways) {
        const { title, place, run, seed } = way;

        it(`that are ${title} end alike after a kill before any request to the target`, async () => {
            let conflicts = 0;
            for (let skip = 0; skip < requestsAtMost; skip += 1) {
                const both = new CertificateVaults(world, place);
                await seed(both);
                const fault = both.fault(both.to, { skip, kind: { type: "cut", when: "before" } });
                await both.unrecorded(run);
                const struck = fault.hits > 0;
                fault.remove();
                both.tick();
                let { failures } = await both.unrecorded(run);
                const isForeign = mayBeForeign(way, failures);
                if (isForeign) {
                    // Nobody can mark what is deleted: right after it came back it is taken for somebody else's.
                    conflicts += 1;
                    ({ failures } = await both.unrecorded({ ...run, onConflict: "overwrite" }));
                }
                expect(
                    failures.map(({ error }) => error.message),
                    `after ${String(skip)}`,
                ).to.deep.equal([]);
                // Over what is somebody else's only the current version goes.
                await isAsWanted(both, way, `after ${String(skip)}`, isForeign ? 2 : way.versions);
                if (struck) continue;
                expect(conflicts).to.equal(title.includes("deleted") ? 2 : 0);
                return;
            }
            throw new Error("a run sends more requests than was thought");
        });

        it(`that are ${title} end alike where any answer of the target is lost`, async () => {
            for (let skip = 0; skip < requestsAtMost; skip += 1) {
                const both = new CertificateVaults(world, place);
                await seed(both);
                const fault = both.fault(both.to, { skip, times: 1, kind: { type: "cut", when: "after" } });
                const { failures } = await both.replicate(run);
                const struck = fault.hits > 0;
                fault.remove();
                expect(
                    failures.map(({ error }) => error.message),
                    `after ${String(skip)}`,
                ).to.deep.equal([]);
                await isAsWanted(both, way, `after ${String(skip)}`);
                if (!struck) return;
            }
            throw new Error("a run sends more requests than was thought");
        });
    }
});
