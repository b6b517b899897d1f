import { expect } from "chai";
import { VaultBench } from "./vault-bench.js";

/**
 * Method, path, data action, permission of an access policy, and whether it writes, for keys and certificates.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault and the
 * reference of each operation
 */
const rows: [string, string, string, string, boolean][] = [
    ["GET", "/keys", "keys/read", "keys list", false],
    ["GET", "/keys/a", "keys/read", "keys get", false],
    ["GET", "/keys/a/versions", "keys/read", "keys list", false],
    ["POST", "/keys/a/create", "keys/create/action", "keys create", true],
    ["PUT", "/keys/a", "keys/import/action", "keys import", true],
    ["PATCH", "/keys/a/v", "keys/update/action", "keys update", true],
    ["DELETE", "/keys/a", "keys/delete", "keys delete", true],
    ["POST", "/keys/a/backup", "keys/backup/action", "keys backup", false],
    ["POST", "/keys/restore", "keys/restore/action", "keys restore", true],
    ["POST", "/keys/a/rotate", "keys/rotate/action", "keys rotate", true],
    ["GET", "/keys/a/rotationpolicy", "keyrotationpolicies/read", "keys getrotationpolicy", false],
    ["PUT", "/keys/a/rotationpolicy", "keyrotationpolicies/write", "keys setrotationpolicy", true],
    ["POST", "/keys/a/v/sign", "keys/sign/action", "keys sign", false],
    ["POST", "/keys/a//wrapkey", "keys/wrap/action", "keys wrapkey", false],
    ["GET", "/deletedkeys", "keys/read", "keys list", false],
    ["GET", "/deletedkeys/a", "keys/read", "keys get", false],
    ["POST", "/deletedkeys/a/recover", "keys/recover/action", "keys recover", true],
    ["DELETE", "/deletedkeys/a", "keys/purge/action", "keys purge", true],
    ["GET", "/certificates/a", "certificates/read", "certificates get", false],
    ["GET", "/certificates/a/policy", "certificates/read", "certificates get", false],
    ["POST", "/certificates/a/create", "certificates/create/action", "certificates create", true],
    ["POST", "/certificates/a/import", "certificates/import/action", "certificates import", true],
    ["GET", "/certificates/issuers", "certificatecas/read", "certificates listissuers", false],
    ["PUT", "/certificates/issuers/a", "certificatecas/write", "certificates setissuers", true],
    ["GET", "/certificates/contacts", "certificatecontacts/write", "certificates managecontacts", false],
    ["POST", "/secrets/a/backup", "secrets/backup/action", "secrets backup", false],
    ["POST", "/secrets/restore", "secrets/restore/action", "secrets restore", true],
];

describe("who may do what in a local Key Vault", () => {
    let bench: VaultBench;

    beforeEach(async () => {
        bench = await VaultBench.make();
    });

    for (const [method, path, action, permission, writes] of rows) {
        it(`${method} ${path} needs ${action} or the permission ${permission}`, async () => {
            const vault = bench.place({ name: "app" });
            const ask = (): Promise<{ inner: string | undefined; message: string }> =>
                bench.refusal("app", method, path, {}).catch(() => ({ inner: undefined, message: "" }));
            bench.platform.grants.length = 0;
            const byRole = await ask();
            expect(byRole.inner).to.equal("ForbiddenByRbac");
            expect(byRole.message).to.include(`Action: 'Microsoft.KeyVault/vaults/${action}'`);
            const grant = {
                objectId: "alice",
                action: `Microsoft.KeyVault/vaults/${action}`,
                scope: vault.id,
            };
            bench.platform.grants.push(grant);
            expect((await ask()).inner).to.not.equal("ForbiddenByRbac");

            vault.properties.enableRbacAuthorization = false;
            const byPolicy = await ask();
            expect(byPolicy.inner).to.equal("AccessDenied");
            expect(byPolicy.message).to.include(`does not have ${permission} permission on key vault 'app;`);
            const [collection = "", name = ""] = permission.split(" ");
            vault.properties.accessPolicies = [{ objectId: "alice", permissions: { [collection]: [name] } }];
            expect((await ask()).inner).to.not.equal("AccessDenied");
            const url = new URL(`https://app.vault.azure.net${path}?api-version=7.6`);
            expect(bench.service.isWrite(method, url)).to.equal(writes);
        });
    }

    it("can be granted at one key alone", async () => {
        const vault = bench.place({ name: "app" });
        for (const name of ["a", "b"]) await bench.get("app", "POST", `/keys/${name}/create`, { kty: "EC" });
        bench.platform.grants.splice(0, 1, { objectId: "alice", action: "*", scope: `${vault.id}/keys/a` });
        await bench.get("app", "GET", "/keys/a");
        expect((await bench.refusal("app", "GET", "/keys/b")).inner).to.equal("ForbiddenByRbac");
        expect((await bench.refusal("app", "GET", "/keys")).inner).to.equal("ForbiddenByRbac");
    });

    it("knows no path and no method but its own", async () => {
        bench.place({ name: "app" });
        expect((await bench.refusal("app", "GET", "/storage")).status).to.equal(404);
        expect((await bench.refusal("app", "GET", "/keys/a/v/versions")).status).to.equal(404);
        expect((await bench.refusal("app", "POST", "/keys/a")).code).to.equal("BadParameter");
        expect((await bench.refusal("app", "POST", "/keys/a//release", {})).status).to.equal(501);
    });
});
