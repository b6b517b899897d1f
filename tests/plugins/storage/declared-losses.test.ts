import { expect } from "chai";
import type { Item, Side } from "../../../providers/core/contract.js";
import { toBlobItem, type BlobFacts } from "../../../providers/storage/blob-item.js";
import { toContainerItem } from "../../../providers/storage/container-item.js";
import { withoutDeclared } from "../../../providers/storage/declared-losses.js";

const plain = { bytes: 1, tags: {} };
const guarded: BlobFacts = {
    ...plain,
    immutabilityPolicyExpiresOn: new Date("2030-01-02T03:04:05Z"),
    immutabilityPolicyMode: "Locked",
    legalHold: true,
    encryptionScope: "finance",
};
const blob = (facts: BlobFacts, side: Side = "source"): Item =>
    toBlobItem({ container: "box", blob: "a" }, facts, { side, carriesTags: false });
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
const kinds = (item: Item): string[] => (item.losses ?? []).map(({ what }) => what);
const all = ["immutability policy", "legal hold", "encryption scope"];

describe("what is not carried of blobs and containers", () => {
    it("is told of a blob, with its reason", () => {
        expect(kinds(blob(plain))).to.deep.equal([]);
        expect(kinds(blob(guarded))).to.deep.equal(all);
        expect(blob(guarded).losses?.[0]?.reason).to.include("locked until 2030-01-02T03:04:05.000Z");
    });

    it("is told of a container", () => {
        expect(kinds(container({ defaultEncryptionScope: "$account-encryption-key" }))).to.deep.equal([]);
        const facts = { hasImmutabilityPolicy: true, hasLegalHold: true, defaultEncryptionScope: "finance" };
        expect(kinds(container(facts))).to.deep.equal(all);
    });

    it("is no loss where the target has it of its own", () => {
        const existing = blob({ ...plain, legalHold: true, encryptionScope: "other" }, "target");
        expect(kinds(withoutDeclared(blob(guarded), { existing }))).to.deep.equal(["immutability policy"]);
        expect(withoutDeclared(blob(guarded), { existing: blob(guarded, "target") })).to.not.have.property(
            "losses",
        );
        expect(kinds(withoutDeclared(blob(guarded), {}))).to.deep.equal(all);
    });
});
