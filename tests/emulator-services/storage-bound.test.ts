import type { BlobServiceClient, ContainerClient } from "@azure/storage-blob";
import { expect } from "chai";
import { ACCOUNT, ACCOUNT_TYPE, CONTRIBUTOR, OWNER, serviceOf } from "./blobs.js";
import { failure, give, place, startLocalAzure, type Cast } from "./local.js";

const day = 24 * 60 * 60 * 1000;

describe("what hangs on an account in the local Storage, with its SDK", () => {
    let cast: Cast;
    let id: string;
    let service: BlobServiceClient;
    let worm: ContainerClient;
    let plain: ContainerClient;
    const until = (days: number): Date => new Date(Math.ceil(Date.now() / 1000) * 1000 + days * day);

    before(async () => {
        cast = await startLocalAzure();
        id = place(cast, "staging", ACCOUNT_TYPE, "stagingworm", ACCOUNT);
        give(cast, cast.deployer, OWNER, id);
        service = serviceOf("stagingworm", cast.deployer);
        worm = service.getContainerClient("worm");
        plain = service.getContainerClient("plain");
        await worm.create();
        await plain.create();
        cast.azure.arm.put(`${id}/blobServices/default/containers/worm`, {
            properties: { immutableStorageWithVersioning: { enabled: true } },
        });
        cast.azure.arm.put(`${id}/encryptionScopes/on`, { properties: { state: "Enabled" } });
        cast.azure.arm.put(`${id}/encryptionScopes/off`, { properties: { state: "Disabled" } });
    });
    after(() => cast.azure.stop());

    it("protects blobs with a policy or a hold, which new content goes past", async () => {
        expect((await worm.getProperties()).isImmutableStorageWithVersioningEnabled).to.equal(true);
        const blob = worm.getBlockBlobClient("policy");
        await blob.upload("a", 1, { immutabilityPolicy: { expiriesOn: until(2), policyMode: "Unlocked" } });
        for (const change of [blob.delete(), blob.setMetadata({ a: "b" })]) {
            expect(await failure(change)).to.deep.equal({ status: 409, code: "BlobImmutableDueToPolicy" });
        }
        await blob.setTags({ a: "b" });
        const { etag } = await blob.getProperties();
        await blob.setImmutabilityPolicy({ expiriesOn: until(1) });
        expect((await blob.getProperties()).etag).to.equal(etag);
        await blob.upload("new", 3);
        expect((await blob.getProperties()).immutabilityPolicyExpiresOn).to.equal(undefined);
        await blob.setLegalHold(true);
        expect(await failure(blob.delete())).to.include({ status: 409 });
        await blob.setLegalHold(false);
        await blob.delete();
    });

    it("keeps locked policies from being loosened", async () => {
        const blob = worm.getBlockBlobClient("locked");
        await blob.upload("a", 1);
        await blob.setImmutabilityPolicy({ expiriesOn: until(2), policyMode: "Locked" });
        for (const change of [
            blob.setImmutabilityPolicy({ expiriesOn: until(1), policyMode: "Locked" }),
            blob.setImmutabilityPolicy({ expiriesOn: until(3), policyMode: "Unlocked" }),
            blob.deleteImmutabilityPolicy(),
        ]) {
            expect(await failure(change)).to.include({ status: 409 });
        }
        await blob.setImmutabilityPolicy({ expiriesOn: until(3), policyMode: "Locked" });
        const listed = worm.listBlobsFlat({ includeImmutabilityPolicy: true, prefix: "locked" });
        for await (const { properties } of listed) {
            expect(properties.immutabilityPolicyExpiresOn).to.deep.equal(until(3));
            expect(properties.immutabilityPolicyMode).to.equal("locked");
        }
    });

    it("refuses a date in the past, a container without support, and a caller without the role", async () => {
        const blob = worm.getBlockBlobClient("refused");
        await blob.upload("a", 1);
        expect(await failure(blob.setImmutabilityPolicy({ expiriesOn: until(-1) }))).to.include({
            status: 400,
        });
        const other = plain.getBlockBlobClient("a");
        await other.upload("a", 1);
        expect(await failure(other.setLegalHold(true))).to.include({ status: 409 });
        const writer = {
            ...cast.deployer,
            clientId: "40000000-0000-4000-8000-000000000001",
            objectId: "40000000-0000-4000-9000-000000000001",
        };
        cast.azure.entra.addPrincipal(writer);
        give(cast, writer, CONTRIBUTOR, id);
        const theirs = serviceOf("stagingworm", writer).getContainerClient("worm").getBlockBlobClient("b");
        const immutabilityPolicy = { expiriesOn: until(1), policyMode: "Unlocked" } as const;
        expect(await failure(theirs.upload("b", 1, { immutabilityPolicy }))).to.include({ status: 403 });
        await theirs.upload("b", 1);
        expect(await failure(theirs.setLegalHold(true))).to.include({ status: 403 });
    });

    it("knows encryption scopes, and refuses those that are not there or disabled", async () => {
        const blob = plain.getBlockBlobClient("scoped");
        for (const encryptionScope of ["off", "missing"]) {
            expect(await failure(blob.upload("a", 1, { encryptionScope }))).to.include({ status: 403 });
        }
        await blob.upload("a", 1, { encryptionScope: "on" });
        expect((await blob.getProperties()).encryptionScope).to.equal("on");
        expect((await plain.getProperties()).defaultEncryptionScope).to.equal("$account-encryption-key");
    });

    it("copies archived blobs by Copy Blob alone, to an online tier, and takes its time", async () => {
        const source = plain.getBlockBlobClient("archived");
        await source.upload("a", 1, { tier: "Archive" });
        const copy = plain.getBlockBlobClient("copy");
        expect(await failure(copy.syncCopyFromURL(source.url))).to.include({ status: 409 });
        expect(await failure(copy.beginCopyFromURL(source.url))).to.include({ code: "BlobArchived" });
        await copy.beginCopyFromURL(source.url, { tier: "Hot", rehydratePriority: "High" });
        expect(await copy.getProperties()).to.include({
            accessTier: "Archive",
            archiveStatus: "rehydrate-pending-to-hot",
            copyStatus: "pending",
        });
        expect(await failure(copy.downloadToBuffer())).to.include({ code: "BlobArchived" });
        cast.azure.clock.advance(61 * 60 * 1000);
        const later = serviceOf("stagingworm", cast.deployer)
            .getContainerClient("plain")
            .getBlobClient("copy");
        expect(await later.getProperties()).to.include({ accessTier: "Hot", archiveStatus: undefined });
        expect((await later.downloadToBuffer()).toString()).to.equal("a");
    });
});
