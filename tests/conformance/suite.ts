import { LocalAzure } from "../../emulator/local-azure.js";
import { findElement } from "../../providers/core/registry.js";
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
import { loadFixture, type Fixture } from "./fixture.js";
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

/** All checks there are. */
export const checks = Object.values(areas).flat();

/**
 * Declares the tests of one element type, `kind/element`, by its fixture and each variant of it. In a file for each
 * type: files are what spreads over processes.
 */
export function conformance(key: string): void {
    const fixture = loadFixture(key);
    if (fixture === undefined) throw new Error(`${key} has no fixture`);
    const variants = Object.entries(fixture.variants ?? {}).map(
        ([title, change]) => [`${key}, ${title}`, { ...fixture, ...change }] as const,
    );
    describe("conformance", () => {
        let azure: LocalAzure;
        before(async () => {
            azure = await LocalAzure.start();
            azure.keyVault.settings.transitionMilliseconds = 0;
            azure.useHere();
        });
        after(() => azure.stop());

        for (const [title, variant] of [[key, fixture] as const, ...variants]) {
            describe(title, () => {
                declareAll(() => azure, { key, title }, variant);
            });
        }
    });
}

function declareAll(
    azure: () => LocalAzure,
    { key, title }: { readonly key: string; readonly title: string },
    fixture: Fixture,
): void {
    const entry = findElement(key);
    for (const [area, all] of Object.entries(areas)) {
        const its = all.filter(({ applies }) => applies?.(entry, fixture) ?? true);
        describe(area, () => {
            for (const check of its) {
                const reason = waivers[key]?.[check.name] ?? waivers[title]?.[check.name];
                const run = async () => check.run(await Bench.create(azure(), entry, fixture));
                it(reason === undefined ? check.name : `${check.name} (waived: ${reason})`, async () => {
                    try {
                        await (reason === undefined ? run() : mustFail(run));
                    } finally {
                        azure().faults.clear();
                    }
                });
            }
        });
    }
}

/** A waiver that is no longer needed must go. */
async function mustFail(run: () => Promise<void>): Promise<void> {
    try {
        await run();
    } catch {
        return;
    }
    throw new Error("the check passes: take its waiver away");
}
