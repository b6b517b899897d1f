import { X509Certificate } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { certificates } from "../../emulator/certificate-authority.js";

describe("local azure: certificates", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "local-azure-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    it("makes one certificate for all names, signed by an authority whose key is not kept", async () => {
        const made = await certificates(folder);
        const [certificate, authority] = [
            new X509Certificate(made.certificate),
            new X509Certificate(made.authority),
        ];
        expect(certificate.verify(authority.publicKey)).to.equal(true);
        expect(authority.ca).to.equal(true);
        expect(certificate.ca).to.equal(false);
        for (const host of [
            "login.microsoftonline.com",
            "management.azure.com",
            "app.vault.azure.net",
            "account.blob.core.windows.net",
            "account.z05.blob.storage.azure.net",
            "localhost",
        ]) {
            expect(certificate.checkHost(host), host).not.to.equal(undefined);
        }
        expect(certificate.checkHost("example.org")).to.equal(undefined);
        expect(certificate.checkIP("127.0.0.1")).to.equal("127.0.0.1");
        expect(await readdir(join(folder, "certificates"))).to.have.members([
            "authority.pem",
            "bundle.pem",
            "front-door.key",
            "front-door.pem",
        ]);
        expect((await stat(join(folder, "certificates", "front-door.key"))).mode & 0o077).to.equal(0);
        expect(await readFile(made.bundleFile, "utf8")).to.contain(made.authority);
    });

    it("uses the ones that are there, also when many start at once, and replaces bad ones", async () => {
        const all = await Promise.all([1, 2, 3, 4].map(() => certificates(folder)));
        all.push(await certificates(folder));
        expect(new Set(all.map(({ key }) => key)).size).to.equal(1);
        expect(await readdir(folder)).to.deep.equal(["certificates"]);
        const other = await mkdtemp(join(tmpdir(), "local-azure-"));
        const foreign = await certificates(other);
        await rm(other, { recursive: true });
        // A certificate for fewer names than there are now is as bad as none.
        const old = new X509Certificate(foreign.certificate);
        expect(old.subjectAltName).to.contain("DNS:local-azure.localhost");
        await writeFile(join(folder, "certificates", "front-door.pem"), foreign.authority);
        const renewed = await certificates(folder);
        expect(renewed.certificate).not.to.equal(foreign.authority);
        expect((await certificates(folder)).key).to.equal(renewed.key);
    });
});
