import { expect } from "chai";
import fc from "fast-check";
import { daysOf, later } from "../../emulator/keyvault/keys/durations.js";
import { VaultBench } from "./vault-bench.js";

interface Policy {
    id?: string;
    lifetimeActions: { trigger: Record<string, string>; action: { type: string } }[];
    attributes: { expiryTime?: string; created?: number; updated?: number };
}

const notify = { trigger: { timeBeforeExpiry: "P30D" }, action: { type: "Notify" } };
const rotate = (trigger: object): object => ({ trigger, action: { type: "Rotate" } });

describe("rotation of keys of a local Key Vault", () => {
    let bench: VaultBench;

    beforeEach(async () => {
        bench = await VaultBench.make();
        bench.place({ name: "app" });
        await bench.get("app", "POST", "/keys/k/create", {
            kty: "EC",
            tags: { a: "b" },
            attributes: { exp: 2e9 },
        });
    });

    const path = "/keys/k/rotationpolicy";
    const put = (policy: object): Promise<Policy> => bench.get<Policy>("app", "PUT", path, policy);

    it("is a notice before the end where nobody set a policy", async () => {
        expect(await bench.get("app", "GET", path)).to.deep.equal({
            lifetimeActions: [notify],
            attributes: {},
        });
        expect((await bench.refusal("app", "GET", "/keys/none/rotationpolicy")).code).to.equal("KeyNotFound");
    });

    it("is what was set, with the notice that can't be removed, and its dates", async () => {
        const action = rotate({ timeAfterCreate: "P2M" });
        const set = await put({ lifetimeActions: [action], attributes: {} });
        const now = bench.platform.time / 1000;
        expect(set).to.deep.equal({
            id: "https://app.vault.azure.net/keys/k/rotationpolicy",
            lifetimeActions: [action, notify],
            attributes: { created: now, updated: now },
        });
        bench.platform.time += 5_000;
        const changed = await put({
            lifetimeActions: [rotate({ timeBeforeExpiry: "P30D" })],
            attributes: { expiryTime: "P90D" },
        });
        expect(changed.attributes).to.deep.equal({ expiryTime: "P90D", created: now, updated: now + 5 });
        expect(await bench.get("app", "GET", path)).to.deep.equal(changed);
        expect((await put({ lifetimeActions: [] })).lifetimeActions).to.deep.equal([notify]);
    });

    const expiring = { expiryTime: "P90D" };
    const bad: [string, object][] = [
        ["an end in less than 28 days", { attributes: { expiryTime: "P27D" } }],
        ["an end that is no duration", { attributes: { expiryTime: "90 days" } }],
        ["a rotation within 7 days", { lifetimeActions: [rotate({ timeAfterCreate: "P6D" })] }],
        [
            "a rotation less than 7 days before the end",
            {
                lifetimeActions: [rotate({ timeBeforeExpiry: "P6D" })],
                attributes: expiring,
            },
        ],
        [
            "a rotation in the last 7 days",
            {
                lifetimeActions: [rotate({ timeAfterCreate: "P84D" })],
                attributes: expiring,
            },
        ],
        [
            "a rotation before an end that there is none of",
            {
                lifetimeActions: [rotate({ timeBeforeExpiry: "P30D" })],
            },
        ],
        [
            "two rotations",
            {
                lifetimeActions: [rotate({ timeAfterCreate: "P30D" }), rotate({ timeAfterCreate: "P40D" })],
            },
        ],
        [
            "two triggers",
            {
                lifetimeActions: [rotate({ timeAfterCreate: "P30D", timeBeforeExpiry: "P30D" })],
                attributes: expiring,
            },
        ],
        ["no trigger", { lifetimeActions: [rotate({})] }],
        [
            "a notice after so long",
            {
                lifetimeActions: [{ trigger: { timeAfterCreate: "P30D" }, action: { type: "Notify" } }],
            },
        ],
        [
            "an action that there is none of",
            {
                lifetimeActions: [{ trigger: { timeAfterCreate: "P30D" }, action: { type: "Delete" } }],
            },
        ],
    ];
    for (const [what, policy] of bad) {
        it(`is not ${what}`, async () => {
            expect(await bench.refusal("app", "PUT", path, policy)).to.include({
                status: 400,
                code: "BadParameter",
            });
            expect(await bench.get("app", "GET", path)).to.not.have.property("id");
        });
    }

    it("makes a new key of the same kind, which ends when the policy says", async () => {
        interface Bundle {
            key: Record<string, unknown>;
            attributes: { exp?: number; enabled: boolean };
            tags?: object;
        }
        const before = await bench.get<Bundle>("app", "GET", "/keys/k");
        const free = await bench.get<Bundle>("app", "POST", "/keys/k/rotate");
        expect(free.key).to.include({ kty: "EC", crv: "P-256" });
        expect(free.key.kid).to.not.equal(before.key.kid);
        expect(free.tags).to.deep.equal(before.tags);
        expect(free.attributes).to.not.have.property("exp");
        await put({ lifetimeActions: [rotate({ timeBeforeExpiry: "P30D" })], attributes: expiring });
        const rotated = await bench.get<Bundle>("app", "POST", "/keys/k/rotate");
        expect(rotated.attributes.exp).to.equal(bench.platform.time / 1000 + 90 * 86_400);
        const { value } = await bench.get<{ value: object[] }>("app", "GET", "/keys/k/versions");
        expect(value).to.have.lengthOf(3);
    });

    it("reads durations as ISO 8601 has them", () => {
        expect(daysOf("P1Y10D")).to.equal(375);
        expect(daysOf("PT48H")).to.equal(2);
        for (const text of ["", "P", "PT", "P1DT", "1D", "P-1D", "P1W2"]) {
            expect(daysOf(text), text).to.equal(undefined);
        }
        expect(later(Date.UTC(2026, 0, 15) / 1000, "P1M")).to.equal(Date.UTC(2026, 1, 15) / 1000);
        fc.assert(
            fc.property(fc.nat(4000), fc.nat(4_000_000), (days, from) => {
                expect(daysOf(`P${String(days)}D`)).to.equal(days);
                expect(later(from, `P${String(days)}D`)).to.equal(from + days * 86_400);
            }),
        );
    });
});
