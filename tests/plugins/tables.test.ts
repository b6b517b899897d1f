import { expect } from "chai";
import fc from "fast-check";
import type { Plugin } from "../../providers/core/contract.js";
import { plugin as keyvault } from "../../providers/keyvault/index.js";
import { plugin as storage } from "../../providers/storage/index.js";
import { secrets } from "../../providers/keyvault/secrets/element.js";
import { blobs } from "../../providers/storage/blobs.js";
import { containers } from "../../providers/storage/containers.js";
import { compareBlobNames, joinName, splitName } from "../../providers/storage/names.js";

describe("the tables of the plugins", () => {
    function fromUrl(plugin: Plugin, url: string): ReturnType<Plugin["fromUrl"]> {
        return plugin.fromUrl(new URL(url));
    }

    it("take endpoints from ARM's own answer, and none where it has none", () => {
        const vault = { id: "/v", name: "app", type: keyvault.resourceTypes[0] ?? "" };
        const vaultUri = "https://app.vault.usgovcloudapi.net/";
        expect(keyvault.endpoints({ ...vault, properties: { vaultUri } })).to.deep.equal({ vault: vaultUri });
        expect(keyvault.endpoints(vault)).to.deep.equal({});
        const account = { id: "/a", name: "files", type: storage.resourceTypes[0] ?? "" };
        const primaryEndpoints = { blob: "https://files.z1.blob.storage.azure.net/", other: "x" };
        expect(storage.endpoints({ ...account, properties: { primaryEndpoints } })).to.deep.equal({
            blob: primaryEndpoints.blob,
        });
        expect(storage.endpoints(account)).to.deep.equal({});
    });

    it("know a vault and an account by URL, in any cloud", () => {
        expect(fromUrl(keyvault, "https://app.vault.azure.cn")).to.deep.equal({
            name: "app",
            endpoints: { vault: "https://app.vault.azure.cn/" },
        });
        expect(fromUrl(storage, "https://files.blob.core.windows.net/")?.name).to.equal("files");
        expect(fromUrl(storage, "https://files.queue.core.windows.net")?.endpoints).to.deep.equal({
            queue: "https://files.queue.core.windows.net/",
        });
        expect(fromUrl(storage, "https://files.z12.blob.storage.azure.net")?.endpoints).to.deep.equal({
            blob: "https://files.z12.blob.storage.azure.net/",
        });
    });

    it("take no URL that is not one of theirs", () => {
        for (const url of [
            "http://app.vault.azure.net/",
            "https://app.vault.azure.net/secrets/a",
            "https://app.vault.azure.net/?a=b",
            "https://localhost/",
        ]) {
            expect(fromUrl(keyvault, url), url).to.equal(undefined);
        }
        for (const url of [
            "https://files.other.core.windows.net/",
            "https://files.blob.core.windows.net/box?sv=1",
            "http://files.blob.core.windows.net/",
        ]) {
            expect(fromUrl(storage, url), url).to.equal(undefined);
        }
    });

    it("know which names a secret can have, and which are the same", () => {
        expect(secrets.invalidName("Db-Password-1")).to.equal(undefined);
        for (const name of ["", "a_b", "a/b", "ü", "a".repeat(128)]) {
            expect(secrets.invalidName(name), name).to.be.a("string");
        }
        expect(secrets.key("Db-Password")).to.equal(secrets.key("db-password"));
        expect(secrets.compare("A", "a")).to.equal(0);
    });

    it("know which names containers and blobs can have", () => {
        for (const name of ["abc", "a-b-1", "$web", "$root", "a".repeat(63)]) {
            expect(containers.invalidName(name), name).to.equal(undefined);
        }
        for (const name of ["ab", "A-b", "a--b", "-ab", "ab-", "a_b", "$logs", "a".repeat(64)]) {
            expect(containers.invalidName(name), name).to.be.a("string");
        }
        for (const name of ["abc/x", "abc/a/b.txt", "abc/.hidden", "abc/a..b", `abc/${"a".repeat(1024)}`]) {
            expect(blobs.invalidName(name), name).to.equal(undefined);
        }
        for (const name of [
            "abc",
            "abc/",
            "abc/..",
            "abc/a/./b",
            `abc/${"a".repeat(1025)}`,
            `abc/${"a/".repeat(255)}`,
            "$root/a/b",
        ]) {
            expect(blobs.invalidName(name), name).to.be.a("string");
        }
    });

    it("split names of blobs as they join them, and order them container by container", () => {
        const container = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{1,5})[a-z0-9]$/);
        const name = fc.tuple(container, fc.string({ minLength: 1 }));
        fc.assert(
            fc.property(name, name, ([aContainer, aBlob], [bContainer, bBlob]) => {
                const [a, b] = [joinName(aContainer, aBlob), joinName(bContainer, bBlob)];
                expect(splitName(a)).to.deep.equal({ container: aContainer, blob: aBlob });
                const order = compareBlobNames(a, b);
                expect(Math.sign(order)).to.equal(-Math.sign(compareBlobNames(b, a)) + 0);
                if (aContainer !== bContainer) expect(order < 0).to.equal(aContainer < bContainer);
                else expect(order < 0).to.equal(aBlob < bBlob);
            }),
        );
    });

    it("let nothing but reads through to the source", () => {
        const url = new URL("https://a.example/x?comp=y");
        for (const type of [secrets, containers, blobs]) {
            for (const method of ["PUT", "POST", "PATCH", "DELETE"]) {
                expect(type.sourceReads(method, url), `${type.name} ${method}`).to.equal(false);
            }
        }
    });

    it("ask for no more than a mode and its options need", () => {
        const actions = (permissions: readonly { dataActions: readonly string[] }[]): string[] =>
            permissions.flatMap((permission) => permission.dataActions);
        const read = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
        expect(actions(secrets.permissions("template", {}).source)).not.to.include(read);
        expect(actions(secrets.permissions("template", {}).target)).not.to.include(read);
        expect(actions(secrets.permissions("replication", {}).source)).to.include(read);
        const tags = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read";
        expect(actions(blobs.permissions("replication", {}).source)).not.to.include(tags);
        expect(actions(blobs.permissions("replication", { tags: true }).source)).to.include(tags);
        expect(containers.permissions("replication", {}).target).to.have.length(1);
        expect(containers.permissions("replication", { publicAccess: true }).target).to.have.length(2);
        expect(containers.permissions("template", { policies: true }).target).to.have.length(1);
    });
});
