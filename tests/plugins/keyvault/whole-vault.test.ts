import { expect } from "chai";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { VaultWorld, type Vault } from "./vault-world.js";
import { clientsOf } from "./whole-vault/clients.js";
import {
    certificateCount,
    deletedAtTarget as deletedCertificate,
    expiring,
    pending,
    seedCertificates,
    seedDeletedCertificate,
    seedExpiring,
} from "./whole-vault/seed-certificates.js";
import { keyCount, keyName, seedKeys } from "./whole-vault/seed-keys.js";
import {
    deletedAtTarget,
    disabledHistories,
    disabledSecrets,
    secretCount,
    secretName,
    seedDeletedSecrets,
    seedSecrets,
    versionCount,
} from "./whole-vault/seed-secrets.js";
import { snapshotCertificates } from "./whole-vault/snapshot-certificates.js";
import { snapshotKeys, snapshotSecrets, withoutOrigin, type Snapshots } from "./whole-vault/snapshots.js";

const elements = ["secrets", "keys", "certificates"] as const;
type ElementName = (typeof elements)[number];

const officers = ["Key Vault Secrets Officer", "Key Vault Crypto Officer", "Key Vault Certificates Officer"];
const readers = ["Key Vault Reader", "Key Vault Secrets User", "Key Vault Crypto User"];

/** What a run is asked for: everything there is. */
const elementOptions: Record<ElementName, Readonly<Record<string, unknown>>> = {
    secrets: { versions: "all" },
    keys: {},
    certificates: { versions: "all" },
};

/** A premium vault with 60 secrets, 20 keys of all kinds and 15 certificates, replicated whole. */
describe("a whole vault", () => {
    let world: VaultWorld;
    let source: Vault;
    before(async () => {
        world = await VaultWorld.start();
        Object.assign(world.azure.keyVault.settings, { issuanceMilliseconds: 0, keyMaterial: "pooled" });
        source = premium("production", "whole-source", "westeurope", [...readers, ...officers]);
        const { secrets, keys, certificates } = clientsOf(source);
        const tick = (): void => {
            world.azure.clock.advance(1_500);
        };
        const { ended } = await seedExpiring(certificates);
        await seedSecrets(secrets, tick);
        await seedKeys(keys, tick);
        await seedCertificates(certificates, tick);
        await ended;
        world.azure.requests.clear();
    });
    after(() => world.stop());

    function premium(
        tenant: "production" | "staging",
        name: string,
        location: string,
        roles: readonly string[],
    ): Vault {
        return world.vault(tenant, name, {
            location,
            roles,
            properties: { sku: { family: "A", name: "premium" } },
        });
    }

    async function replicateAll(target: Vault): Promise<Record<ElementName, ReplicationResult>> {
        const { secrets, certificates } = clientsOf(target);
        await seedDeletedSecrets(secrets);
        await seedDeletedCertificate(certificates);
        const results = {} as Record<ElementName, ReplicationResult>;
        for (const element of elements) {
            results[element] = await world.replicate(element, source, target, {
                elementOptions: elementOptions[element],
            });
        }
        return results;
    }

    async function snapshots(vault: Vault): Promise<Record<ElementName, Snapshots>> {
        const { secrets, keys, certificates } = clientsOf(vault);
        return {
            secrets: await snapshotSecrets(secrets),
            keys: await snapshotKeys(keys),
            certificates: await snapshotCertificates(certificates, secrets),
        };
    }

    /** Losses that cost fidelity, as `item: what`. */
    function losses(result: ReplicationResult): string[] {
        return result.losses
            .filter(({ minor }) => minor !== true)
            .map(({ item, what }) => `${item}: ${what}`)
            .sort();
    }

    it("arrives whole in the same geography, with ids, dates and what nobody can read", async () => {
        const target = premium("production", "whole-sibling", "northeurope", officers);
        const results = await replicateAll(target);
        for (const element of elements) {
            expect(results[element].failures, element).to.deep.equal([]);
        }
        expect(losses(results.keys)).to.deep.equal([]);
        expect(losses(results.certificates)).to.deep.equal([]);
        const [there, here] = [await snapshots(source), await snapshots(target)];
        const restored = (element: ElementName, name: string): boolean =>
            !(element === "secrets" && deletedAtTarget.map(secretName).includes(name)) &&
            !(element === "certificates" && name === deletedCertificate);
        for (const element of elements) {
            for (const [name, expected] of Object.entries(there[element])) {
                const found = here[element][name];
                if (name === pending) continue;
                expect(found, `${element} ${name}`).not.to.equal(undefined);
                if (restored(element, name)) expect(found, `${element} ${name}`).to.deep.equal(expected);
            }
        }
        expect(Object.keys(here.secrets)).to.have.length(secretCount);
        expect(Object.keys(here.keys)).to.have.length(keyCount);
        expect(Object.keys(here.certificates)).to.have.length(certificateCount - 1);
        expect(world.writes(source), "writes at the source").to.equal(0);
    });

    it("arrives elsewhere with exactly the losses that can't be helped", async () => {
        const target = premium("staging", "whole-elsewhere", "eastus", officers);
        const results = await replicateAll(target);
        for (const element of elements) expect(results[element].failures, element).to.deep.equal([]);
        const [there, here] = [await snapshots(source), await snapshots(target)];

        expect(losses(results.secrets).map((loss) => loss.split(":")[0])).to.deep.equal(
            [...disabledSecrets, ...disabledHistories].map(secretName).sort(),
        );
        expect(results.secrets.summary).to.include({ lost: disabledSecrets.length });
        for (let number = 0; number < secretCount; number += 1) {
            const name = secretName(number);
            if (disabledSecrets.includes(number)) {
                expect(here.secrets[name], name).to.equal(undefined);
                continue;
            }
            const expected = there.secrets[name];
            const found = here.secrets[name];
            if (expected === undefined || found === undefined) throw new Error(`${name} is missing`);
            // The version of old that was deleted there stays below.
            const extra = deletedAtTarget.includes(number) ? 1 : 0;
            const versions = expected.versions.filter(({ attributes }) => attributes["enabled"] === true);
            expect(found.versions, name).to.have.length(versions.length + extra);
            expect(versions.length + (disabledHistories.includes(number) ? 1 : 0)).to.equal(
                versionCount(number),
            );
            if (extra === 0) {
                expect(withoutOrigin(found), name).to.deep.equal(withoutOrigin({ ...expected, versions }));
            }
        }

        expect(losses(results.keys)).to.deep.equal(
            Array.from({ length: keyCount }, (_, number) => `${keyName(number)}: key`),
        );
        expect(here.keys).to.deep.equal({});

        expect(losses(results.certificates).map((loss) => loss.split(":")[0])).to.deep.equal(
            [
                "Certificate-disabled",
                expiring,
                "Certificate-kept-in-ec",
                "Certificate-kept-in-rsa",
                "Certificate-old-disabled",
            ].sort(),
        );
        for (const [name, expected] of Object.entries(there.certificates)) {
            const found = here.certificates[name];
            if (found === undefined || name === deletedCertificate) continue;
            const versions = expected.versions.filter(({ attributes }) => attributes["enabled"] === true);
            expect(withoutOrigin(found), name).to.deep.equal(withoutOrigin({ ...expected, versions }));
        }
        expect(Object.keys(here.certificates)).to.have.length(certificateCount - 5);
        expect(world.writes(source), "writes at the source").to.equal(0);
    });

    it("is left alone by a second run", async () => {
        for (const [tenant, name] of [
            ["production", "whole-sibling"],
            ["staging", "whole-elsewhere"],
        ] as const) {
            const target = premium(
                tenant,
                name,
                name === "whole-sibling" ? "northeurope" : "eastus",
                officers,
            );
            world.azure.requests.clear();
            for (const element of elements) {
                const { summary, failures } = await world.replicate(element, source, target, {
                    elementOptions: elementOptions[element],
                });
                expect(failures).to.deep.equal([]);
                expect(summary, element).to.include({ created: 0, updated: 0, conflicts: 0 });
            }
            expect(world.writes(target)).to.equal(0);
        }
    });
});
