import { CertificateClient } from "@azure/keyvault-certificates";
import { expect } from "chai";
import type { LoggedRequest } from "../../../emulator/contract.js";
import { VaultWorld, type Vault } from "./vault-world.js";

describe("issuers and contacts of a Key Vault", () => {
    let world: VaultWorld;
    let from: Vault;
    let to: Vault;
    let source: CertificateClient;
    let target: CertificateClient;
    let numbers = 0;
    before(async () => {
        world = await VaultWorld.start();
    });
    after(() => world.stop());
    beforeEach(() => {
        const number = String((numbers += 1));
        const roles = ["Key Vault Certificates Officer"];
        from = world.vault("production", `issuers${number}from`, { roles });
        to = world.vault("staging", `issuers${number}to`, { roles });
        source = new CertificateClient(from.url, from.admin);
        target = new CertificateClient(to.url, to.admin);
    });

    const account = {
        accountId: "account",
        organizationId: "org",
        administratorContacts: [{ firstName: "Zoë", lastName: "B", email: "z@contoso.com", phone: "1" }],
    };

    it("lose the password of an account, which the service gives nobody", async () => {
        await source.createIssuer("authority", "DigiCert", {
            ...account,
            password: "s3cr3t",
            enabled: false,
        });
        const result = await world.replicate("issuers", from, to);
        expect(result.failures).to.deep.equal([]);
        expect(result.losses.map(({ item, what }) => ({ item, what }))).to.deep.equal([
            { item: "authority", what: "value" },
        ]);
        expect(result.losses[0]?.reason).to.include("password");
        const copy = await target.getIssuer("authority");
        expect(copy).to.deep.include({ provider: "DigiCert", enabled: false, ...account });
        const template = await world.replicate("issuers", from, to, { mode: "template" });
        expect(template.losses).to.deep.equal([]);
    });

    it("get the password that the user gives, and it is told nowhere", async () => {
        await source.createIssuer("authority", "DigiCert", account);
        world.azure.requests.clear();
        const result = await world.replicate("issuers", from, to, { overrides: { authority: "s3cr3t" } });
        expect(result.failures).to.deep.equal([]);
        expect(result.losses).to.deep.equal([]);
        expect(result.summary).to.include({ created: 1, fidelity: 1 });
        expect(JSON.stringify(result)).to.not.include("s3cr3t");
        expect(await target.getIssuer("authority")).to.deep.include(account);
        const writes = (): LoggedRequest[] => world.azure.requests.filter(({ write }) => write);
        const before = writes().length;
        await world.replicate("issuers", from, to, { overrides: { authority: "s3cr3t" } });
        expect(writes()).to.have.lengthOf(before);
    });

    it("are enabled and disabled without their account being touched", async () => {
        await source.createIssuer("authority", "DigiCert", account);
        await world.replicate("issuers", from, to);
        for (const enabled of [false, true]) {
            world.azure.clock.advance(1_500);
            await source.createIssuer("authority", "DigiCert", { ...account, enabled });
            world.azure.requests.clear();
            const { failures } = await world.replicate("issuers", from, to);
            expect(failures).to.deep.equal([]);
            expect((await target.getIssuer("authority")).enabled).to.equal(enabled);
            const methods = world.azure.requests
                .filter(({ write, host }) => write && to.url.endsWith(host))
                .map(({ method }) => method);
            expect(methods).to.deep.equal(["PATCH"]);
        }
    });

    it("that would have to give something up say that the password is needed for it", async () => {
        await source.createIssuer("authority", "DigiCert", account);
        await world.replicate("issuers", from, to);
        world.azure.clock.advance(1_500);
        await source.createIssuer("authority", "DigiCert", { accountId: "account" });
        const { failures } = await world.replicate("issuers", from, to);
        expect(failures.map(({ error }) => error.code)).to.deep.equal(["InvalidItem"]);
        expect(failures[0]?.error.message).to.include("organizationId");
        const given = await world.replicate("issuers", from, to, { overrides: { authority: "s3cr3t" } });
        expect(given.failures).to.deep.equal([]);
        expect((await target.getIssuer("authority")).organizationId).to.equal(undefined);
    });

    it("contacts join those that are there", async () => {
        await source.setContacts([
            { email: "a@contoso.com", name: "A", phone: "1" },
            { email: "B@contoso.com" },
        ]);
        await target.setContacts([{ email: "own@fabrikam.com" }, { email: "b@contoso.com" }]);
        const result = await world.replicate("contacts", from, to);
        expect(result.failures).to.deep.equal([]);
        expect(result.summary).to.include({ created: 1, same: 1 });
        const there = (await target.getContacts())?.map((contact) => contact?.email);
        expect(there).to.deep.equal(["own@fabrikam.com", "b@contoso.com", "a@contoso.com"]);
        await source.deleteContacts();
        const pruned = await world.replicate("contacts", from, to, { prune: true });
        expect(pruned.failures).to.deep.equal([]);
        expect((await target.getContacts())?.map((contact) => contact?.email)).to.include("own@fabrikam.com");
    });
});
