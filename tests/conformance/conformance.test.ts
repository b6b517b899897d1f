import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { LocalAzure } from "../../emulator/local-azure.js";
import { elementKeys, findElement } from "../../providers/core/registry.js";
import { Bench } from "./bench.js";
import type { Check } from "./check.js";
import { absenceChecks } from "./checks/absence.js";
import { decisionChecks } from "./checks/decisions.js";
import { descriptorChecks } from "./checks/descriptor.js";
import { faultChecks } from "./checks/faults.js";
import { groupChecks } from "./checks/groups.js";
import { listingChecks } from "./checks/listing.js";
import { permissionChecks } from "./checks/permissions.js";
import { safetyChecks } from "./checks/safety.js";
import { writingChecks } from "./checks/writing.js";
import { fixtureFile, loadFixture, type Fixture } from "./fixture.js";
import { waivers } from "./waivers.js";

const areas: Readonly<Record<string, readonly Check[]>> = {
    descriptor: descriptorChecks,
    listing: listingChecks,
    absence: absenceChecks,
    writing: writingChecks,
    "decision table": decisionChecks,
    "records by group": groupChecks,
    safety: safetyChecks,
    faults: faultChecks,
    permissions: permissionChecks,
};
const checks = Object.values(areas).flat();
const keys = elementKeys();

describe("conformance", function () {
    this.timeout(120_000);
    let azure: LocalAzure;
    before(async () => {
        azure = await LocalAzure.start();
        azure.keyVault.settings.transitionMilliseconds = 0;
        azure.useHere();
    });
    after(() => azure.stop());

    it("finds element types, and each has a fixture", () => {
        expect(keys).to.not.be.empty;
        expect(keys.filter((key) => !existsSync(fixtureFile(key)))).to.deep.equal([]);
        const files = readdirSync(join(__dirname, "fixtures")).filter((file) => file.endsWith(".ts"));
        expect(files.sort()).to.deep.equal(keys.map((key) => `${key.replace("/", "-")}.ts`).sort());
    });

    it("has no two checks of one name, and no waiver without a check or a reason", () => {
        const names = checks.map(({ name }) => name);
        expect(names.length).to.equal(new Set(names).size);
        for (const [key, waived] of Object.entries(waivers)) {
            expect(keys).to.include(key);
            for (const [name, reason] of Object.entries(waived)) {
                expect(names).to.include(name);
                expect(reason).to.match(/\w+ \w+/);
            }
        }
    });

    it("loads no Azure SDK to find them", () => {
        const script = `
            require("tsx/cjs");
            require(${JSON.stringify(join(__dirname, "../../providers/core/registry.ts"))}).elementKeys();
            const sdks = Object.keys(require.cache).filter((file) =>
                /node_modules\\/@azure\\/(?!core-|abort-controller|logger)/.test(file));
            process.stdout.write(JSON.stringify(sdks));`;
        const output = execFileSync(process.execPath, ["-e", script], {
            encoding: "utf8",
            cwd: join(__dirname, "../.."),
        });
        expect(JSON.parse(output)).to.deep.equal([]);
    });

    for (const key of keys) {
        const fixture = loadFixture(key);
        if (fixture === undefined) continue;
        const variants = Object.entries(fixture.variants ?? {}).map(
            ([title, options]) => [`${key}, ${title}`, { ...fixture, options }] as const,
        );
        for (const [title, variant] of [[key, fixture] as const, ...variants]) {
            describe(title, () => {
                runAll(key, variant);
            });
        }
    }

    function runAll(key: string, fixture: Fixture): void {
        const entry = findElement(key);
        for (const [area, all] of Object.entries(areas)) {
            const its = all.filter(({ applies }) => applies?.(entry, fixture) ?? true);
            describe(area, () => {
                for (const check of its) {
                    const reason = waivers[key]?.[check.name];
                    const run = async () => check.run(await Bench.create(azure, entry, fixture));
                    it(reason === undefined ? check.name : `${check.name} (waived: ${reason})`, async () => {
                        try {
                            await (reason === undefined ? run() : mustFail(run));
                        } finally {
                            azure.faults.clear();
                        }
                    });
                }
            });
        }
    }
});

/** A waiver that is no longer needed must go. */
async function mustFail(run: () => Promise<void>): Promise<void> {
    try {
        await run();
    } catch {
        return;
    }
    throw new Error("the check passes: take its waiver away");
}
