import { FileSASPermissions, ShareFileClient, type ShareClient } from "@azure/storage-file-share";
import { expect } from "chai";
import { ACCOUNT, ACCOUNT_TYPE as TYPE, container, OWNER, serviceOf, upload } from "./blobs.js";
import { credentialOf, failure, give, place, startLocalAzure, type Cast } from "./local.js";
import { CONTRIBUTOR, file, fileKeyOf, filesByKey, filesOf, READER, share } from "./shares.js";

const SDDL = "O:SYG:SYD:(A;;FA;;;BA)";

describe("copies and moves of the local Storage's files", () => {
    let cast: Cast;
    let sourceId: string;
    let from: ShareClient;
    let to: ShareClient;

    beforeEach(async () => {
        cast = await startLocalAzure();
        sourceId = place(cast, "production", TYPE, "prodfiles", ACCOUNT);
        const targetId = place(cast, "staging", TYPE, "stagingfiles", ACCOUNT);
        from = await share(filesByKey(cast, sourceId, "prodfiles"));
        const target = await share(filesByKey(cast, targetId, "stagingfiles"));
        give(cast, cast.deployer, CONTRIBUTOR, targetId);
        to = filesOf("stagingfiles", cast.deployer).getShareClient(target.name);
    });

    afterEach(async () => {
        await cast.azure.stop();
    });

    async function bearer(principal: Cast["deployer"]): Promise<{ scheme: string; value: string }> {
        const token = await credentialOf(principal).getToken("https://storage.azure.com/.default");
        return { scheme: "Bearer", value: token.token };
    }

    function signedUrl(name: string): string {
        const key = fileKeyOf(cast, sourceId, "prodfiles");
        const permissions = FileSASPermissions.parse("r");
        const expiresOn = new Date(Date.now() + 60_000);
        return new ShareFileClient(`${from.url}/${name}`, key).generateSasUrl({ permissions, expiresOn });
    }

    async function empty(size: number): Promise<ShareFileClient> {
        const client = to.rootDirectoryClient.getFileClient("to");
        await client.create(size);
        return client;
    }

    async function contentOf(client: ShareFileClient): Promise<string> {
        return (await client.downloadToBuffer()).toString();
    }

    it("Put Range From URL reads a file of another tenant with a token that may", async () => {
        await file(from, "a", "0123456789");
        const client = await empty(4);
        const url = `${from.url}/a`;
        const sourceAuthorization = await bearer(cast.reader);
        expect(await failure(client.uploadRangeFromURL(url, 2, 0, 4, { sourceAuthorization }))).to.deep.equal(
            { status: 403, code: "CannotVerifyCopySource" },
        );
        give(cast, cast.reader, READER, sourceId);
        await client.uploadRangeFromURL(url, 2, 0, 4, { sourceAuthorization });
        expect(await contentOf(client)).to.equal("2345");
        expect((await failure(client.uploadRangeFromURL(url, 0, 0, 4)))?.code).to.equal(
            "CannotVerifyCopySource",
        );
    });

    it("Put Range From URL reads a signed file, and a blob", async () => {
        await file(from, "a", "0123456789");
        const client = await empty(4);
        await client.uploadRangeFromURL(signedUrl("a"), 0, 0, 4, { fileLastWrittenMode: "Preserve" });
        expect(await contentOf(client)).to.equal("0123");
        give(cast, cast.producer, OWNER, sourceId);
        const blob = await upload(await container(serviceOf("prodfiles", cast.producer)), "b", "blob");
        const sourceAuthorization = await bearer(cast.producer);
        await client.uploadRangeFromURL(blob.url, 0, 0, 4, { sourceAuthorization });
        expect(await contentOf(client)).to.equal("blob");
    });

    it("Put Range From URL refuses other bytes than were meant, and a range past either end", async () => {
        await file(from, "a", "123456789");
        const client = await empty(20);
        // The check value of CRC-64/NVME. Source: https://reveng.sourceforge.io/crc-catalogue/17plus.htm
        const right = Buffer.alloc(8);
        right.writeBigUInt64LE(0xae8b14860a799888n);
        const good = { sourceContentCrc64: right };
        await client.uploadRangeFromURL(signedUrl("a"), 0, 0, 9, good);
        const wrong = client.uploadRangeFromURL(signedUrl("a"), 1, 0, 8, good);
        expect(await failure(wrong)).to.deep.equal({ status: 400, code: "Crc64Mismatch" });
        const conditions = { sourceConditions: { sourceIfMatchCrc64: Buffer.alloc(8) } };
        const stale = client.uploadRangeFromURL(signedUrl("a"), 0, 0, 9, conditions);
        expect(await failure(stale)).to.deep.equal({ status: 412, code: "SourceConditionNotMet" });
        const tooLong = client.uploadRangeFromURL(signedUrl("a"), 5, 0, 8);
        expect((await failure(tooLong))?.status).to.equal(400);
        const pastEnd = client.uploadRangeFromURL(signedUrl("a"), 0, 15, 9);
        expect((await failure(pastEnd))?.code).to.equal("InvalidRange");
        expect((await contentOf(client)).slice(0, 9)).to.equal("123456789");
    });

    it("blobs are made of files, by a signature or a token that says what it means to do", async () => {
        await file(from, "a", "to blob");
        give(cast, cast.producer, OWNER, sourceId);
        give(cast, cast.producer, READER, sourceId);
        const box = await container(serviceOf("prodfiles", cast.producer));
        const signed = box.getBlockBlobClient("signed");
        await signed.syncUploadFromURL(signedUrl("a"));
        expect((await signed.downloadToBuffer()).toString()).to.equal("to blob");
        const sourceAuthorization = await bearer(cast.producer);
        const plain = box.getBlockBlobClient("plain");
        const unsaid = plain.syncUploadFromURL(`${from.url}/a`, { sourceAuthorization });
        expect((await failure(unsaid))?.code).to.equal("CannotVerifyCopySource");
        const sourceShareTokenIntent = "backup";
        await plain.syncUploadFromURL(`${from.url}/a`, { sourceAuthorization, sourceShareTokenIntent });
        expect((await plain.downloadToBuffer()).toString()).to.equal("to blob");
    });

    it("Copy File takes the whole file with what is said of it", async () => {
        const source = await file(from, "a", "whole");
        await source.setMetadata({ author: "me" });
        await source.setHttpHeaders({ fileContentType: "text/plain" });
        await source.setProperties({ creationTime: new Date(1000), filePermission: SDDL });
        const client = to.rootDirectoryClient.getFileClient("copied");
        const started = await client.startCopyFromURL(signedUrl("a"), {
            copyFileSmbInfo: { fileCreationTime: "source", filePermissionCopyMode: "source" },
        });
        expect(started.copyStatus).to.equal("success");
        expect(await contentOf(client)).to.equal("whole");
        const properties = await client.getProperties();
        expect(properties).to.deep.include({
            contentType: "text/plain",
            metadata: { author: "me" },
            copySource: `${from.url}/a`,
            copyStatus: "success",
        });
        expect(properties.fileCreatedOn?.getTime()).to.equal(1000);
        const { permission } = await to.getPermission(properties.filePermissionKey ?? "");
        expect(permission).to.equal(SDDL);
        expect((await failure(client.abortCopyFromURL(started.copyId ?? "")))?.status).to.equal(409);
        const missing = client.startCopyFromURL(signedUrl("missing"));
        expect(await failure(missing)).to.deep.equal({ status: 404, code: "CannotVerifyCopySource" });
        expect(await contentOf(client)).to.equal("whole");
    });

    it("Copy File within an account needs no more than the caller's own rights", async () => {
        await file(from, "a", "own");
        const client = from.rootDirectoryClient.getFileClient("b");
        await client.startCopyFromURL(`${from.url}/a`);
        expect(await contentOf(client)).to.equal("own");
        await (await empty(0)).startCopyFromURL(`${to.url}/to`);
    });

    it("a rename moves files and directories, and replaces only where it is told to", async () => {
        const source = await file(from, "a", "moved");
        const { fileId } = await source.getProperties();
        await file(from, "taken", "there");
        await from.getDirectoryClient("sub").create();
        expect(await failure(source.rename("taken"))).to.deep.equal({
            status: 409,
            code: "ResourceAlreadyExists",
        });
        const { destinationFileClient } = await source.rename("taken", { replaceIfExists: true });
        expect(await contentOf(destinationFileClient)).to.equal("moved");
        expect((await destinationFileClient.getProperties()).fileId).to.equal(fileId);
        expect(await source.exists()).to.equal(false);
        await destinationFileClient.rename("sub/deep");
        await from.getDirectoryClient("sub").rename("other");
        const deep = from.getDirectoryClient("other").getFileClient("deep");
        expect(await contentOf(deep)).to.equal("moved");
        expect((await failure(from.getDirectoryClient("other").rename("other/in")))?.status).to.equal(400);
    });

    it("what an SMB client has open is in use until its handle is closed", async () => {
        await from.getDirectoryClient("sub").create();
        const client = from.getDirectoryClient("sub").getFileClient("a");
        await client.create(3);
        const handleId = cast.azure.files.openHandle("prodfiles", from.name, "sub/a");
        const inUse = { status: 409, code: "SharingViolation" };
        expect(await failure(client.uploadRange("abc", 0, 3))).to.deep.equal(inUse);
        expect(await failure(client.delete())).to.deep.equal(inUse);
        expect(await failure(client.rename("b"))).to.deep.equal(inUse);
        expect(await failure(from.getDirectoryClient("sub").rename("other"))).to.deep.equal(inUse);
        expect(await contentOf(client)).to.equal("\0\0\0");
        const handles = [];
        for await (const handle of from.rootDirectoryClient.listHandles({ recursive: true }))
            handles.push(handle);
        expect(handles).to.have.lengthOf(1);
        expect(handles[0]).to.deep.include({ handleId, path: "sub/a", accessRightList: ["Read"] });
        expect((await client.forceCloseHandle(handleId)).closedHandlesCount).to.equal(1);
        cast.azure.files.openHandle("prodfiles", from.name, "sub/a");
        const closed = await from.rootDirectoryClient.forceCloseAllHandles({ recursive: true });
        expect(closed.closedHandlesCount).to.equal(1);
        await client.uploadRange("abc", 0, 3);
    });
});
