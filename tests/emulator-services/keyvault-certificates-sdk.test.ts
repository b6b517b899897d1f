import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import {
    CertificateClient,
    type CertificatePolicy,
    type ImportCertificateOptions,
} from "@azure/keyvault-certificates";
import { SecretClient } from "@azure/keyvault-secrets";
import { expect } from "chai";
import { makeCertificate, signRequest, type Material } from "./certificates-material.js";
import { credentialOf, failure, give, place, startLocalAzure, type Cast } from "./local.js";

const URL = "https://staging-app.vault.azure.net";
const QUICK = { intervalInMs: 1 };

/**
 * Options of an import. The client drops its options `policy` and `enabled`, and passes on what stands under the names
 * that its generated layer has.
 */
function importOptions(
    { contentType }: Material,
    options: ImportCertificateOptions = {},
): ImportCertificateOptions {
    const { enabled, ...rest } = options;
    return Object.assign(rest, {
        policy: { contentType },
        certificatePolicy: { secretProperties: { contentType } },
        certificateAttributes: { enabled },
    });
}

describe("certificates of the local Key Vault, with their SDK", () => {
    let cast: Cast;
    let client: CertificateClient;
    let secrets: SecretClient;

    before(async () => {
        cast = await startLocalAzure();
        const { tenantId } = cast.deployer;
        const vaultId = place(cast, "staging", "Microsoft.KeyVault/vaults", "staging-app", {
            properties: { tenantId, sku: { family: "A", name: "standard" }, enableRbacAuthorization: true },
        });
        give(cast, cast.deployer, "Key Vault Certificates Officer", vaultId);
        give(cast, cast.deployer, "Key Vault Secrets Officer", vaultId);
        Object.assign(cast.azure.keyVault.settings, { issuanceMilliseconds: 0, transitionMilliseconds: 0 });
        const options = { retryOptions: { maxRetries: 0 } };
        client = new CertificateClient(URL, credentialOf(cast.deployer), options);
        secrets = new SecretClient(URL, credentialOf(cast.deployer), options);
    });

    after(async () => {
        await cast.azure.stop();
    });

    async function create(name: string, policy: Partial<CertificatePolicy> = {}): Promise<void> {
        const whole = { issuerName: "Self", subject: "cn=MyCert", ...policy } as CertificatePolicy;
        await (await client.beginCreateCertificate(name, whole, QUICK)).pollUntilDone();
    }

    it("creates one that signs itself, and gives out its PFX as a secret", async () => {
        await create("self");
        const made = await client.getCertificate("self");
        const certificate = new X509Certificate(made.cer ?? Buffer.alloc(0));
        expect(certificate.subject).to.equal("CN=MyCert");
        expect(certificate.verify(certificate.publicKey)).to.equal(true);
        expect(made.properties.expiresOn).to.deep.equal(certificate.validToDate);
        expect(made.properties.notBefore).to.deep.equal(certificate.validFromDate);
        expect(Buffer.from(made.properties.x509Thumbprint ?? []).toString("hex")).to.equal(
            certificate.fingerprint.replaceAll(":", "").toLowerCase(),
        );
        expect(made.policy).to.deep.include({
            keyType: "RSA",
            keySize: 2048,
            exportable: true,
            reuseKey: false,
            validityInMonths: 12,
            keyUsage: ["digitalSignature", "keyEncipherment"],
        });
        const secret = await secrets.getSecret("self");
        expect(secret.properties.managed).to.equal(true);
        expect(secret.properties.version).to.equal(made.properties.version);
        expect(made.secretId).to.equal(secret.properties.id);
        // OpenSSL, under Node, takes the PFX without a password, and checks that key and certificate belong together.
        createSecureContext({ pfx: Buffer.from(secret.value ?? "", "base64") });
    });

    for (const kind of ["rsa", "ec"] as const) {
        for (const format of ["pfx", "pem"] as const) {
            it(`imports a ${kind} ${format} with its chain, and gives it out again`, async () => {
                const name = `import-${kind}-${format}`;
                const material = await makeCertificate({ kind, format, chain: true });
                const made = await client.importCertificate(name, material.file, importOptions(material));
                expect(Buffer.from(made.cer ?? [])).to.deep.equal(material.chain[0]);
                expect(made.policy?.subject).to.equal("CN=www.contoso.com");
                expect(made.policy?.issuerName).to.equal("Unknown");
                const value = (await secrets.getSecret(name)).value ?? "";
                if (format === "pem") {
                    const blocks = value.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
                    expect(blocks?.map((block) => new X509Certificate(block).raw)).to.deep.equal(
                        material.chain,
                    );
                    const key = createPrivateKey(value).export({ format: "der", type: "pkcs8" });
                    expect(key.equals(material.key)).to.equal(true);
                } else {
                    createSecureContext({ pfx: Buffer.from(value, "base64") });
                    const again = await client.importCertificate(
                        `${name}-copy`,
                        Buffer.from(value, "base64"),
                    );
                    expect(Buffer.from(again.cer ?? [])).to.deep.equal(material.chain[0]);
                    expect((await secrets.getSecret(`${name}-copy`)).value).to.have.lengthOf(value.length);
                }
            });

            it(`imports a ${kind} ${format} with a password, and not without`, async () => {
                const material = await makeCertificate({ kind, format, password: "open" });
                const { file } = material;
                const name = `locked-${kind}-${format}`;
                for (const password of [undefined, "shut"]) {
                    const options = importOptions(material, password === undefined ? {} : { password });
                    const refused = client.importCertificate(name, file, options);
                    expect(await failure(refused)).to.deep.equal({ status: 400, code: "BadParameter" });
                }
                await client.importCertificate(name, file, importOptions(material, { password: "open" }));
                expect((await secrets.getSecret(name)).value).to.not.equal(undefined);
            });
        }
    }

    it("makes a version of every import, and lists thumbprints and dates", async () => {
        const first = await makeCertificate({ kind: "ec" });
        const second = await makeCertificate({ kind: "ec" });
        await client.importCertificate("twice", first.file, { tags: { a: "b" } });
        await client.importCertificate("twice", second.file, importOptions(second, { enabled: false }));
        const versions = [];
        for await (const version of client.listPropertiesOfCertificateVersions("twice"))
            versions.push(version);
        expect(versions).to.have.lengthOf(2);
        for (const { x509Thumbprint, expiresOn, notBefore } of versions) {
            expect(x509Thumbprint).to.have.lengthOf(20);
            expect(expiresOn).to.be.instanceOf(Date);
            expect(notBefore).to.be.instanceOf(Date);
        }
        const enabled = versions.find((version) => version.enabled === true);
        expect(enabled?.tags).to.deep.equal({ a: "b" });
        expect(await failure(secrets.getSecret("twice"))).to.deep.equal({ status: 403, code: "Forbidden" });
        const old = await client.getCertificateVersion("twice", enabled?.version ?? "");
        expect(Buffer.from(old.cer ?? [])).to.deep.equal(first.chain[0]);
    });

    it("keeps the key of a certificate that is not exportable", async () => {
        await create("kept", { exportable: false, contentType: "application/x-pem-file" });
        const { value = "" } = await secrets.getSecret("kept");
        expect(value).to.contain("BEGIN CERTIFICATE").and.not.contain("PRIVATE KEY");
    });

    it("waits for a merge where the issuer is unknown", async () => {
        const policy = { issuerName: "Unknown", subject: "CN=merged" };
        const poller = await client.beginCreateCertificate("merged", policy, QUICK);
        const pending = await client.getCertificateOperation("merged", QUICK);
        const operation = pending.getOperationState().certificateOperation;
        expect(operation?.status).to.equal("inProgress");
        expect(await failure(client.beginCreateCertificate("merged", policy, QUICK))).to.deep.equal({
            status: 409,
            code: "Forbidden",
        });
        const listed = [];
        for await (const { name } of client.listPropertiesOfCertificates()) listed.push(name);
        expect(listed).to.not.include("merged");
        for await (const { name } of client.listPropertiesOfCertificates({ includePending: true }))
            listed.push(name);
        expect(listed).to.include("merged");
        const signed = await signRequest(operation?.csr ?? new Uint8Array());
        const stranger = await makeCertificate({ kind: "ec" });
        expect(await failure(client.mergeCertificate("merged", stranger.chain))).to.deep.equal({
            status: 400,
            code: "BadParameter",
        });
        const merged = await client.mergeCertificate("merged", signed);
        expect(Buffer.from(merged.cer ?? [])).to.deep.equal(signed[0]);
        expect((await poller.pollUntilDone()).properties.version).to.equal(merged.properties.version);
        createSecureContext({
            pfx: Buffer.from((await secrets.getSecret("merged")).value ?? "", "base64"),
        });
    });

    it("cancels and forgets operations", async () => {
        const policy = { issuerName: "Unknown", subject: "CN=gone" };
        await client.beginCreateCertificate("gone", policy, QUICK);
        const poller = await client.getCertificateOperation("gone", QUICK);
        await poller.cancelOperation();
        expect(poller.getOperationState().certificateOperation?.cancellationRequested).to.equal(true);
        await client.deleteCertificateOperation("gone");
        expect((await failure(client.getCertificateOperation("gone")))?.code).to.equal(
            "PendingCertificateNotFound",
        );
    });

    it("changes attributes, tags and policy", async () => {
        await create("changing");
        const { properties } = await client.getCertificate("changing");
        const changed = await client.updateCertificateProperties("changing", properties.version ?? "", {
            enabled: false,
            tags: { a: "b" },
        });
        expect(changed.properties).to.deep.include({ enabled: false, tags: { a: "b" } });
        expect(await failure(secrets.getSecret("changing"))).to.deep.equal({
            status: 403,
            code: "Forbidden",
        });
        await client.updateCertificatePolicy("changing", {
            issuerName: "Self",
            subject: "CN=next",
            validityInMonths: 24,
            lifetimeActions: [{ action: "EmailContacts", daysBeforeExpiry: 30 }],
        });
        const policy = await client.getCertificatePolicy("changing");
        expect(policy).to.deep.include({ subject: "CN=next", validityInMonths: 24, keySize: 2048 });
        expect(policy.lifetimeActions).to.deep.equal([
            { action: "EmailContacts", daysBeforeExpiry: 30, lifetimePercentage: undefined },
        ]);
    });

    it("keeps issuers without their passwords, and needs those that policies name", async () => {
        const policy = { issuerName: "Contoso", subject: "CN=issued" };
        expect((await failure(client.beginCreateCertificate("issued", policy, QUICK)))?.status).to.equal(404);
        await client.createIssuer("Contoso", "Test", { accountId: "account", password: "hidden" });
        const issuer = await client.getIssuer("contoso");
        expect(issuer).to.deep.include({ provider: "Test", accountId: "account" });
        expect(issuer.password).to.equal(undefined);
        await client.updateIssuer("Contoso", { provider: "DigiCert", organizationId: "org" });
        expect(await client.getIssuer("Contoso")).to.deep.include({
            provider: "DigiCert",
            accountId: "account",
            organizationId: "org",
        });
        await client.beginCreateCertificate("issued", policy, QUICK);
        const stranger = await makeCertificate({ kind: "ec" });
        expect(await failure(client.mergeCertificate("issued", stranger.chain))).to.deep.equal({
            status: 403,
            code: "Forbidden",
        });
        const listed = [];
        for await (const { id, provider } of client.listPropertiesOfIssuers()) listed.push({ id, provider });
        expect(listed).to.deep.equal([{ id: `${URL}/certificates/issuers/Contoso`, provider: "DigiCert" }]);
        await client.deleteIssuer("Contoso");
        expect((await failure(client.getIssuer("Contoso")))?.code).to.equal("CertificateIssuerNotFound");
    });

    it("keeps contacts", async () => {
        expect((await failure(client.getContacts()))?.code).to.equal("ContactsNotFound");
        const contacts = [{ email: "a@contoso.com", name: "a", phone: "1" }, { email: "b@contoso.com" }];
        await client.setContacts(contacts);
        expect((await client.getContacts())?.map((contact) => contact?.email)).to.deep.equal([
            "a@contoso.com",
            "b@contoso.com",
        ]);
        await client.deleteContacts();
        expect((await failure(client.getContacts()))?.code).to.equal("ContactsNotFound");
    });

    it("deletes, recovers and purges with key and secret", async () => {
        await create("deleted");
        await (await client.beginDeleteCertificate("deleted", QUICK)).pollUntilDone();
        expect((await failure(secrets.getSecret("deleted")))?.code).to.equal("SecretNotFound");
        expect(
            await failure(client.importCertificate("deleted", (await makeCertificate()).file)),
        ).to.deep.equal({
            status: 409,
            code: "Conflict",
        });
        await (await client.beginRecoverDeletedCertificate("deleted", QUICK)).pollUntilDone();
        expect((await secrets.getSecret("deleted")).value).to.not.equal(undefined);
        await (await client.beginDeleteCertificate("deleted", QUICK)).pollUntilDone();
        await client.purgeDeletedCertificate("deleted");
        await secrets.setSecret("deleted", "free again");
        expect(
            await failure(client.importCertificate("deleted", (await makeCertificate()).file)),
        ).to.deep.equal({
            status: 409,
            code: "Conflict",
        });
    });

    it("backs up and restores all versions with key and secret", async () => {
        await client.importCertificate("saved", (await makeCertificate({ kind: "ec" })).file);
        await client.importCertificate("saved", (await makeCertificate({ kind: "ec" })).file);
        const value = (await secrets.getSecret("saved")).value;
        const backup = await client.backupCertificate("saved");
        expect((await failure(client.restoreCertificateBackup(backup ?? new Uint8Array())))?.status).to.equal(
            409,
        );
        await (await client.beginDeleteCertificate("saved", QUICK)).pollUntilDone();
        await client.purgeDeletedCertificate("saved");
        await client.restoreCertificateBackup(backup ?? new Uint8Array());
        expect((await secrets.getSecret("saved")).value).to.equal(value);
        const versions = [];
        for await (const { version } of client.listPropertiesOfCertificateVersions("saved"))
            versions.push(version);
        expect(versions).to.have.lengthOf(2);
    });
});
