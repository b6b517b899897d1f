import { createHash, createPublicKey, generateKeyPairSync, verify, type JsonWebKey } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { createKeyVault } from "../../emulator/keyvault/index.js";
import { VaultBench } from "./vault-bench.js";

interface Bundle {
    key: Record<string, string> & { key_ops: string[] };
    attributes: Record<string, unknown>;
    tags?: Record<string, string>;
    release_policy?: unknown;
}

const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "k"];
const policy = {
    data: Buffer.from(JSON.stringify({ version: "1.0.0", anyOf: [] })).toString("base64url"),
};

describe("keys of a local Key Vault", () => {
    let bench: VaultBench;

    beforeEach(async () => {
        bench = await VaultBench.make();
        bench.place({ name: "app" });
        bench.place({ name: "hsm", sku: "premium" });
    });

    const create = (name: string, body: object, vault = "app"): Promise<Bundle> =>
        bench.get<Bundle>(vault, "POST", `/keys/${name}/create`, body);
    const refused = (name: string, body: object, vault = "app") =>
        bench.refusal(vault, "POST", `/keys/${name}/create`, body);

    describe("made", () => {
        it("are RSA of 2048 bits and P-256 by default, for all that such keys can do", async () => {
            const rsa = await create("rsa", { kty: "RSA" });
            expect(Buffer.from(rsa.key.n ?? "", "base64url")).to.have.lengthOf(256);
            expect(rsa.key).to.include({ kty: "RSA", e: "AQAB" });
            expect(rsa.key.key_ops).to.deep.equal([
                "encrypt",
                "decrypt",
                "sign",
                "verify",
                "wrapKey",
                "unwrapKey",
            ]);
            const ec = await create("ec", { kty: "EC" });
            expect(ec.key).to.include({ kty: "EC", crv: "P-256" });
            expect(ec.key.key_ops).to.deep.equal(["sign", "verify"]);
            expect(ec.key.kid).to.match(/^https:\/\/app\.vault\.azure\.net\/keys\/ec\/[0-9a-f]{32}$/);
        });

        const shapes: [string, object, number][] = [
            ["P-384", { kty: "EC", crv: "P-384" }, 48],
            ["P-521", { kty: "EC", crv: "P-521" }, 66],
            ["P-256K", { kty: "EC", crv: "P-256K" }, 32],
        ];
        for (const [crv, body, bytes] of shapes) {
            it(`have the curve ${crv} and no private member`, async () => {
                const { key } = await create("k", body);
                expect(key.crv).to.equal(crv);
                expect(Buffer.from(key.x ?? "", "base64url")).to.have.lengthOf(bytes);
                expect(key).to.not.have.any.keys(...privateMembers);
            });
        }

        it("take attributes, operations and tags, and show no private member anywhere", async () => {
            const body = {
                kty: "RSA",
                key_ops: ["sign", "verify"],
                attributes: { enabled: true, nbf: 1, exp: 2_000_000_000 },
                tags: { a: "b" },
            };
            const made = await create("full", body);
            expect(made.key.key_ops).to.deep.equal(body.key_ops);
            expect(made.tags).to.deep.equal(body.tags);
            expect(made.attributes).to.include({
                ...body.attributes,
                created: bench.platform.time / 1000,
                exportable: false,
            });
            const got = await bench.get<Bundle>("app", "GET", "/keys/FULL");
            expect(got).to.deep.equal(made);
            expect(got.key).to.not.have.any.keys(...privateMembers);
        });

        const bad: [string, object, string?][] = [
            ["oct", { kty: "oct" }, "KeyTypeNotSupported"],
            ["a type that there is none of", { kty: "DSA" }, "KeyTypeNotSupported"],
            ["RSA of 1024 bits", { kty: "RSA", key_size: 1024 }],
            ["a curve that there is none of", { kty: "EC", crv: "P-1" }],
            ["an EC key that encrypts", { kty: "EC", key_ops: ["encrypt"] }],
            ["an end before the beginning", { kty: "EC", attributes: { nbf: 2, exp: 1 } }],
            ["16 tags", { kty: "EC", tags: Object.fromEntries([...Array(16).keys()].map((n) => [n, "x"])) }],
            ["a release policy without exportable", { kty: "EC", release_policy: policy }],
        ];
        for (const [what, body, inner] of bad) {
            it(`are not ${what}`, async () => {
                const refusal = await refused("bad", body);
                expect(refusal).to.include({ status: 400, code: "BadParameter", inner });
                expect(await bench.refusal("app", "GET", "/keys/bad")).to.include({
                    status: 404,
                    code: "KeyNotFound",
                });
            });
        }

        it("are an HSM's and exportable in a premium vault alone", async () => {
            for (const kty of ["RSA-HSM", "EC-HSM"]) {
                expect((await refused("h", { kty })).message).to.equal(
                    "Hardware key operation not allowed on standard vault",
                );
                expect((await create(kty, { kty }, "hsm")).key.kty).to.equal(kty);
            }
            const exportable = { kty: "EC-HSM", attributes: { exportable: true }, release_policy: policy };
            const made = await create("out", exportable, "hsm");
            expect(made.attributes).to.include({ exportable: true });
            expect(made.release_policy).to.deep.include({ ...policy, immutable: false });
            for (const body of [
                { ...exportable, release_policy: undefined },
                { ...exportable, kty: "EC" },
                { ...exportable, release_policy: { data: "AAAA" } },
            ]) {
                expect((await refused("no", body, "hsm")).status).to.equal(400);
            }
        });
    });

    describe("changed", () => {
        it("get new operations, attributes and tags, and stay the same key", async () => {
            const made = await create("k", { kty: "EC" });
            bench.platform.time += 5_000;
            const updated = await bench.get<Bundle>("app", "PATCH", "/keys/k", {
                key_ops: ["verify"],
                attributes: { exp: 2_000_000_000 },
                tags: { a: "b" },
            });
            expect(updated.key).to.deep.equal({ ...made.key, key_ops: ["verify"] });
            expect(updated.attributes.updated).to.equal(Number(made.attributes.updated) + 5);
        });

        it("keep an immutable release policy", async () => {
            const attributes = { exportable: true };
            const release_policy = { ...policy, immutable: true };
            await create("fixed", { kty: "EC-HSM", attributes, release_policy }, "hsm");
            const refusal = await bench.refusal("hsm", "PATCH", "/keys/fixed", { release_policy: policy });
            expect(refusal.message).to.include("immutable");
        });

        it("can be neither got nor used while disabled", async () => {
            await create("off", { kty: "EC", attributes: { enabled: false } });
            const digest = createHash("sha256").update("m").digest("base64url");
            for (const [method, path, body] of [
                ["GET", "/keys/off", undefined],
                ["POST", "/keys/off//sign", { alg: "ES256", value: digest }],
                ["POST", "/keys/off/rotate", {}],
            ] as const) {
                const refusal = await bench.refusal("app", method, path, body);
                expect(refusal).to.include({ status: 403, inner: "KeyDisabled" });
            }
            await bench.get("app", "PATCH", "/keys/off", { attributes: { enabled: true } });
            await bench.get("app", "GET", "/keys/off");
        });
    });

    describe("imported", () => {
        const pair = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
        const put = (name: string, key: JsonWebKey, more: object = {}, vault = "app") =>
            bench.call(vault, "PUT", `/keys/${name}`, { key, ...more });

        it("are the key that they were, with a new version each time", async () => {
            const first = (await put("mine", pair)).body as unknown as Bundle;
            expect(first.key.n).to.equal(pair.n);
            expect(first.key).to.not.have.any.keys(...privateMembers);
            expect((await put("mine", { ...pair, kty: "RSA" }, { tags: { a: "b" } })).status).to.equal(200);
            const { value } = await bench.get<{ value: { kid: string }[] }>(
                "app",
                "GET",
                "/keys/mine/versions",
            );
            expect(value.map(({ kid }) => kid))
                .to.include(first.key.kid)
                .and.have.lengthOf(2);
        });

        it("are an HSM's where that is asked for", async () => {
            expect((await put("h", pair, { Hsm: true })).status).to.equal(400);
            const made = (await put("h", pair, { Hsm: true }, "hsm")).body as unknown as Bundle;
            expect(made.key.kty).to.equal("RSA-HSM");
        });

        const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
            format: "jwk",
        });
        const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({
            format: "jwk",
        });
        const broken: [string, JsonWebKey][] = [
            ["a public key", { kty: "RSA", n: pair.n ?? "", e: pair.e ?? "" }],
            ["another key's modulus", { ...pair, n: other.n ?? "" }],
            ["1024 bits", small],
            ["a prime that is none of it", { ...pair, p: other.p ?? "" }],
        ];
        for (const [what, key] of broken) {
            it(`are refused with ${what}, and nothing of them is told`, async () => {
                const response = await put("bad", key);
                expect(response.status).to.equal(400);
                const told = JSON.stringify(response.body);
                for (const member of Object.values(pair)) {
                    if (typeof member === "string" && member.length > 8) expect(told).to.not.include(member);
                }
            });
        }
    });

    describe("used", () => {
        const message = Buffer.from("message");
        const signers: [string, object, string, string][] = [
            ["RS256", { kty: "RSA" }, "sha256", "RSA"],
            ["RS512", { kty: "RSA" }, "sha512", "RSA"],
            ["ES256", { kty: "EC", crv: "P-256" }, "sha256", "P-256"],
            ["ES384", { kty: "EC", crv: "P-384" }, "sha384", "P-384"],
            ["ES512", { kty: "EC", crv: "P-521" }, "sha512", "P-521"],
            ["ES256K", { kty: "EC", crv: "P-256K" }, "sha256", "secp256k1"],
        ];
        for (const [alg, body, hash, crv] of signers) {
            it(`sign with ${alg} what everybody verifies, and verify it`, async () => {
                const { key } = await create("k", body);
                const value = createHash(hash).update(message).digest("base64url");
                const signed = await bench.get<{ kid: string; value: string }>(
                    "app",
                    "POST",
                    "/keys/k//sign",
                    {
                        alg,
                        value,
                    },
                );
                expect(signed.kid).to.equal(key.kid);
                const jwk = key.kty === "RSA" ? key : { ...key, crv };
                const publicKey = createPublicKey({ key: jwk as unknown as JsonWebKey, format: "jwk" });
                const signature = Buffer.from(signed.value, "base64url");
                expect(
                    verify(hash, message, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature),
                ).to.equal(true);
                const ask = async (digest: string): Promise<boolean> => {
                    const body = { alg, digest, value: signed.value };
                    const path = `${new URL(key.kid ?? "").pathname}/verify`;
                    return (await bench.get<{ value: boolean }>("app", "POST", path, body)).value;
                };
                expect(await ask(value)).to.equal(true);
                expect(await ask(createHash(hash).update("other").digest("base64url"))).to.equal(false);
            });
        }

        for (const alg of ["RSA1_5", "RSA-OAEP", "RSA-OAEP-256"]) {
            it(`encrypt and wrap with ${alg}, and undo it`, async () => {
                await create("k", { kty: "RSA" });
                const value = message.toString("base64url");
                for (const [there, back] of [
                    ["encrypt", "decrypt"],
                    ["wrapkey", "unwrapkey"],
                ] as const) {
                    const sealed = await bench.get<{ value: string }>("app", "POST", `/keys/k//${there}`, {
                        alg,
                        value,
                    });
                    expect(sealed.value).to.not.equal(value);
                    const opened = await bench.get<{ value: string }>("app", "POST", `/keys/k//${back}`, {
                        alg,
                        value: sealed.value,
                    });
                    expect(opened.value).to.equal(value);
                }
            });
        }

        it("outside their time verify and decrypt only, and do nothing that they are not for", async () => {
            await create("old", { kty: "RSA", attributes: { exp: 1 } });
            const value = message.toString("base64url");
            const body = { alg: "RSA-OAEP", value };
            const refusal = await bench.refusal("app", "POST", "/keys/old//encrypt", body);
            expect(refusal).to.include({ status: 403, inner: "KeyExpired" });
            expect((await bench.refusal("app", "POST", "/keys/old//decrypt", body)).status).to.equal(400);
            await create("signer", { kty: "RSA", key_ops: ["sign"] });
            const forbidden = await bench.refusal("app", "POST", "/keys/signer//encrypt", body);
            expect(forbidden).to.include({ status: 403, inner: "KeyOperationForbidden" });
        });

        it("refuse an algorithm of other keys and a digest of another length", async () => {
            await create("ec", { kty: "EC" });
            const digest = createHash("sha256").update(message).digest("base64url");
            for (const body of [
                { alg: "RS256", value: digest },
                { alg: "ES384", value: digest },
                { alg: "ES256", value: "AAAA" },
                { alg: "ES256" },
            ]) {
                expect((await bench.refusal("app", "POST", "/keys/ec//sign", body)).status).to.equal(400);
            }
        });
    });

    it("back up and come back with versions, policy and the private part", async () => {
        bench.place({ name: "near", location: "northeurope" });
        const first = await create("k", { kty: "EC", attributes: { enabled: false }, tags: { n: "1" } });
        bench.platform.time += 60_000;
        const second = await create("k", { kty: "EC", attributes: { exp: 2_000_000_000 } });
        const rotation = {
            lifetimeActions: [{ trigger: { timeAfterCreate: "P30D" }, action: { type: "Rotate" } }],
            attributes: { expiryTime: "P90D" },
        };
        await bench.get("app", "PUT", "/keys/k/rotationpolicy", rotation);
        const { value } = await bench.get<{ value: string }>("app", "POST", "/keys/k/backup");
        const restored = await bench.get<Bundle>("near", "POST", "/keys/restore", { value });
        const moved = JSON.parse(JSON.stringify(restored).replaceAll("//near.", "//app.")) as Bundle;
        expect(moved).to.deep.equal(second);
        const { value: listed } = await bench.get<{ value: Bundle[] }>("near", "GET", "/keys/k/versions");
        expect(JSON.stringify(listed)).to.include(new URL(first.key.kid ?? "").pathname);
        const policies = await Promise.all(
            ["app", "near"].map((vault) => bench.get<object>(vault, "GET", "/keys/k/rotationpolicy")),
        );
        expect(policies[1]).to.deep.include({ attributes: (policies[0] as Bundle).attributes });

        const message = Buffer.from("message");
        const signed = await bench.get<{ value: string }>("near", "POST", "/keys/k//sign", {
            alg: "ES256",
            value: createHash("sha256").update(message).digest("base64url"),
        });
        const original = createPublicKey({ key: second.key as unknown as JsonWebKey, format: "jwk" });
        const signature = Buffer.from(signed.value, "base64url");
        expect(verify("sha256", message, { key: original, dsaEncoding: "ieee-p1363" }, signature)).to.equal(
            true,
        );
    });

    it("of an HSM do not come back in a standard vault", async () => {
        await create("k", { kty: "EC-HSM" }, "hsm");
        const { value } = await bench.get<{ value: string }>("hsm", "POST", "/keys/k/backup");
        expect((await bench.refusal("app", "POST", "/keys/restore", { value })).message).to.include(
            "standard",
        );
        expect((await bench.refusal("app", "GET", "/keys/k")).status).to.equal(404);
    });

    it("are deleted softly, recovered and purged, and purge protection forbids the last", async () => {
        const made = await create("k", { kty: "EC" });
        const deleted = await bench.get<Bundle & { recoveryId: string }>("app", "DELETE", "/keys/k");
        expect(deleted.recoveryId).to.equal("https://app.vault.azure.net/deletedkeys/k");
        expect(deleted.key).to.deep.equal(made.key);
        expect((await refused("k", { kty: "EC" })).inner).to.equal("ObjectIsDeletedButRecoverable");
        await bench.get("app", "POST", "/deletedkeys/k/recover");
        expect((await bench.get<Bundle>("app", "GET", "/keys/k")).key).to.deep.equal(made.key);
        await bench.get("app", "DELETE", "/keys/k");
        const [vault] = bench.platform.records;
        if (vault !== undefined) vault.record.properties.enablePurgeProtection = true;
        expect(await bench.refusal("app", "DELETE", "/deletedkeys/k")).to.include({
            status: 403,
            inner: "ForbiddenByPolicy",
        });
        if (vault !== undefined) vault.record.properties.enablePurgeProtection = false;
        expect((await bench.call("app", "DELETE", "/deletedkeys/k")).status).to.equal(204);
        await create("k", { kty: "EC" });
    });

    it("can't be purged or recovered while they are being deleted", async () => {
        bench.service.settings.transitionMilliseconds = 1000;
        await create("k", { kty: "EC" });
        await bench.get("app", "DELETE", "/keys/k");
        for (const [method, path] of [
            ["DELETE", "/deletedkeys/k"],
            ["POST", "/deletedkeys/k/recover"],
        ] as const) {
            expect(await bench.refusal("app", method, path)).to.include({
                status: 409,
                inner: "ObjectIsBeingDeleted",
            });
        }
    });

    it("outlive the process with --data, private part and rotation policy included", async () => {
        await create("k", { kty: "EC" });
        const state: unknown = JSON.parse(JSON.stringify(bench.service.save?.()));
        const again = await createKeyVault(bench.platform);
        await again.load?.(state);
        const before = await bench.get<Bundle>("app", "GET", "/keys/k");
        Object.assign(bench, { service: again });
        expect(await bench.get<Bundle>("app", "GET", "/keys/k")).to.deep.equal(before);
        const value = createHash("sha256").update("m").digest("base64url");
        await bench.get("app", "POST", "/keys/k//sign", { alg: "ES256", value });
    });

    it("from a pool are quick to make, and real ones are all different", async () => {
        await fc.assert(
            fc.asyncProperty(fc.constantFrom("P-256", "P-384", "P-521"), async (crv) => {
                bench.service.settings.keyMaterial = "real";
                const points = [await create("r", { kty: "EC", crv }), await create("r", { kty: "EC", crv })];
                expect(points[0]?.key.x).to.not.equal(points[1]?.key.x);
            }),
            { numRuns: 6 },
        );
        bench.service.settings.keyMaterial = "pooled";
        const names = Array.from({ length: 8 }, (_, index) => `p${String(index)}`);
        const pooled = await Promise.all(names.map((name) => create(name, { kty: "RSA" })));
        expect(new Set(pooled.map(({ key }) => key.n)).size).to.be.at.most(3);
    });
});
