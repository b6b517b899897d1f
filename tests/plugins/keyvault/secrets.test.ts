import { expect } from "chai";
import { isDataplaneError } from "../../../providers/core/errors.js";
import type { Item, Store } from "../../../providers/core/contract.js";
import type { SecretContent } from "../../../providers/keyvault/secrets/content.js";
import { failureOf, itemsOf } from "../helpers.js";
import { Vaults } from "./vaults.js";

const NOT_BEFORE = new Date("2026-01-01T00:00:00Z");
const EXPIRES = new Date("2030-06-30T12:00:00Z");

describe("secrets of a Key Vault", () => {
    let vaults: Vaults;
    let source: Store<SecretContent>;
    let target: Store<SecretContent>;

    beforeEach(async () => {
        vaults = await Vaults.create();
        source = (await vaults.open("source")).store;
        target = (await vaults.open("target")).store;
    });

    async function only(store: Store<SecretContent>): Promise<Item> {
        const [item, ...rest] = await itemsOf(store.list());
        expect(rest).to.deep.equal([]);
        if (item === undefined) throw new Error("nothing is listed");
        return item;
    }

    async function copy(owner?: string): Promise<Item> {
        const item = await only(source);
        return target.put(item, await source.get(item), { owner });
    }

    async function seed(): Promise<void> {
        await (
            await vaults.client("source")
        ).setSecret("Db-Password", "s3cr3t", {
            contentType: "text/plain",
            tags: { team: "data" },
            notBefore: NOT_BEFORE,
            expiresOn: EXPIRES,
        });
    }

    it("are copied with value, attributes, content type and tags", async () => {
        await seed();
        const written = await copy();
        const { value, properties } = await (await vaults.client("target")).getSecret("Db-Password");
        expect(value).to.equal("s3cr3t");
        expect(properties).to.include({ enabled: true, contentType: "text/plain" });
        expect(properties.tags).to.deep.equal({ team: "data" });
        expect(properties.notBefore).to.deep.equal(NOT_BEFORE);
        expect(properties.expiresOn).to.deep.equal(EXPIRES);
        expect(written).to.deep.equal(await only(target));
        expect(written).to.deep.equal(await target.find("db-password"));
        expect(written.properties).to.deep.equal((await only(source)).properties);
        expect(JSON.stringify(written)).not.to.include("s3cr3t");
    });

    it("have a readable version that changes with value, attributes and tags alike", async () => {
        await seed();
        const client = await vaults.client("source");
        const versions = [(await only(source)).version];
        expect(versions[0]).to.match(/^2026-01-01T00:00:00Z #[0-9a-f]{6}$/);
        const { properties } = await client.getSecret("Db-Password");
        await client.updateSecretProperties("Db-Password", properties.version ?? "", {
            tags: { team: "web" },
        });
        versions.push((await only(source)).version);
        await client.updateSecretProperties("Db-Password", properties.version ?? "", { enabled: false });
        versions.push((await only(source)).version);
        vaults.platform.time += 1000;
        await client.setSecret("Db-Password", "new", { tags: { team: "web" }, enabled: false });
        versions.push((await only(source)).version);
        expect(new Set(versions).size).to.equal(4);
    });

    it("are listed page by page, without those of certificates", async () => {
        const client = await vaults.client("source");
        for (let n = 0; n < 60; n += 1) await client.setSecret(`secret-${String(n)}`, "v");
        vaults.service.seedManagedSecret(vaults.records.source.id, "certificate", "v");
        const { store, http } = await vaults.open("source");
        const names: string[] = [];
        for await (const item of store.list()) {
            names.push(item.name);
            if (names.length === 1) expect(http.lines()).to.have.length(1);
        }
        expect(names).to.have.length(60);
        expect(names).not.to.include("certificate");
        expect(http.lines().length).to.be.greaterThan(2);
        expect(await source.find("certificate")).to.equal(undefined);
        const { lost, ...item } = await sampleItem();
        expect(lost).to.equal(undefined);
        vaults.service.seedManagedSecret(vaults.records.target.id, "certificate", "v");
        const failure = await failureOf(target.put({ ...item, name: "certificate" }, { value: "v" }, {}));
        expect(isDataplaneError(failure, "Conflict")).to.equal(true);
    });

    async function sampleItem(): Promise<Item> {
        await (await vaults.client("source")).setSecret("sample", "v");
        const item = await source.find("sample");
        if (item === undefined) throw new Error("not found");
        return item;
    }

    it("that are disabled lose their value in replication, and nothing in a template", async () => {
        await (await vaults.client("source")).setSecret("off", "v", { enabled: false });
        const item = await only(source);
        expect(item.lost).to.include({ item: "off", what: "value" });
        expect(item.lost?.reason).to.include("disabled");
        expect((await only((await vaults.open("source", "template")).store)).lost).to.equal(undefined);
    });

    it("become disabled placeholders in a template, without a right to read values", async () => {
        await seed();
        vaults.restrict("source", ["readMetadata/action"]);
        const { store, http } = await vaults.open("source", "template");
        const placed = await (
            await vaults.open("target", "template")
        ).store.putEmpty?.(await only(store), {});
        expect(placed).to.include({ name: "Db-Password", placeholder: true });
        expect(placed?.properties).to.include({ enabled: false, contentType: "text/plain" });
        expect(placed?.properties.tags).to.deep.equal({ team: "data" });
        expect(http.lines()).to.deep.equal(["GET /secrets"]);
        const versions = await itemsOf(
            (await vaults.client("target")).listPropertiesOfSecretVersions("Db-Password"),
        );
        expect(versions.map((version) => version.enabled)).to.deep.equal([false]);
        expect(versions[0]?.tags).to.deep.equal({ team: "data", "azure-dataplane-placeholder": "true" });
    });

    it("replace placeholders when they are replicated", async () => {
        await seed();
        const existing = await target.putEmpty?.(await only(source), {});
        vaults.platform.time += 1000;
        const item = await only(source);
        const written = await target.put(item, await source.get(item), { existing });
        expect(written.placeholder).to.equal(undefined);
        expect(written.properties).to.deep.equal(item.properties);
    });

    it("get new properties without a new version where that can be done", async () => {
        await seed();
        const existing = await copy();
        const item = await only(source);
        const changed: Item = {
            ...item,
            properties: { ...item.properties, enabled: false, tags: { team: "web" } },
        };
        const written = await target.putProperties?.(changed, { existing });
        expect(written?.properties).to.deep.equal(changed.properties);
        const client = await vaults.client("target");
        expect(await itemsOf(client.listPropertiesOfSecretVersions("Db-Password"))).to.have.length(1);
    });

    it("lose a date and a content type that the source has no more, and keep their value", async () => {
        await seed();
        const existing = await copy();
        vaults.platform.time += 1000;
        const item: Item = { ...(await only(source)), properties: { enabled: true, tags: {} } };
        const written = await target.putProperties?.(item, { existing });
        expect(written?.properties).to.deep.equal(item.properties);
        const { value } = await (await vaults.client("target")).getSecret("Db-Password");
        expect(value).to.equal("s3cr3t");
    });

    it("carry an owner's mark that is no property of theirs", async () => {
        await seed();
        const written = await copy("replica-1");
        expect(written.owner).to.equal("replica-1");
        expect(written.properties).to.deep.equal((await only(source)).properties);
        const marked = await target.mark?.(written, "replica-2");
        expect(marked?.owner).to.equal("replica-2");
        expect(marked?.properties).to.deep.equal(written.properties);
    });

    it("come back from deletion when their name is needed", async () => {
        await seed();
        const client = await vaults.client("target");
        await client.setSecret("db-password", "old", { tags: { old: "yes" } });
        await client.beginDeleteSecret("db-password");
        vaults.platform.time += 1000;
        const written = await copy();
        expect((await client.getSecret("db-password")).value).to.equal("s3cr3t");
        expect(written.properties.tags).to.deep.equal({ team: "data" });
        expect(written.placeholder).to.equal(undefined);
    });

    it("whose name is just being deleted are a clear conflict", async () => {
        await seed();
        const client = await vaults.client("target");
        await client.setSecret("db-password", "old");
        vaults.service.settings.transitionMilliseconds = 60_000;
        await client.beginDeleteSecret("db-password");
        const failure = await failureOf(copy());
        expect(isDataplaneError(failure, "Conflict")).to.equal(true);
        expect(failure).to.have.nested.property("detail.serviceCode", "ObjectIsBeingDeleted");
    });

    it("are not overwritten when they changed since they were listed", async () => {
        await seed();
        const existing = await copy();
        vaults.platform.time += 1000;
        const client = await vaults.client("target");
        await client.setSecret("Db-Password", "by hand");
        const item = await only(source);
        const writes = [
            () => target.put(item, { value: "mine" }, { existing }),
            () => target.put(item, { value: "mine" }, {}),
            async () => target.putEmpty?.(item, {}),
            async () => target.putProperties?.(item, { existing }),
            async () => target.mark?.(existing, "replica-1"),
            () => target.remove("Db-Password", { expected: existing }),
        ];
        for (const write of writes) {
            expect(isDataplaneError(await failureOf(write()), "Conflict"), String(write)).to.equal(true);
        }
        expect((await client.getSecret("Db-Password")).value).to.equal("by hand");
    });

    it("are removed softly, and removing what is gone is no error", async () => {
        await seed();
        const written = await copy();
        await target.remove("Db-Password", { expected: written });
        expect(await target.find("Db-Password")).to.equal(undefined);
        await target.remove("Db-Password", { expected: written });
        const deleted = await (await vaults.client("target")).getDeletedSecret("Db-Password");
        expect(deleted.name).to.equal("Db-Password");
    });

    it("that were set before the answer got lost are not set twice", async () => {
        await seed();
        const { store, http } = await vaults.open("target");
        http.interfere = (request, serve) =>
            request.method === "PUT" && request.headers.authorization !== undefined
                ? serve().then(() => Promise.reject(new Error("cut off")))
                : undefined;
        const item = await only(source);
        const written = await store.put(item, await source.get(item), {});
        expect(written.properties).to.deep.equal(item.properties);
        const client = await vaults.client("target");
        expect(await itemsOf(client.listPropertiesOfSecretVersions("Db-Password"))).to.have.length(1);
    });

    it("that were not set when the connection broke fail with that error", async () => {
        await seed();
        const { store, http } = await vaults.open("target");
        http.interfere = (request) =>
            request.method === "PUT" ? Promise.reject(new Error("cut off")) : undefined;
        const failure = await failureOf(store.put(await only(source), { value: "never-shown" }, {}));
        expect(String(failure)).to.include("cut off").and.not.include("never-shown");
    });

    it("without a role fail as denied, never as absent", async () => {
        await seed();
        vaults.restrict("source", []);
        for (const attempt of [
            itemsOf(source.list()),
            source.find("Db-Password"),
            source.get({ name: "Db-Password", version: "", properties: {} }),
        ]) {
            expect(await failureOf(attempt)).to.include({ name: "RestError", statusCode: 403 });
        }
    });

    it("that the current version can't be told of within one second are read where values may be", async () => {
        const client = await vaults.client("source");
        for (const tag of ["one", "two", "three"]) await client.setSecret("quick", tag, { tags: { tag } });
        expect((await source.find("quick"))?.properties.tags).to.deep.equal({ tag: "three" });
    });

    it("with more tags than fit beside ours are refused before anything is sent", async () => {
        const tags = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`tag-${String(n)}`, "x"]));
        await (await vaults.client("source")).setSecret("tagged", "v", { tags });
        const { store, http } = await vaults.open("target");
        const item = await only(source);
        const failure = await failureOf(store.put(item, { value: "v" }, { owner: "replica-1" }));
        expect(isDataplaneError(failure, "InvalidItem")).to.equal(true);
        expect(http.lines().filter((line) => line.startsWith("PUT"))).to.deep.equal([]);
    });

    it("compare by value", () => {
        expect(target.equal?.({ value: "a" }, { value: "a" })).to.equal(true);
        expect(target.equal?.({ value: "a" }, { value: "ab" })).to.equal(false);
    });
});
