import { createHash } from "node:crypto";
import {
    BlobSASPermissions,
    generateBlobSASQueryParameters,
    type BlobServiceClient,
} from "@azure/storage-blob";
import { expect } from "chai";
import { ACCOUNT, ACCOUNT_TYPE, container, keyOf, OWNER, serviceOf, upload } from "./blobs.js";
import { credentialOf, failure, give, place, startLocalAzure, type Cast } from "./local.js";

describe("copies in the local Storage, with its SDK", () => {
    let cast: Cast;
    let sourceId: string;
    let source: BlobServiceClient;
    let target: BlobServiceClient;

    before(async () => {
        cast = await startLocalAzure();
        sourceId = place(cast, "production", ACCOUNT_TYPE, "prodfiles", ACCOUNT);
        const targetId = place(cast, "staging", ACCOUNT_TYPE, "stagingfiles", ACCOUNT);
        give(cast, cast.producer, OWNER, sourceId);
        give(cast, cast.deployer, OWNER, targetId);
        source = serviceOf("prodfiles", cast.producer);
        target = serviceOf("stagingfiles", cast.deployer);
    });

    after(async () => {
        await cast.azure.stop();
    });

    async function tokenOf(principal: Cast["deployer"]): Promise<{ scheme: string; value: string }> {
        const token = await credentialOf(principal).getToken("https://storage.azure.com/.default");
        return { scheme: "Bearer", value: token.token };
    }

    it("Put Blob From URL takes content and properties across accounts and tenants", async () => {
        const from = await upload(await container(source), "a folder/ü.txt", "across");
        const to = (await container(target)).getBlockBlobClient("copied");
        await to.syncUploadFromURL(from.url, {
            sourceAuthorization: await tokenOf(cast.producer),
            copySourceTags: "COPY",
            tier: "Cool",
            sourceContentMD5: createHash("md5").update("across").digest(),
        });
        expect((await to.downloadToBuffer()).toString()).to.equal("across");
        const properties = await to.getProperties();
        expect(properties).to.deep.include({
            contentType: "text/plain",
            cacheControl: "no-store",
            accessTier: "Cool",
            copyId: undefined,
        });
        expect(Object.values(properties.metadata ?? {})).to.deep.equal(["me"]);
        expect((await to.getTags()).tags).to.deep.equal({ "a key": "a+value/=" });
    });

    it("Put Blob From URL takes what the request says before what the source has", async () => {
        const from = await upload(await container(source), "a", "1");
        const to = (await container(target)).getBlockBlobClient("a");
        const sourceAuthorization = await tokenOf(cast.producer);
        await to.syncUploadFromURL(from.url, {
            sourceAuthorization,
            blobHTTPHeaders: { blobContentType: "text/html" },
            metadata: { Other: "x" },
            tags: { t: "v" },
        });
        const properties = await to.getProperties();
        expect(properties.contentType).to.equal("text/html");
        expect(Object.values(properties.metadata ?? {})).to.deep.equal(["x"]);
        await to.syncUploadFromURL(from.url, { sourceAuthorization, copySourceBlobProperties: false });
        expect((await to.getProperties()).cacheControl).to.equal(undefined);
    });

    it("Put Blob From URL refuses a wrong checksum and a source condition that does not hold", async () => {
        const from = await upload(await container(source), "a", "1");
        const to = (await container(target)).getBlockBlobClient("a");
        const sourceAuthorization = await tokenOf(cast.producer);
        const wrong = { sourceAuthorization, sourceContentMD5: createHash("md5").update("2").digest() };
        expect((await failure(to.syncUploadFromURL(from.url, wrong)))?.status).to.equal(400);
        const stale = { sourceAuthorization, sourceConditions: { ifMatch: '"0x0"' } };
        expect(await failure(to.syncUploadFromURL(from.url, stale))).to.deep.equal({
            status: 412,
            code: "SourceConditionNotMet",
        });
        expect(await to.exists()).to.equal(false);
    });

    it("Put Blob From URL takes a snapshot, by token or by a signature for that snapshot alone", async () => {
        const from = await upload(await container(source), "a", "before");
        const { snapshot = "" } = await from.createSnapshot();
        await from.upload("after", 5);
        const to = (await container(target)).getBlockBlobClient("a");
        const { url } = from.withSnapshot(snapshot);
        await to.syncUploadFromURL(url, { sourceAuthorization: await tokenOf(cast.producer) });
        expect((await to.downloadToBuffer()).toString()).to.equal("before");
        const expiresOn = new Date(Date.now() + 600_000);
        const key = await source.getUserDelegationKey(new Date(Date.now() - 60_000), expiresOn);
        const signed = (snapshotTime?: string): string =>
            generateBlobSASQueryParameters(
                {
                    containerName: from.containerName,
                    blobName: from.name,
                    permissions: BlobSASPermissions.parse("r"),
                    expiresOn,
                    ...(snapshotTime === undefined ? {} : { snapshotTime }),
                },
                key,
                source.accountName,
            ).toString();
        await to.upload("", 0);
        await to.syncUploadFromURL(`${url}&${signed(snapshot)}`);
        expect((await to.downloadToBuffer()).toString()).to.equal("before");
        const others = [
            `${from.url}?${signed(snapshot)}`,
            `${url}&${signed("2020-01-01T00:00:00.0000000Z")}`,
            `${url}&${signed()}`,
        ];
        for (const other of others) {
            expect((await failure(to.syncUploadFromURL(other)))?.status).to.equal(403);
        }
    });

    it("need the right to read the source", async () => {
        const from = await upload(await container(source), "a", "1");
        const to = (await container(target)).getBlockBlobClient("a");
        const refused = { status: 403, code: "CannotVerifyCopySource" };
        const sourceAuthorization = await tokenOf(cast.reader);
        expect(await failure(to.syncUploadFromURL(from.url, { sourceAuthorization }))).to.deep.equal(refused);
        expect(await failure(to.syncCopyFromURL(from.url, { sourceAuthorization }))).to.deep.equal(refused);
        const foreign = { sourceAuthorization: await tokenOf(cast.deployer) };
        expect((await failure(to.syncUploadFromURL(from.url, foreign)))?.code).to.equal(
            "CannotVerifyCopySource",
        );
        expect((await failure(to.syncUploadFromURL(from.url)))?.code).to.equal("CannotVerifyCopySource");
        expect((await failure(to.beginCopyFromURL(from.url)))?.code).to.equal("CannotVerifyCopySource");
        const missing = { sourceAuthorization: await tokenOf(cast.producer) };
        expect(await failure(to.syncUploadFromURL(`${from.url}-not`, missing))).to.deep.equal({
            status: 404,
            code: "CannotVerifyCopySource",
        });
    });

    it("Copy Blob From URL and Copy Blob cross accounts, by token or signature, and forget the signature", async () => {
        const box = await container(source);
        const from = await upload(box, "a", "signed");
        const signature = generateBlobSASQueryParameters(
            {
                containerName: box.containerName,
                blobName: "a",
                permissions: BlobSASPermissions.parse("r"),
                expiresOn: new Date(Date.now() + 60_000),
            },
            keyOf(cast, sourceId, "prodfiles"),
        ).toString();
        const signed = `${from.url}?${signature}`;
        const targets = await container(target);
        const sync = targets.getBlockBlobClient("sync");
        await sync.syncCopyFromURL(from.url, { sourceAuthorization: await tokenOf(cast.producer) });
        const asynchronous = targets.getBlockBlobClient("async");
        const poller = await asynchronous.beginCopyFromURL(signed, { intervalInMs: 1 });
        expect((await poller.pollUntilDone()).copyStatus).to.equal("success");
        for (const blob of [sync, asynchronous]) {
            expect((await blob.downloadToBuffer()).toString()).to.equal("signed");
            expect((await blob.getProperties()).copySource).to.equal(from.url);
        }
        const put = targets.getBlockBlobClient("put");
        await put.syncUploadFromURL(signed);
        await put.stageBlockFromURL("MDAx", signed, 0, 3);
        await put.stageBlockFromURL("MDAy", signed, 3, 3);
        await put.commitBlockList(["MDAx", "MDAy"]);
        expect((await put.downloadToBuffer()).toString()).to.equal("signed");
    });

    it("Copy Blob within one account needs no more than the caller's own rights", async () => {
        const box = await container(target);
        const from = await upload(box, "a", "1");
        const to = box.getBlockBlobClient("b");
        await (await to.beginCopyFromURL(from.url, { intervalInMs: 1 })).pollUntilDone();
        expect((await to.downloadToBuffer()).toString()).to.equal("1");
    });
});
