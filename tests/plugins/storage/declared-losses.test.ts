import { expect } from "chai";
import fc from "fast-check";
import type { Item } from "../../../providers/core/contract.js";
import { toBlobItem, type BlobFacts, type BlobProperties } from "../../../providers/storage/blob-item.js";
import type { Immutability } from "../../../providers/storage/bound-properties.js";
import { toContainerItem } from "../../../providers/storage/container-item.js";
import { withoutDeclared } from "../../../providers/storage/declared-losses.js";
import {
    foreseeProtection,
    strongest,
    type ProtectionOutlook,
} from "../../../providers/storage/protection.js";

const plain = { bytes: 1, tags: {} };
const until = "2030-01-02T03:04:05.000Z";
const now = Date.parse("2026-01-01T00:00:00Z");
const guarded: BlobFacts = {
    ...plain,
    immutabilityPolicyExpiresOn: new Date(until),
    immutabilityPolicyMode: "Locked",
    legalHold: true,
};
const blob = (facts: BlobFacts): Item =>
    toBlobItem({ container: "box", blob: "a" }, facts, { side: "source", carriesTags: false });
const container = (facts: object): Item =>
    toContainerItem(
        {
            name: "box",
            etag: '"1"',
            modified: undefined,
            metadata: undefined,
            publicAccess: undefined,
            policies: undefined,
            ...facts,
        },
        false,
    );
const kinds = (item: Item): string[] =>
    (item.losses ?? []).map(({ what, minor }) => `${what}${minor === true ? " (minor)" : ""}`);
const all = ["immutability policy", "legal hold", "encryption scope"];
const outlook: ProtectionOutlook = { option: "unlocked", existing: undefined, supported: true, now };
const foreseen = (facts: BlobFacts, change: Partial<ProtectionOutlook> = {}): Item =>
    foreseeProtection(blob(facts), { ...outlook, ...change });
const policyOf = (item: Item): Immutability | undefined => (item.properties as BlobProperties).immutability;

describe("what is not carried of containers", () => {
    it("is told, with its reason", () => {
        expect(kinds(container({ defaultEncryptionScope: "$account-encryption-key" }))).to.deep.equal([]);
        const facts = { hasImmutabilityPolicy: true, hasLegalHold: true, defaultEncryptionScope: "finance" };
        expect(kinds(container(facts))).to.deep.equal(all);
    });

    it("is no loss where the target has it of its own", () => {
        const facts = { hasImmutabilityPolicy: true, hasLegalHold: true };
        const existing = container({ hasLegalHold: true });
        expect(kinds(withoutDeclared(container(facts), { existing }))).to.deep.equal(["immutability policy"]);
        expect(withoutDeclared(container(facts), { existing: container(facts) })).to.not.have.property(
            "losses",
        );
    });
});

describe("the protection of a blob's copy", () => {
    it("is unlocked unless a locked one is asked for", () => {
        expect(policyOf(foreseen(guarded))).to.deep.equal({ until });
        expect(kinds(foreseen(guarded))).to.deep.equal(["immutability policy (minor)"]);
        expect(policyOf(foreseen(guarded, { option: "same" }))).to.deep.equal({ until, locked: true });
        expect(kinds(foreseen(guarded, { option: "same" }))).to.deep.equal([]);
    });

    it("is a loss where it can't be, with the date", () => {
        for (const change of [{ supported: false }, { option: false } as const]) {
            const item = foreseen(guarded, change);
            expect(kinds(item)).to.deep.equal(["immutability policy", "legal hold"]);
            expect(item.losses?.[0]?.reason).to.include(`locked until ${until}`);
            expect(item.properties).to.not.have.any.keys("immutability", "legalHold");
        }
    });

    it("is not that of a policy that has ended", () => {
        const item = foreseen(guarded, { now: Date.parse(until) });
        expect(kinds(item)).to.deep.equal(["immutability policy (minor)"]);
        expect(item.properties).to.not.have.property("immutability");
    });

    it("is what the target has of its own, where the source has none", () => {
        const existing = { immutability: { until, locked: true as const }, legalHold: true as const };
        expect(foreseen(plain, { existing }).properties).to.include(existing);
        expect(kinds(foreseen(plain, { existing }))).to.deep.equal([]);
    });

    it("shows in the version, as it changes without the ETag", () => {
        expect(blob(guarded).version).to.equal(`unknown locked-until:${until} hold`);
    });

    const policy = fc
        .record({ days: fc.integer({ min: 0, max: 9 }), locked: fc.boolean() })
        .map(({ days, locked }): Immutability => ({
            until: new Date(now + days * 86_400_000).toISOString(),
            ...(locked ? { locked: true } : {}),
        }));

    it("is never shorter nor looser than what is there, and never locked longer than the source's", () => {
        fc.assert(
            fc.property(policy, policy, (wanted, found) => {
                const carried = strongest(wanted, found);
                expect(carried?.until).to.equal([wanted.until, found.until].sort()[1]);
                if (found.locked === true) expect(carried?.locked).to.equal(true);
                if (carried?.locked === true && found.locked !== true) {
                    expect(carried).to.deep.equal(wanted);
                }
                expect(strongest(wanted, carried)).to.deep.equal(carried);
            }),
        );
    });
});
