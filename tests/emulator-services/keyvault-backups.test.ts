import { expect } from "chai";
import { createKeyVault } from "../../emulator/keyvault/index.js";
import { VaultBench } from "./vault-bench.js";

interface Bundle {
    id: string;
    value?: string;
    attributes: Record<string, unknown>;
    tags?: Record<string, string>;
    contentType?: string;
}

interface Backup {
    value: string;
}

describe("backups of a local Key Vault", () => {
    let bench: VaultBench;

    beforeEach(async () => {
        bench = await VaultBench.make();
        bench.place({ name: "source" });
        bench.place({ name: "near", location: "North Europe" });
        bench.place({ name: "far", location: "eastus" });
        bench.place({ name: "other", subscription: "t" });
    });

    const set = (name: string, body: object): Promise<Bundle> =>
        bench.get<Bundle>("source", "PUT", `/secrets/${name}`, body);
    const backup = async (name: string): Promise<string> =>
        (await bench.get<Backup>("source", "POST", `/secrets/${name}/backup`)).value;
    const versions = async (vault: string, name: string): Promise<Bundle[]> =>
        (await bench.get<{ value: Bundle[] }>(vault, "GET", `/secrets/${name}/versions`)).value;

    it("bring all versions back with ids, dates, values and attributes, disabled ones too", async () => {
        const first = await set("db", { value: "one", contentType: "text/plain", tags: { a: "b" } });
        bench.platform.time += 86_400_000;
        await set("db", { value: "two", attributes: { enabled: false, nbf: 1, exp: 2 } });
        bench.platform.time += 86_400_000;
        await set("db", { value: "three", attributes: { exp: 2_000_000_000 } });
        const value = await backup("db");
        expect(value).to.match(/^[\w-]+$/);
        expect(Buffer.from(value, "base64url").toString("latin1")).to.not.include("three");
        bench.platform.time += 86_400_000;
        await bench.get("near", "POST", "/secrets/restore", { value });

        const moved = (bundle: Bundle): Bundle => ({
            ...bundle,
            id: bundle.id.replace("//near.", "//source."),
        });
        expect((await versions("near", "db")).map(moved)).to.deep.equal(await versions("source", "db"));
        const path = new URL(first.id).pathname;
        const old = await bench.get<Bundle>("near", "GET", path);
        expect(moved(old)).to.deep.equal(await bench.get<Bundle>("source", "GET", path));
        expect(old.value).to.equal("one");
        expect((await bench.get<Bundle>("near", "GET", "/secrets/db")).value).to.equal("three");
    });

    it("outlive the secret and the vault that they are from", async () => {
        await set("db", { value: "kept" });
        const value = await backup("db");
        await bench.get("source", "DELETE", "/secrets/db");
        await bench.call("source", "DELETE", "/deletedsecrets/db");
        bench.platform.records.splice(0, 1);
        await bench.get("near", "POST", "/secrets/restore", { value });
        expect((await bench.get<Bundle>("near", "GET", "/secrets/db")).value).to.equal("kept");
    });

    for (const [vault, why] of [
        ["far", "another geography"],
        ["other", "another subscription"],
    ] as const) {
        it(`can't be opened in ${why}`, async () => {
            await set("db", { value: "v" });
            const refusal = await bench.refusal(vault, "POST", "/secrets/restore", {
                value: await backup("db"),
            });
            expect(refusal).to.include({
                status: 400,
                code: "BadParameter",
                message: "Cannot decrypt backup blob.",
            });
        });
    }

    it("of one kind are none of another, and what is no backup is refused", async () => {
        await set("db", { value: "v" });
        const value = await backup("db");
        for (const [path, blob] of [
            ["/keys/restore", value],
            ["/secrets/restore", value.slice(0, -4)],
            ["/secrets/restore", "AAAA"],
            ["/secrets/restore", ""],
        ] as const) {
            const refusal = await bench.refusal("near", "POST", path, { value: blob });
            expect(refusal).to.include({ status: 400, code: "BadParameter" });
            if (blob !== "") expect(refusal.message).to.equal("Cannot decrypt backup blob.");
        }
        expect(await versions("source", "db")).to.have.lengthOf(1);
    });

    it("do not overwrite: a name in use and a deleted one are conflicts", async () => {
        await set("db", { value: "v" });
        const value = await backup("db");
        const inUse = await bench.refusal("source", "POST", "/secrets/restore", { value });
        expect(inUse).to.include({ status: 409, code: "Conflict", inner: undefined });
        expect(inUse.message).to.match(/^There was a conflict restoring the secret 'https:\/\/source\./);
        await bench.get("source", "DELETE", "/secrets/db");
        bench.platform.time += 1;
        const deleted = await bench.refusal("source", "POST", "/secrets/restore", { value });
        expect(deleted).to.include({ status: 409, inner: "ObjectIsDeletedButRecoverable" });
    });

    it("hold 500 past versions and no more", async () => {
        for (let index = 0; index <= 500; index++) await set("long", { value: String(index) });
        await backup("long");
        await set("long", { value: "one too many" });
        const refusal = await bench.refusal("source", "POST", "/secrets/long/backup");
        expect(refusal).to.include({ status: 400, code: "BadParameter" });
    });

    it("are of secrets that are there and are no certificate's", async () => {
        expect(await bench.refusal("source", "POST", "/secrets/none/backup")).to.include({
            status: 404,
            code: "SecretNotFound",
        });
        bench.service.seedManagedSecret(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/source",
            "cert",
            "pfx",
        );
        for (const [method, path] of [
            ["POST", "/secrets/cert/backup"],
            ["DELETE", "/secrets/cert"],
        ] as const) {
            const refusal = await bench.refusal("source", method, path);
            expect(refusal).to.include({ status: 403, inner: "SecretManagedByKeyVault" });
        }
    });

    it("can be opened by the process that made them alone", async () => {
        await set("db", { value: "v" });
        const value = await backup("db");
        const again = await createKeyVault(bench.platform);
        await again.load?.(JSON.parse(JSON.stringify(bench.service.save?.())));
        Object.assign(bench, { service: again });
        const refusal = await bench.refusal("near", "POST", "/secrets/restore", { value });
        expect(refusal.message).to.equal("Cannot decrypt backup blob.");
        expect((await bench.get<Bundle>("source", "GET", "/secrets/db")).value).to.equal("v");
    });
});
