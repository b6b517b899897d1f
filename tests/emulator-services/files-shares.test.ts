import {
    AccountSASPermissions,
    type ShareClient,
    type ShareItem,
    type ShareServiceClient,
} from "@azure/storage-file-share";
import { expect } from "chai";
import { ACCOUNT, ACCOUNT_TYPE as TYPE } from "./blobs.js";
import { failure, place, startLocalAzure, type Cast } from "./local.js";
import { file, filesByKey, share } from "./shares.js";

describe("shares of the local Storage, with their SDK", () => {
    let cast: Cast;
    let service: ShareServiceClient;

    beforeEach(async () => {
        cast = await startLocalAzure();
        const id = place(cast, "staging", TYPE, "stagingfiles", ACCOUNT);
        service = filesByKey(cast, id, "stagingfiles");
    });

    afterEach(async () => {
        await cast.azure.stop();
    });

    async function listed(options = {}, of = service): Promise<ShareItem[]> {
        const items = [];
        for await (const item of of.listShares(options)) items.push(item);
        return items;
    }

    async function contentOf(of: ShareClient, name: string): Promise<string> {
        return (await of.rootDirectoryClient.getFileClient(name).downloadToBuffer()).toString();
    }

    /** The SDK (12.33.0) takes every lease for one of a file and refuses to renew it. */
    async function renew(box: ShareClient, leaseId: string): Promise<number> {
        const permissions = AccountSASPermissions.parse("w");
        const { search } = new URL(
            service.generateAccountSasUrl(new Date(Date.now() + 60_000), permissions, "c"),
        );
        const headers = { "x-ms-lease-action": "renew", "x-ms-lease-id": leaseId };
        const url = `${box.url}${search}&restype=share&comp=lease`;
        return (await fetch(url, { method: "PUT", headers })).status;
    }

    it("keep metadata, quota and tier", async () => {
        const box = service.getShareClient("box");
        await box.create({ metadata: { Author: "me" }, quota: 7, accessTier: "Cool" });
        expect(await box.getProperties()).to.deep.include({
            metadata: { author: "me" },
            quota: 7,
            accessTier: "Cool",
            leaseState: "available",
        });
        await box.setMetadata({ other: "x" });
        await box.setProperties({ quotaInGB: 8, accessTier: "Hot" });
        const after = await box.getProperties();
        expect(after).to.deep.include({ metadata: { other: "x" }, quota: 8, accessTier: "Hot" });
        expect(await listed({ includeMetadata: true })).to.have.lengthOf(1);
        const [item] = await listed({ includeMetadata: true });
        expect(item?.metadata).to.deep.equal({ other: "x" });
        expect(item?.properties).to.deep.include({ quota: 8, accessTier: "Hot", etag: after.etag });
    });

    it("are there once, with names the service takes", async () => {
        const box = await share(service);
        expect(await failure(box.create())).to.deep.equal({ status: 409, code: "ShareAlreadyExists" });
        for (const name of ["Upper", "a", "two--dashes", "x".repeat(64)])
            expect((await failure(service.getShareClient(name).create()))?.code, name).to.equal(
                "InvalidResourceName",
            );
        expect((await failure(service.getShareClient("zero").create({ quota: 102_401 })))?.code).to.equal(
            "InvalidHeaderValue",
        );
        expect(await failure(service.getShareClient("missing").getProperties())).to.deep.equal({
            status: 404,
            code: "ShareNotFound",
        });
    });

    it("are listed in pages and by prefix", async () => {
        for (const name of ["b-two", "a-one", "b-one"]) await service.createShare(name);
        const pages = [];
        for await (const { shareItems = [] } of service
            .listShares({ prefix: "b" })
            .byPage({ maxPageSize: 1 }))
            pages.push(shareItems.map(({ name }) => name));
        expect(pages).to.deep.equal([["b-one"], ["b-two"]]);
    });

    it("that were deleted can be had back, and keep their name taken for a while", async () => {
        const box = await share(service);
        await file(box, "a", "kept");
        await box.delete();
        expect(await listed()).to.deep.equal([]);
        const [deleted] = await listed({ includeDeleted: true });
        expect(deleted).to.deep.include({ name: box.name, deleted: true });
        expect(deleted?.properties.remainingRetentionDays).to.equal(7);
        expect(await failure(box.create())).to.deep.equal({ status: 409, code: "ShareBeingDeleted" });
        cast.azure.clock.advance(31_000);
        await service.undeleteShare(box.name, deleted?.version ?? "");
        expect(await contentOf(box, "a")).to.equal("kept");
        await box.delete();
        cast.azure.clock.advance(31_000);
        await box.create();
        expect(await box.rootDirectoryClient.getFileClient("a").exists()).to.equal(false);
    });

    it("tell how much is written, and take no more than their quota", async () => {
        const box = service.getShareClient("box");
        await box.create({ quota: 1 });
        await file(box, "a", "12345");
        const sparse = box.rootDirectoryClient.getFileClient("sparse");
        await sparse.create(4 * 1024 ** 3);
        expect((await box.getStatistics()).shareUsageBytes).to.equal(5);
        await box.rootDirectoryClient.getFileClient("a").delete();
        expect((await box.getStatistics()).shareUsageBytes).to.equal(0);
        // As if somebody had filled it up to the last two bytes.
        const state = JSON.stringify(cast.azure.files.save());
        const full = state.replace('"usedBytes":0', `"usedBytes":${String(1024 ** 3 - 2)}`);
        cast.azure.files.load(JSON.parse(full));
        expect(await failure(sparse.uploadRange("123", 0, 3))).to.deep.equal({
            status: 403,
            code: "ShareSizeLimitReached",
        });
        await sparse.uploadRange("12", 0, 2);
        await sparse.uploadRange("34", 0, 2);
        expect((await failure(sparse.uploadRange("5", 2, 1)))?.code).to.equal("ShareSizeLimitReached");
    });

    it("keep permissions by key: the same one the same key, and none of another share's", async () => {
        const [one, two] = [await share(service), await share(service)];
        const sddl = "O:SYG:SYD:(A;;FA;;;SY)";
        const { filePermissionKey: key = "" } = await one.createPermission(sddl);
        expect((await one.createPermission(sddl)).filePermissionKey).to.equal(key);
        expect((await one.getPermission(key)).permission).to.equal(sddl);
        expect((await failure(two.getPermission(key)))?.code).to.equal("FileInvalidPermissionKey");
        const created = two.getDirectoryClient("a").create({ filePermissionKey: key });
        expect((await failure(created))?.code).to.equal("FileInvalidPermissionKey");
        expect((await two.createPermission(sddl)).filePermissionKey).to.not.equal(key);
        expect(await failure(one.createPermission("D:(A;;FA;;;SY)"))).to.deep.equal({
            status: 400,
            code: "FileInvalidPermission",
        });
    });

    describe("snapshots", () => {
        it("show everything as it was", async () => {
            const box = await share(service);
            await file(box, "a", "old");
            await file(box, "gone", "still");
            const { snapshot = "" } = await box.createSnapshot({ metadata: { at: "then" } });
            await box.rootDirectoryClient.getFileClient("a").uploadRange("new", 0, 3);
            await box.rootDirectoryClient.getFileClient("gone").delete();
            const then = box.withSnapshot(snapshot);
            expect(await contentOf(then, "a")).to.equal("old");
            expect(await contentOf(then, "gone")).to.equal("still");
            expect(await contentOf(box, "a")).to.equal("new");
            expect((await then.getProperties()).metadata).to.deep.equal({ at: "then" });
            const items = await listed({ includeSnapshots: true });
            expect(items.map((item) => item.snapshot)).to.deep.equal([snapshot, undefined]);
            expect((await failure(then.getDirectoryClient("x").create()))?.status).to.equal(400);
        });

        it("go one by one, or with the share", async () => {
            const box = await share(service);
            await file(box, "a", "old");
            const first = await box.createSnapshot();
            await box.createSnapshot();
            expect(await failure(box.delete())).to.deep.equal({ status: 409, code: "ShareHasSnapshots" });
            await box.withSnapshot(first.snapshot ?? "").delete();
            expect(await listed({ includeSnapshots: true })).to.have.lengthOf(2);
            expect(await contentOf(box, "a")).to.equal("old");
            await box.delete({ deleteSnapshots: "include" });
            expect(await listed({ includeSnapshots: true })).to.deep.equal([]);
        });
    });

    describe("leases", () => {
        it("keep a share from being deleted by others", async () => {
            const box = await share(service);
            const lease = box.getShareLeaseClient();
            await lease.acquireLease(15);
            expect(await failure(box.delete())).to.deep.equal({ status: 412, code: "LeaseIdMissing" });
            expect((await failure(box.getShareLeaseClient().acquireLease(-1)))?.code).to.equal(
                "LeaseAlreadyPresent",
            );
            cast.azure.clock.advance(10_000);
            expect(await renew(box, lease.leaseId)).to.equal(200);
            cast.azure.clock.advance(10_000);
            expect((await box.getProperties()).leaseState).to.equal("leased");
            cast.azure.clock.advance(16_000);
            expect((await box.getProperties()).leaseState).to.equal("expired");
            await lease.acquireLease(-1);
            await box.delete({ leaseAccessConditions: { leaseId: lease.leaseId } });
        });

        it("of a file keep others from writing until it is released or broken", async () => {
            const box = await share(service);
            const client = await file(box, "a", "abc");
            const lease = client.getShareLeaseClient();
            await lease.acquireLease();
            const missing = { status: 412, code: "LeaseIdMissing" };
            expect(await failure(client.uploadRange("x", 0, 1))).to.deep.equal(missing);
            expect(await failure(client.delete())).to.deep.equal(missing);
            expect(await failure(client.create(1))).to.deep.equal(missing);
            const leaseAccessConditions = { leaseId: lease.leaseId };
            await client.uploadRange("x", 0, 1, { leaseAccessConditions });
            expect((await client.getProperties()).leaseState).to.equal("leased");
            const wrong = { leaseId: "00000000-0000-0000-0000-000000000001" };
            const mismatched = client.setMetadata({}, { leaseAccessConditions: wrong });
            expect((await failure(mismatched))?.code).to.equal("LeaseIdMismatchWithFileOperation");
            await client.getShareLeaseClient().breakLease();
            expect((await client.getProperties()).leaseState).to.equal("broken");
            await client.uploadRange("y", 0, 1);
            const absent = client.uploadRange("z", 0, 1, { leaseAccessConditions });
            expect((await failure(absent))?.code).to.equal("LeaseNotPresentWithFileOperation");
        });
    });

    it("of NFS are for premium accounts, and have modes and owners in place of permissions", async () => {
        expect(
            (await failure(service.getShareClient("nfs").create({ protocols: { nfsEnabled: true } })))?.code,
        ).to.equal("InvalidHeaderValue");
        const premium = { kind: "FileStorage", sku: { name: "Premium_LRS" } };
        const id = place(cast, "staging", TYPE, "premiumfiles", premium);
        const box = filesByKey(cast, id, "premiumfiles").getShareClient("nfs");
        await box.create({ protocols: { nfsEnabled: true }, rootSquash: "AllSquash", quota: 100 });
        expect(await box.getProperties()).to.deep.include({ rootSquash: "AllSquash", accessTier: "Premium" });
        const client = box.rootDirectoryClient.getFileClient("a");
        await client.create(1, { posixProperties: { owner: "1000", group: "100" } });
        const properties = await client.getProperties();
        expect(properties.posixProperties).to.deep.include({
            owner: "1000",
            group: "100",
            fileType: "Regular",
        });
        expect(properties.filePermissionKey).to.equal(undefined);
    });

    it("that Resource Manager made are there as it made them, and go with it", async () => {
        const account = `/subscriptions/${cast.azure.tenants.staging.subscription.id}/resourceGroups/data/providers/${TYPE}/stagingfiles`;
        const id = `${account}/fileServices/default/shares/managed`;
        const box = service.getShareClient("managed");
        expect((await failure(box.getProperties()))?.code).to.equal("ShareNotFound");
        cast.azure.arm.put(id, { properties: { shareQuota: 9, accessTier: "Hot", metadata: { by: "arm" } } });
        expect(await failure(box.create())).to.deep.equal({ status: 409, code: "ShareAlreadyExists" });
        expect(await box.getProperties()).to.deep.include({
            quota: 9,
            accessTier: "Hot",
            metadata: { by: "arm" },
        });
        await file(box, "a", "kept");
        expect(await contentOf(box, "a")).to.equal("kept");
        cast.azure.arm.remove(id);
        expect((await failure(box.getProperties()))?.code).to.equal("ShareNotFound");
    });

    it("the service keeps its properties", async () => {
        const rule = {
            allowedOrigins: "https://example.com",
            allowedMethods: "GET",
            allowedHeaders: "",
            exposedHeaders: "",
            maxAgeInSeconds: 5,
        };
        await service.setProperties({ cors: [rule] });
        const properties = await service.getProperties();
        expect(properties.cors).to.have.lengthOf(1);
        expect(properties.cors?.[0]).to.deep.include({
            allowedOrigins: "https://example.com",
            maxAgeInSeconds: 5,
        });
        expect(properties.hourMetrics?.enabled).to.equal(false);
    });
});
