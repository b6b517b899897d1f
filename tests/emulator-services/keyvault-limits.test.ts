import { expect } from "chai";
import fc from "fast-check";
import { chargesOf, type Charge, type Transaction } from "../../emulator/keyvault/limits/charge.js";
import { Latency } from "../../emulator/keyvault/limits/latency.js";
import { documentedLimits } from "../../emulator/keyvault/limits/table.js";
import { Throttle } from "../../emulator/keyvault/limits/throttle.js";
import { transactionOf } from "../../emulator/keyvault/limits/transaction.js";
import type { KeyType } from "../../emulator/keyvault/keys/state.js";
import { routeOf } from "../../emulator/keyvault/routes.js";
import { VaultContents } from "../../emulator/keyvault/vault.js";

const vault = (name: string, subscription = "s"): string =>
    `/subscriptions/${subscription}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/${name}`;

const charges = (transaction: Transaction, name = "app"): Charge[] =>
    chargesOf(transaction, documentedLimits, vault(name));

/** How many of a kind of request are taken at one time, one after another. */
function taken(throttle: Throttle, transaction: Transaction, name?: string): number {
    let count = 0;
    while (throttle.admit(charges(transaction, name), "sliding", 0) === undefined) count += 1;
    return count;
}

const key = (size: "RSA 2048" | "RSA 3072" | "RSA 4096" | "EC", hardware: boolean): Transaction => ({
    kind: "key",
    size,
    hardware,
});

describe("the limits of the local Key Vault", () => {
    it("are the documented ones", () => {
        const documented: [Transaction, number][] = [
            [{ kind: "creation" }, 300],
            [{ kind: "other" }, 4_000],
            [{ kind: "key creation", hardware: false }, 20],
            [{ kind: "key creation", hardware: true }, 10],
            [key("RSA 2048", false), 4_000],
            [key("RSA 2048", true), 2_000],
            [key("RSA 3072", false), 1_000],
            [key("RSA 3072", true), 500],
            [key("RSA 4096", false), 500],
            [key("RSA 4096", true), 250],
            [key("EC", false), 4_000],
            [key("EC", true), 2_000],
        ];
        for (const [transaction, count] of documented)
            expect(taken(new Throttle(), transaction)).to.equal(count);
    });

    it("weigh keys: 248 of 4,096 bits in hardware leave room for 16 of 2,048 bits", () => {
        const throttle = new Throttle();
        for (let index = 0; index < 248; index += 1) {
            expect(throttle.admit(charges(key("RSA 4096", true)), "sliding", 0)).to.equal(undefined);
        }
        expect(taken(throttle, key("RSA 2048", true))).to.equal(16);
    });

    it("count for a subscription five times what they count for a vault", () => {
        const throttle = new Throttle();
        const counts = ["a", "b", "c", "d", "e", "f"].map((name) =>
            taken(throttle, { kind: "key creation", hardware: false }, name),
        );
        expect(counts).to.deep.equal([20, 20, 20, 20, 20, 0]);
        const elsewhere = chargesOf(
            { kind: "key creation", hardware: false },
            documentedLimits,
            vault("f", "t"),
        );
        expect(throttle.admit(elsewhere, "sliding", 0)).to.equal(undefined);
    });

    it("hold in every window of their kind, and a refused request comes through when it was told to come", () => {
        const small: Charge = { counter: "c", capacity: 5, weight: 1, perMilliseconds: 1_000 };
        const pauses = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
        fc.assert(
            fc.property(fc.constantFrom("fixed", "sliding"), fc.string(), pauses, (kind, seed, waits) => {
                const throttle = new Throttle(seed);
                const admitted: number[] = [];
                let now = 0;
                for (const pause of waits) {
                    now += pause;
                    const seconds = throttle.admit([small], kind, now);
                    if (seconds === undefined) admitted.push(now);
                    else if (kind === "fixed" || admitted.length > 0) {
                        now += seconds * 1_000;
                        expect(throttle.admit([small], kind, now)).to.equal(undefined);
                        admitted.push(now);
                    }
                }
                const most = (length: number): number =>
                    Math.max(
                        ...admitted.map(
                            (end) => admitted.filter((at) => at > end - length && at <= end).length,
                        ),
                    );
                // Two fixed windows may touch.
                expect(most(1_000)).to.be.at.most(kind === "sliding" ? 5 : 10);
            }),
        );
    });

    it("begin their windows at times that differ by counter and seed", () => {
        const begins = (seed: number, counter: string): number => {
            const throttle = new Throttle(seed);
            const one: Charge = { counter, capacity: 1, weight: 1, perMilliseconds: 10_000 };
            throttle.admit([one], "fixed", 0);
            let now = 0;
            while (throttle.admit([one], "fixed", now) !== undefined) now += 10;
            return now;
        };
        const times = [1, 2, 3].flatMap((seed) => ["a", "b"].map((counter) => begins(seed, counter)));
        expect(new Set(times)).to.have.property("size", 6);
        expect(begins(1, "a")).to.equal(times[0]);
    });
});

describe("a request to the local Key Vault", () => {
    const contents = new VaultContents({ now: () => 0, transition: () => 0 });
    const addKey = (name: string, kty: KeyType, bits: number): void => {
        const material = kty.startsWith("EC")
            ? { kty: "EC" }
            : { kty: "RSA", n: Buffer.alloc(bits / 8, 1).toString("base64url") };
        contents.keys.add(name, { kty, material, keyOps: [], enabled: true });
    };
    addKey("small", "RSA", 2_048);
    addKey("large-hsm", "RSA-HSM", 4_096);
    addKey("curve", "EC", 0);

    function counts(method: string, path: string, body: object = {}): Transaction {
        const route = routeOf(method, new URL(`https://app.vault.azure.net${path}`));
        if (route === undefined) throw new Error(`there is no ${method} ${path}`);
        return transactionOf(route, contents, Buffer.from(JSON.stringify(body)));
    }

    it("is a creation, a key's, or another", () => {
        for (const [method, path] of [
            ["PUT", "/secrets/a"],
            ["PUT", "/keys/a"],
            ["POST", "/certificates/a/import"],
        ] as const)
            expect(counts(method, path)).to.deep.equal({ kind: "creation" });
        for (const [method, path] of [
            ["GET", "/secrets/a"],
            ["GET", "/secrets"],
            ["PATCH", "/secrets/a/v"],
            ["GET", "/keys"],
            ["GET", "/keys/absent"],
            ["POST", "/keys/restore"],
            ["GET", "/deletedkeys/gone"],
            ["POST", "/certificates/a/create"],
        ] as const)
            expect(counts(method, path), path).to.deep.equal({ kind: "other" });
    });

    it("tells keys by type and size", () => {
        expect(counts("GET", "/keys/small")).to.deep.equal(key("RSA 2048", false));
        expect(counts("GET", "/keys/Large-HSM/versions")).to.deep.equal(key("RSA 4096", true));
        expect(counts("POST", "/keys/curve/backup")).to.deep.equal(key("EC", false));
        const hardware = (kty: unknown): Transaction => counts("POST", "/keys/new/create", { kty });
        expect(hardware("RSA")).to.deep.equal({ kind: "key creation", hardware: false });
        expect(hardware("EC-HSM")).to.deep.equal({ kind: "key creation", hardware: true });
        expect(hardware(7)).to.deep.equal({ kind: "key creation", hardware: false });
    });
});

describe("latency", () => {
    it("is within its range, and the same for the same seed", () => {
        const ways = (seed: number) => {
            const latency = new Latency(seed);
            return Array.from({ length: 50 }, () => latency.next({ from: 20, to: 80 }));
        };
        for (const { there, back } of ways(1)) {
            expect(there).to.be.at.least(0);
            expect(back).to.be.at.least(0);
            expect(there + back).to.be.within(20, 80);
        }
        expect(ways(1)).to.deep.equal(ways(1));
        expect(ways(1)).to.not.deep.equal(ways(2));
    });
});
