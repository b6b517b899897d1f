import { expect } from "chai";
import { isDataplaneError } from "../../../providers/core/errors.js";
import type { Item, Store } from "../../../providers/core/contract.js";
import { failureOf, itemsOf } from "../helpers.js";
import { Accounts, roles, type Pair } from "./accounts.js";

const POLICY = {
    id: "read-only",
    accessPolicy: {
        startsOn: new Date("2026-01-01T00:00:00Z"),
        expiresOn: new Date("2030-01-01T00:00:00Z"),
        permissions: "rl",
    },
};

describe("containers of a storage account", () => {
    let accounts: Accounts;
    let pair: Pair;
    let source: Store<null>;
    let target: Store<null>;

    before(async () => {
        accounts = await Accounts.start();
    });

    after(async () => {
        await accounts.cast.azure.stop();
    });

    beforeEach(async () => {
        pair = accounts.pair();
        source = await pair.open("containers", "source");
        target = await pair.open("containers", "target");
    });

    async function seed(name = "photos"): Promise<void> {
        const container = pair.service("source").getContainerClient(name);
        await container.create({ metadata: { Team: "data" } });
        await container.setAccessPolicy(undefined, [POLICY]);
    }

    async function only(store: Store<null>): Promise<Item> {
        const [item, ...rest] = await itemsOf(store.list());
        expect(rest).to.deep.equal([]);
        if (item === undefined) throw new Error("nothing is listed");
        return item;
    }

    it("are copied with metadata and stored access policies", async () => {
        await seed();
        const written = await target.put(await only(source), null, { owner: "replica-1" });
        expect(written).to.deep.equal(await only(target));
        expect(written).to.deep.equal(await target.find("photos"));
        expect(written.owner).to.equal("replica-1");
        expect(written.placeholder).to.equal(undefined);
        expect(written.properties).to.deep.equal((await only(source)).properties);
        const container = pair.service("target").getContainerClient("photos");
        const { signedIdentifiers } = await container.getAccessPolicy();
        expect(signedIdentifiers).to.deep.equal([POLICY]);
        const { metadata, blobPublicAccess } = await container.getProperties();
        expect(metadata).to.deep.equal({ team: "data", azure_dataplane_owner: "replica-1" });
        expect(blobPublicAccess).to.equal(undefined);
    });

    it("are listed in order, without those of the service itself", async () => {
        const service = pair.service("source");
        for (const name of ["photos-old", "photos", "b2", "a"].map((name) => `${name}-x`)) {
            await service.createContainer(name);
        }
        const names = (await itemsOf(source.list())).map((item) => item.name);
        expect(names).to.deep.equal(["a-x", "b2-x", "photos-old-x", "photos-x"]);
    });

    it("have a version that changes with metadata and policies", async () => {
        await seed();
        const container = pair.service("source").getContainerClient("photos");
        const versions = [(await only(source)).version];
        await container.setMetadata({ team: "web" });
        versions.push((await only(source)).version);
        await container.setAccessPolicy(undefined, []);
        versions.push((await only(source)).version);
        expect(new Set(versions).size).to.equal(3);
    });

    it("carry public access only when asked to", async () => {
        const service = pair.service("source");
        await service.getContainerClient("site").create({ access: "blob" });
        const written = await target.put(await only(source), null, {});
        const container = pair.service("target").getContainerClient("site");
        expect((await container.getProperties()).blobPublicAccess).to.equal(undefined);
        const options = { publicAccess: true };
        const [from, to] = [
            await pair.open<null>("containers", "source", { options }),
            await pair.open<null>("containers", "target", { options }),
        ];
        await to.put(await only(from), null, { existing: written });
        expect((await container.getProperties()).blobPublicAccess).to.equal("blob");
        expect((await only(to)).properties).to.deep.equal((await only(from)).properties);
    });

    it("keep the public access that the target has when policies change", async () => {
        await seed();
        const container = pair.service("target").getContainerClient("photos");
        await container.create({ access: "container" });
        const existing = await only(target);
        await target.put(await only(source), null, { existing });
        expect((await container.getProperties()).blobPublicAccess).to.equal("container");
        expect((await container.getAccessPolicy()).signedIdentifiers).to.deep.equal([POLICY]);
    });

    it("carry metadata only in a template, and read no policies", async () => {
        await seed();
        accounts.cast.azure.requests.clear();
        const from = await pair.open<null>("containers", "source", { mode: "template" });
        const to = await pair.open<null>("containers", "target", { mode: "template" });
        const placed = await to.putEmpty?.(await only(from), {});
        expect(placed?.properties).to.deep.equal({ metadata: { team: "data" } });
        const acl = accounts.cast.azure.requests.filter((request) => request.path.includes("comp=acl"));
        expect(acl).to.deep.equal([]);
    });

    it("whose policies may not be read say so, and leave those of the target alone", async () => {
        await seed();
        const from = await pair.open<null>("containers", "source", { as: accounts.cast.reader });
        const item = await only(from);
        expect(item.losses?.map((loss) => loss.what)).to.deep.equal(["policies"]);
        const container = pair.service("target").getContainerClient("photos");
        await container.create();
        await container.setAccessPolicy(undefined, [POLICY]);
        await target.put(item, null, { existing: await only(target) });
        expect((await container.getAccessPolicy()).signedIdentifiers).to.deep.equal([POLICY]);
        expect((await container.getProperties()).metadata).to.deep.equal({ team: "data" });
    });

    it("whose policies must be carried fail without the role", async () => {
        await seed();
        const opening = { as: accounts.cast.reader, options: { policies: true } };
        const from = await pair.open<null>("containers", "source", opening);
        expect(await failureOf(itemsOf(from.list()))).to.include({ statusCode: 403 });
    });

    it("whose policies may not be written are written without, and say so", async () => {
        await seed();
        const to = await pair.open<null>("containers", "target", { as: pair.writer(roles.contributor) });
        const written = await to.put(await only(source), null, {});
        expect(written.losses?.map((loss) => loss.what)).to.include("policies");
        expect(written.placeholder).to.equal(undefined);
        expect(written.properties).to.deep.equal({ metadata: { team: "data" } });
    });

    it("of an account in another tenant are refused at once, not after an hour", async () => {
        await seed();
        const to = await pair.open<null>("containers", "target", { as: accounts.cast.reader });
        expect(await failureOf(itemsOf(to.list()))).to.include({ statusCode: 401 });
    });

    it("are not written when they changed since they were listed", async () => {
        await seed();
        const item = await only(source);
        const existing = await target.put(item, null, {});
        await pair.service("target").getContainerClient("photos").setMetadata({ by: "hand" });
        for (const write of [
            () => target.put(item, null, { existing }),
            () => target.put(item, null, {}),
            async () => target.mark?.(existing, "replica-1"),
            () => target.remove("photos", { expected: existing }),
        ]) {
            expect(isDataplaneError(await failureOf(write()), "Conflict"), String(write)).to.equal(true);
        }
    });

    it("are removed only when they are empty", async () => {
        await seed();
        const existing = await target.put(await only(source), null, {});
        const blob = pair.service("target").getContainerClient("photos").getBlockBlobClient("a");
        await blob.upload("x", 1);
        const failure = await failureOf(target.remove("photos", { expected: existing }));
        expect(isDataplaneError(failure, "Conflict")).to.equal(true);
        await blob.delete();
        await target.remove("photos", { expected: existing });
        expect(await target.find("photos")).to.equal(undefined);
        await target.remove("photos", { expected: existing });
    });

    it("that were left unfinished are known for it", async () => {
        await seed();
        const { faults } = accounts.cast.azure;
        const fault = faults.add({
            host: new RegExp(pair.host("target")),
            path: /comp=acl/,
            method: "PUT",
            kind: { type: "status", status: 400 },
        });
        await failureOf(target.put(await only(source), null, {}));
        fault.remove();
        const left = await only(target);
        expect(left.placeholder).to.equal(true);
        const written = await target.put(await only(source), null, { existing: left });
        expect(written.placeholder).to.equal(undefined);
        expect(written.properties).to.deep.equal((await only(source)).properties);
    });

    it("that were created before the answer got lost are taken for what they are", async () => {
        await pair
            .service("source")
            .getContainerClient("photos")
            .create({ metadata: { team: "data" } });
        accounts.cast.azure.faults.add({
            host: new RegExp(pair.host("target")),
            method: "PUT",
            times: 1,
            kind: { type: "cut", when: "after" },
        });
        const written = await target.put(await only(source), null, {});
        expect(written.properties).to.deep.equal({ metadata: { team: "data" } });
    });
});
