import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { KeyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import { expect } from "chai";
import { makeCertificate } from "../../emulator-services/certificates-material.js";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import { parseOverride } from "../../../providers/keyvault/certificates/override.js";
import { CertificateVaults, comparable, createAt, importAt } from "./certificates-world.js";
import { VaultWorld } from "./vault-world.js";

const all = { elementOptions: { versions: "all" } };
const recreate = { elementOptions: { onUnexportable: "recreate" } };

function succeeded({ failures }: ReplicationResult): void {
    expect(failures.map(({ item, error }) => `${item}: ${error.message}`)).to.deep.equal([]);
}

describe("certificates of a Key Vault", () => {
    let world: VaultWorld;
    before(async () => {
        world = await VaultWorld.start();
    });
    after(() => world.stop());

    it("are copied with chain, key, policy, attributes and tags, from PFX and PEM", async () => {
        const both = new CertificateVaults(world, "apart");
        const pem = await both.seed("pem", { format: "pem", chain: true, tags: { a: "ü" } });
        await both.seed("pfx", { kind: "rsa", chain: true });
        const policy = await both.source.getCertificatePolicy("pem");
        await both.source.updateCertificatePolicy("pem", {
            ...policy,
            issuerName: "Self",
            reuseKey: true,
            validityInMonths: 7,
            lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 11 }],
        });
        const result = await both.replicate();
        succeeded(result);
        expect(result.summary).to.include({ created: 2, fidelity: 1 });
        expect(result.losses).to.deep.equal([]);
        for (const name of ["pem", "pfx"]) {
            expect(await comparable(both.target, name)).to.deep.equal(await comparable(both.source, name));
        }
        const copy = await both.secret("to", "pem");
        const key = createPrivateKey(copy).export({ format: "der", type: "pkcs8" });
        expect(key.equals(pem.key)).to.equal(true);
        const blocks = copy.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
        expect(blocks.map((block) => new X509Certificate(block).raw)).to.deep.equal(pem.chain);
        // A PFX opens only where certificate and key belong together.
        createSecureContext({ pfx: Buffer.from(await both.secret("to", "pfx"), "base64"), passphrase: "" });
        expect(JSON.stringify(result)).to.not.include("PRIVATE KEY");
        const writes = world.writes(both.to);
        expect((await both.unrecorded()).summary).to.include({ same: 2 });
        expect(world.writes(both.to)).to.equal(writes);
    });

    it("bring all versions, the current one on top, and only what is new the next time", async () => {
        const both = new CertificateVaults(world, "apart");
        for (const n of [1, 2, 3]) await both.seed("c", { format: "pem", tags: { n: String(n) } });
        succeeded(await both.replicate(all));
        const there = await both.thumbprints("from", "c");
        expect((await both.thumbprints("to", "c")).sort()).to.deep.equal([...there].sort());
        expect(await comparable(both.target, "c")).to.deep.equal(await comparable(both.source, "c"));
        both.tick();
        await both.seed("c", { format: "pem" });
        const result = await both.replicate(all);
        succeeded(result);
        expect(result.losses.filter(({ minor }) => minor !== true)).to.deep.equal([]);
        expect((await both.thumbprints("to", "c")).at(-1)).to.equal(
            (await both.thumbprints("from", "c")).at(-1),
        );
        expect(await both.thumbprints("to", "c")).to.have.lengthOf(4);
    });

    it("never get an old version over a current one: what can't be added is a loss", async () => {
        const both = new CertificateVaults(world, "apart");
        for (let n = 0; n < 3; n += 1) await both.seed("c", { format: "pem" });
        succeeded(await both.replicate());
        expect(await both.thumbprints("to", "c")).to.have.lengthOf(1);
        const result = await both.replicate(all);
        succeeded(result);
        expect(await both.thumbprints("to", "c")).to.have.lengthOf(1);
        const older = result.losses.map(({ what, reason }) => `${what.split(" ", 1)[0] ?? ""}: ${reason}`);
        expect(older).to.have.lengthOf(2);
        for (const text of older) expect(text).to.match(/^version: it is older/);
        expect(result.summary.fidelity).to.equal(0);
    });

    it("lose disabled versions where their keys can't be read, and the source is left as it is", async () => {
        const both = new CertificateVaults(world, "apart");
        for (let n = 0; n < 2; n += 1) await both.seed("c", { format: "pem" });
        const versions = [];
        for await (const one of both.source.listPropertiesOfCertificateVersions("c")) versions.push(one);
        versions.sort((a, b) => Number(a.createdOn) - Number(b.createdOn));
        await both.source.updateCertificateProperties("c", versions[0]?.version ?? "", { enabled: false });
        await both.seed("off", { format: "pem" });
        const { properties } = await both.source.getCertificate("off");
        await both.source.updateCertificateProperties("off", properties.version ?? "", { enabled: false });
        const before = world.writes(both.from);
        const result = await both.replicate(all);
        succeeded(result);
        expect(world.writes(both.from)).to.equal(before);
        expect(result.summary).to.include({ created: 1, lost: 1 });
        const [off, old] = [...result.losses].sort((a, b) => b.item.localeCompare(a.item));
        expect(off).to.include({ item: "off", what: "value" });
        expect(off?.reason).to.include("disabled");
        expect(old?.what).to.equal(`version ${versions[0]?.version ?? ""}`);
        expect(old?.reason).to.include("disabled");
        expect(await both.thumbprints("to", "c")).to.have.lengthOf(1);
    });

    it("move whole by backup and restore where the vaults are near", async () => {
        const both = new CertificateVaults(world, "together");
        await both.seed("c", { format: "pem" });
        await both.seed("c", { format: "pem", tags: { b: "c" } });
        await createAt(both.source, "kept-in", { exportable: false });
        const result = await both.replicate(all);
        succeeded(result);
        expect(result.losses).to.deep.equal([]);
        for (const name of ["c", "kept-in"]) {
            expect(await comparable(both.target, name)).to.deep.equal(await comparable(both.source, name));
            const [here, there] = [
                await both.target.getCertificate(name),
                await both.source.getCertificate(name),
            ];
            expect(here.properties.version).to.equal(there.properties.version);
        }
        expect(await both.thumbprints("to", "c")).to.deep.equal(await both.thumbprints("from", "c"));
        expect((await both.unrecorded(all)).summary).to.include({ same: 2 });
    });

    it("whose keys stay behind are a loss, or are made anew where the user wants that", async () => {
        const both = new CertificateVaults(world, "apart");
        await createAt(both.source, "kept-in", { exportable: false });
        const lost = await both.replicate();
        expect(lost.summary).to.include({ lost: 1, created: 0 });
        expect(lost.losses[0]?.reason).to.include("not exportable");
        expect(lost.losses[0]?.remedy).to.include("recreate");
        const made = await both.replicate(recreate);
        succeeded(made);
        expect(made.summary).to.include({ created: 1, fidelity: 0 });
        expect(made.losses.map(({ what }) => what)).to.deep.equal(["key material"]);
        const [here, there] = [
            await both.target.getCertificate("kept-in"),
            await both.source.getCertificate("kept-in"),
        ];
        expect(here.policy?.exportable).to.equal(false);
        expect(here.properties.tags).to.deep.equal({
            "azure-dataplane-recreated-from": there.properties.version,
        });
        const again = await both.unrecorded(recreate);
        expect(again.summary).to.include({ same: 1 });
        expect(await both.thumbprints("to", "kept-in")).to.have.lengthOf(1);
    });

    it("that may not be backed up are a loss, not a failure", async () => {
        const both = new CertificateVaults(world, "together", {
            source: { roles: ["Key Vault Certificate User"] },
        });
        await createAt(both.source, "kept-in", { exportable: false });
        await both.seed("c", { format: "pem" });
        const result = await both.replicate();
        succeeded(result);
        expect(result.summary).to.include({ created: 1, lost: 1 });
        expect(result.losses[0]).to.include({ item: "kept-in", what: "value" });
    });

    it("that are still being made are skipped with a note", async () => {
        const both = new CertificateVaults(world, "apart");
        await createAt(both.source, "waiting", { issuerName: "Unknown" });
        await both.seed("renewed", { format: "pem" });
        await createAt(both.source, "renewed", { issuerName: "Unknown" });
        const result = await both.replicate();
        succeeded(result);
        expect(result.summary).to.include({ created: 1, lost: 1 });
        const notes = [...result.losses].sort((a, b) => a.item.localeCompare(b.item));
        expect(notes.map(({ item, minor }) => ({ item, minor }))).to.deep.equal([
            { item: "renewed", minor: true },
            { item: "waiting", minor: true },
        ]);
        for (const { reason } of notes) expect(reason).to.match(/^pending:/);
    });

    it("become certificates of the vault's own in a template, where no other has to sign", async () => {
        const both = new CertificateVaults(world, "apart", { source: { roles: ["Key Vault Reader"] } });
        await createAt(both.source, "own");
        await both.seed("foreign", { format: "pem" });
        const result = await both.replicate({ mode: "template" });
        succeeded(result);
        expect(result.summary).to.include({ created: 1, lost: 1 });
        expect(result.losses[0]).to.include({ item: "foreign", what: "item" });
        const { properties, policy } = await both.target.getCertificate("own");
        expect(properties.tags).to.include({ "azure-dataplane-placeholder": "true" });
        expect(policy).to.include({ issuerName: "Self", subject: "CN=own" });
        expect(await both.thumbprints("to", "own")).to.not.deep.equal(await both.thumbprints("from", "own"));
        world.grant(both.from.replicator, "Key Vault Certificate User", both.from.id);
        both.tick();
        succeeded(await both.replicate());
        expect(await comparable(both.target, "own")).to.deep.equal(await comparable(both.source, "own"));
    });

    it("come back from deletion when their name is needed", async () => {
        const both = new CertificateVaults(world, "apart");
        await both.seed("c", { format: "pem", tags: { a: "b" } });
        await importAt(both.target, "c", { tags: { old: "yes" } });
        await (await both.target.beginDeleteCertificate("c", { intervalInMs: 1 })).pollUntilDone();
        both.tick();
        succeeded(await both.replicate());
        expect(await comparable(both.target, "c")).to.deep.equal(await comparable(both.source, "c"));
        expect(await both.thumbprints("to", "c")).to.have.lengthOf(2);
    });

    it("are replaced by what the user gives, which is checked before", async () => {
        const both = new CertificateVaults(world, "apart");
        await createAt(both.source, "kept-in", { exportable: false });
        await both.seed("pfx", {});
        const given = await makeCertificate({ format: "pem", kind: "ec" });
        const secret = await makeCertificate({ kind: "ec", password: "öffne dich" });
        const overrides = {
            "kept-in": given.file.toString(),
            pfx: JSON.stringify({ value: secret.file.toString("base64"), password: "öffne dich" }),
        };
        const result = await both.replicate({ overrides });
        succeeded(result);
        expect(result.summary).to.include({ created: 2 });
        for (const [name, { chain }] of [
            ["kept-in", given],
            ["pfx", secret],
        ] as const) {
            const { cer } = await both.target.getCertificate(name);
            expect(Buffer.from(cer ?? []).equals(chain[0] ?? Buffer.alloc(0)), name).to.equal(true);
        }
        const writes = world.writes(both.to);
        succeeded(await both.replicate({ overrides }));
        expect(world.writes(both.to), "writes of the second run").to.equal(writes);
        const text = secret.file.toString("base64");
        for (const bad of [
            "nonsense",
            "",
            JSON.stringify({ value: text, password: "wrong" }),
            text,
            JSON.stringify({ value: text }),
            given.file.toString().replace("PRIVATE KEY", "EC PRIVATE KEY"),
            given.file.toString().replace(/-----BEGIN CERTIFICATE[^]*/, ""),
            `${(await makeCertificate({ format: "pem", kind: "ec" })).file.toString().split("-----BEGIN CERT")[0] ?? ""}${given.file
                .toString()
                .slice(given.file.toString().indexOf("-----BEGIN CERT"))}`,
        ]) {
            expect(() => parseOverride(bad), bad.slice(0, 30))
                .to.throw()
                .that.includes({ name: "DataplaneError", code: "InvalidArgument" })
                .and.satisfies(({ message }: Error) => bad === "" || !message.includes(bad.slice(0, 20)));
        }
    });

    it("that a target refuses are named, with what to do", async () => {
        const both = new CertificateVaults(world, "apart");
        await both.seed("c", { format: "pem" });
        const fault = both.fault(both.to, {
            method: "POST",
            path: /import/,
            kind: { type: "status", status: 400, code: "BadParameter", message: "unreadable" },
        });
        const { failures } = await both.replicate();
        fault.remove();
        expect(failures.map(({ error }) => error.code)).to.deep.equal(["InvalidItem"]);
        expect(failures[0]?.error.message).to.include('"c"');
        expect(failures[0]?.error.detail.remedy).to.include("PEM");
        const policyFault = both.fault(both.to, {
            method: "PATCH",
            path: /policy/,
            kind: { type: "status", status: 400, code: "BadParameter", message: "unknown issuer" },
        });
        const policy = await both.source.getCertificatePolicy("c");
        await both.source.updateCertificatePolicy("c", { ...policy, issuerName: "authority" });
        const refused = await both.replicate();
        policyFault.remove();
        expect(refused.failures[0]?.error.message).to.include("policy");
        expect(refused.failures[0]?.error.detail.remedy).to.include('"authority"');
        succeeded(await both.replicate());
        expect(await both.thumbprints("to", "c")).to.have.lengthOf(1);
    });

    it("leave their keys and secrets to themselves: nothing is copied twice", async () => {
        const both = new CertificateVaults(world, "apart", {
            source: {
                roles: [
                    "Key Vault Certificate User",
                    "Key Vault Secrets User",
                    "Key Vault Crypto User",
                    "Key Vault Reader",
                ],
            },
            target: {
                roles: [
                    "Key Vault Certificates Officer",
                    "Key Vault Secrets Officer",
                    "Key Vault Crypto Officer",
                ],
            },
        });
        await both.seed("c", { format: "pem" });
        await new SecretClient(both.from.url, both.from.admin).setSecret("s", "v");
        for (const element of ["secrets", "keys", "certificates"]) {
            succeeded(await world.replicate(element, both.from, both.to));
        }
        const keys: string[] = [];
        for await (const { name } of new KeyClient(both.to.url, both.to.admin).listPropertiesOfKeys())
            keys.push(name);
        const secrets: string[] = [];
        const client = new SecretClient(both.to.url, both.to.admin);
        for await (const { name } of client.listPropertiesOfSecrets()) secrets.push(name);
        expect({ keys, secrets: secrets.sort() }).to.deep.equal({ keys: ["c"], secrets: ["c", "s"] });
        expect(await both.thumbprints("to", "c")).to.deep.equal(await both.thumbprints("from", "c"));
    });

    it("in a vault with access policies tell which permissions are missing, on certificates and secrets", async () => {
        const both = new CertificateVaults(world, "apart", {
            source: { properties: { enableRbacAuthorization: false, accessPolicies: [] } },
        });
        const failure: unknown = await both.replicate().catch((error: unknown) => error);
        expect(failure).to.include({ name: "DataplaneError", code: "AccessDenied" });
        expect(failure)
            .to.have.nested.property("detail.remedy")
            .that.includes("--certificate-permissions list get --secret-permissions get");
    });
});
