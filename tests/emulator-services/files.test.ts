import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import {
    FileSASPermissions,
    FileSystemAttributes,
    type ShareClient,
    type ShareFileClient,
    type ShareServiceClient,
} from "@azure/storage-file-share";
import { expect } from "chai";
import { ACCOUNT, ACCOUNT_TYPE as TYPE } from "./blobs.js";
import { failure, place, startLocalAzure, type Cast } from "./local.js";
import { file, filesByKey, share } from "./shares.js";

const SDDL = "O:S-1-5-21-1-2-3-500G:SYD:(A;;FA;;;SY)";

async function contentOf(client: ShareFileClient, offset = 0, count?: number): Promise<Buffer> {
    return bodyOf(await client.download(offset, count));
}

function bodyOf({ readableStreamBody }: { readableStreamBody?: NodeJS.ReadableStream }): Promise<Buffer> {
    return buffer(readableStreamBody ?? Readable.from([]));
}

async function rangesOf(client: ShareFileClient): Promise<[number, number][]> {
    const ranges: [number, number][] = [];
    for await (const page of client.listRanges().byPage({ maxPageSize: 1 }))
        for (const { start, end } of page.ranges ?? []) ranges.push([start, end]);
    return ranges;
}

describe("files of the local Storage, with their SDK", () => {
    let cast: Cast;
    let service: ShareServiceClient;

    before(async () => {
        cast = await startLocalAzure();
        const id = place(cast, "staging", TYPE, "stagingfiles", ACCOUNT);
        service = filesByKey(cast, id, "stagingfiles");
    });

    after(async () => {
        await cast.azure.stop();
    });

    describe("directories", () => {
        let box: ShareClient;

        beforeEach(async () => {
            box = await share(service);
        });

        it("keep metadata and what Windows knows of them", async () => {
            const directory = box.getDirectoryClient("Ünter & 'x' #1 50% +");
            const created = await directory.create({
                metadata: { Author: "me" },
                creationTime: new Date("2001-02-03T04:05:06.789Z"),
                lastWriteTime: new Date("2002-02-03T04:05:06.789Z"),
                changeTime: new Date("2003-02-03T04:05:06.789Z"),
                filePermission: SDDL,
            });
            const properties = await directory.getProperties();
            expect(properties.metadata).to.deep.equal({ author: "me" });
            expect(properties.fileAttributes).to.equal("Directory");
            expect(properties.fileCreatedOn?.toISOString()).to.equal("2001-02-03T04:05:06.789Z");
            expect(properties.fileLastWriteOn?.toISOString()).to.equal("2002-02-03T04:05:06.789Z");
            expect(properties.fileChangeOn?.toISOString()).to.equal("2003-02-03T04:05:06.789Z");
            expect(properties.filePermissionKey).to.equal(created.filePermissionKey);
            const permission = await box.getPermission(created.filePermissionKey ?? "");
            expect(permission.permission).to.equal(SDDL);
            await directory.setMetadata({ other: "x" });
            await directory.setProperties({ lastWriteTime: new Date(0) });
            const after = await directory.getProperties();
            expect(after.metadata).to.deep.equal({ other: "x" });
            expect(after.fileLastWriteOn?.getTime()).to.equal(0);
            expect(after.fileCreatedOn).to.deep.equal(properties.fileCreatedOn);
            expect(after.filePermissionKey).to.equal(created.filePermissionKey);
            expect(after.etag).to.not.equal(properties.etag);
        });

        it("inherit the permission of the one they are in", async () => {
            const outer = box.getDirectoryClient("outer");
            const { filePermissionKey } = await outer.create({ filePermission: SDDL });
            const inner = await outer.getDirectoryClient("inner").create();
            expect(inner.filePermissionKey).to.equal(filePermissionKey);
            expect((await box.getDirectoryClient("").getProperties()).filePermissionKey).to.equal(undefined);
        });

        it("are there once, whatever the case, and only where their parent is", async () => {
            await box.getDirectoryClient("One").create();
            expect(await failure(box.getDirectoryClient("oNE").create())).to.deep.equal({
                status: 409,
                code: "ResourceAlreadyExists",
            });
            expect((await box.getDirectoryClient("ONE").getProperties()).fileId).to.be.a("string");
            expect(await failure(box.getDirectoryClient("no/where").create())).to.deep.equal({
                status: 404,
                code: "ParentNotFound",
            });
            expect((await failure(box.getDirectoryClient("two").getProperties()))?.status).to.equal(404);
            await file(box, "a", "1");
            expect((await failure(box.getDirectoryClient("a").create()))?.code).to.equal(
                "ResourceAlreadyExists",
            );
            expect((await failure(box.getDirectoryClient("a").getProperties()))?.code).to.equal(
                "ResourceTypeMismatch",
            );
        });

        it("refuse names that Windows does not take", async () => {
            for (const name of ["a:b", "a*", "con", "x".repeat(256)]) {
                expect(await failure(box.getDirectoryClient(name).create()), name).to.deep.equal({
                    status: 400,
                    code: "InvalidResourceName",
                });
            }
        });

        it("go only when they are empty", async () => {
            const directory = box.getDirectoryClient("full");
            await directory.create();
            await directory.getFileClient("a").create(0);
            expect(await failure(directory.delete())).to.deep.equal({
                status: 409,
                code: "DirectoryNotEmpty",
            });
            await directory.getFileClient("a").delete();
            await directory.delete();
            expect(await directory.exists()).to.equal(false);
        });
    });

    describe("listings", () => {
        it("mix files and directories in the order of their names, in pages", async () => {
            const box = await share(service);
            for (const name of ["b", "D", "f"]) await box.getDirectoryClient(name).create();
            for (const name of ["a", "C", "e & é"]) await file(box, name, name);
            const pages: string[][] = [];
            for await (const page of box.rootDirectoryClient
                .listFilesAndDirectories()
                .byPage({ maxPageSize: 2 })) {
                const { fileItems, directoryItems } = page.segment;
                pages.push([...fileItems, ...directoryItems].map(({ name }) => name).sort());
            }
            expect(pages).to.deep.equal([
                ["a", "b"],
                ["C", "D"],
                ["e & é", "f"],
            ]);
        });

        it("show times, ETag, attributes and permission where they are asked for", async () => {
            const box = await share(service);
            const client = box.rootDirectoryClient.getFileClient("a");
            const created = await client.create(5, { filePermission: SDDL });
            const plain = [];
            for await (const item of box.rootDirectoryClient.listFilesAndDirectories()) plain.push(item);
            expect(plain[0]).to.deep.include({ kind: "file", name: "a" });
            expect(plain[0]?.properties).to.have.property("contentLength", 5);
            expect(plain[0]?.properties).to.not.have.property("lastWriteTime");
            const options = {
                includeTimestamps: true,
                includeEtag: true,
                includeAttributes: true,
                includePermissionKey: true,
            };
            for await (const item of box.rootDirectoryClient.listFilesAndDirectories(options)) {
                expect(item.fileId).to.equal(created.fileId);
                expect(item.attributes).to.equal("Archive");
                expect(item.permissionKey).to.equal(created.filePermissionKey);
                expect(item.properties?.etag).to.equal(created.etag);
                expect(item.properties?.lastWriteTime).to.deep.equal(created.fileLastWriteOn);
                expect(item.properties?.changeTime).to.deep.equal(created.fileChangeOn);
            }
        });

        it("take a prefix, and refuse a page of nothing", async () => {
            const box = await share(service);
            for (const name of ["ab", "ac", "b"]) await file(box, name, "");
            const names: string[] = [];
            for await (const item of box.rootDirectoryClient.listFilesAndDirectories({ prefix: "a" }))
                names.push(item.name);
            expect(names).to.deep.equal(["ab", "ac"]);
            const missing = box.getDirectoryClient("missing").listFilesAndDirectories().next();
            expect(await failure(missing)).to.deep.equal({ status: 404, code: "ResourceNotFound" });
        });
    });

    describe("contents", () => {
        let box: ShareClient;

        before(async () => {
            box = await share(service);
        });

        it("keep headers, metadata and what Windows knows of them", async () => {
            const client = box.rootDirectoryClient.getFileClient("props");
            const md5 = createHash("md5").update("hello").digest();
            const created = await client.create(5, {
                fileHttpHeaders: {
                    fileContentType: "text/plain",
                    fileContentEncoding: "identity",
                    fileContentLanguage: "de",
                    fileCacheControl: "no-store",
                    fileContentDisposition: "attachment",
                    fileContentMD5: md5,
                },
                metadata: { Author: "me" },
                creationTime: new Date("2001-02-03T04:05:06.789Z"),
                lastWriteTime: new Date("2002-02-03T04:05:06.789Z"),
                filePermission: SDDL,
            });
            await client.uploadRange("hello", 0, 5, { fileLastWrittenMode: "Preserve" });
            const properties = await client.getProperties();
            expect(properties).to.deep.include({
                contentLength: 5,
                contentType: "text/plain",
                contentEncoding: "identity",
                contentLanguage: "de",
                cacheControl: "no-store",
                contentDisposition: "attachment",
                fileAttributes: "Archive",
                fileId: created.fileId,
                filePermissionKey: created.filePermissionKey,
                leaseStatus: "unlocked",
                leaseState: "available",
            });
            expect(Buffer.from(properties.contentMD5 ?? [])).to.deep.equal(md5);
            expect(properties.metadata).to.deep.equal({ author: "me" });
            expect(properties.fileLastWriteOn?.toISOString()).to.equal("2002-02-03T04:05:06.789Z");
            await client.setHttpHeaders({ fileContentType: "text/html" });
            const after = await client.getProperties();
            expect(after.contentType).to.equal("text/html");
            expect(after.cacheControl).to.equal(undefined);
            expect(after.fileCreatedOn).to.deep.equal(properties.fileCreatedOn);
        });

        it("come along with the file where the request has them", async () => {
            const client = box.rootDirectoryClient.getFileClient("at-once");
            await client.create(7, { content: "hello", contentLength: 5 });
            expect((await contentOf(client)).toString()).to.equal("hello\0\0");
            const contentMD5 = createHash("md5").update("x").digest();
            const wrong = client.create(5, { content: "hello", contentLength: 5, contentMD5 });
            expect((await failure(wrong))?.code).to.equal("Md5Mismatch");
            expect((await contentOf(client)).toString()).to.equal("hello\0\0");
            const framed = client.uploadRange("x", 0, 1, { contentChecksumAlgorithm: "StorageCrc64" });
            expect((await failure(framed))?.code).to.equal("NotModelled");
        });

        it("are read whole and in parts, with checksums", async () => {
            const client = await file(box, "parts", "0123456789");
            expect((await contentOf(client)).toString()).to.equal("0123456789");
            const part = await client.download(2, 3, { rangeGetContentMD5: true });
            expect((await bodyOf(part)).toString()).to.equal("234");
            expect(part.contentRange).to.equal("bytes 2-4/10");
            expect(Buffer.from(part.contentMD5 ?? [])).to.deep.equal(
                createHash("md5").update("234").digest(),
            );
            expect((await contentOf(client, 8, 100)).toString()).to.equal("89");
            expect(await failure(client.download(10, 1))).to.deep.equal({
                status: 416,
                code: "InvalidRange",
            });
        });

        it("are sparse: what nobody wrote is zero, and no range", async () => {
            const client = box.rootDirectoryClient.getFileClient("sparse");
            await client.create(2048);
            await client.uploadRange("a".repeat(512), 0, 512);
            await client.uploadRange("b".repeat(512), 1024, 512);
            expect(await rangesOf(client)).to.deep.equal([
                [0, 511],
                [1024, 1535],
            ]);
            await client.clearRange(0, 512);
            expect(await rangesOf(client)).to.deep.equal([[1024, 1535]]);
            const expected = Buffer.concat([Buffer.alloc(1024), Buffer.alloc(512, "b"), Buffer.alloc(512)]);
            expect((await contentOf(client)).equals(expected)).to.equal(true);
        });

        it("grow with zeros and forget what is cut off", async () => {
            const client = await file(box, "resized", "0123456789");
            await client.resize(4);
            await client.resize(8);
            expect(await contentOf(client)).to.deep.equal(Buffer.from("0123\0\0\0\0"));
            expect((await client.getProperties()).contentType).to.equal("application/octet-stream");
        });

        it("refuse a wrong checksum, a range past the end and one over 4 MiB", async () => {
            const client = await file(box, "refused", "0123456789");
            const wrong = { contentMD5: createHash("md5").update("x").digest() };
            expect(await failure(client.uploadRange("abc", 0, 3, wrong))).to.deep.equal({
                status: 400,
                code: "Md5Mismatch",
            });
            expect(await failure(client.uploadRange("abc", 8, 3))).to.deep.equal({
                status: 416,
                code: "InvalidRange",
            });
            expect((await contentOf(client)).toString()).to.equal("0123456789");
            const large = box.rootDirectoryClient.getFileClient("large");
            await large.create(5 * 1024 ** 2);
            const bytes = 4 * 1024 ** 2 + 1;
            // The SDK refuses that by itself: the signed URL goes without it.
            const url = large.generateSasUrl({
                permissions: FileSASPermissions.parse("w"),
                expiresOn: new Date(Date.now() + 60_000),
            });
            const response = await fetch(`${url}&comp=range`, {
                method: "PUT",
                headers: { "x-ms-range": `bytes=0-${String(bytes - 1)}`, "x-ms-write": "update" },
                body: Buffer.alloc(bytes),
            });
            expect({ status: response.status, code: response.headers.get("x-ms-error-code") }).to.deep.equal({
                status: 413,
                code: "RequestBodyTooLarge",
            });
        });

        it("insist on what Windows knows with older versions, and take it or leave it with newer ones", async () => {
            const client = box.rootDirectoryClient.getFileClient("old");
            const options = {
                permissions: FileSASPermissions.parse("c"),
                expiresOn: new Date(Date.now() + 60_000),
            };
            const url = client.generateSasUrl(options);
            const create = async (version: string, more: Record<string, string>): Promise<string | null> => {
                const headers = {
                    "x-ms-version": version,
                    "x-ms-type": "file",
                    "x-ms-content-length": "1",
                    ...more,
                };
                const response = await fetch(url, { method: "PUT", headers });
                return response.headers.get("x-ms-error-code");
            };
            const known = {
                "x-ms-file-attributes": "None",
                "x-ms-file-creation-time": "2001-02-03T04:05:06.1234567Z",
                "x-ms-file-last-write-time": "now",
                "x-ms-file-permission": "inherit",
            };
            expect(await create("2021-04-10", {})).to.equal("MissingRequiredHeader");
            expect(await create("2021-04-10", known)).to.equal(null);
            const head = await fetch(
                client.generateSasUrl({ ...options, permissions: FileSASPermissions.parse("r") }),
            );
            expect(head.headers.get("x-ms-file-creation-time")).to.equal("2001-02-03T04:05:06.1234567Z");
            expect(await create("2021-06-08", {})).to.equal(null);
            const wrong = { "x-ms-file-attributes": "Nonsense" };
            expect(await create("2021-06-08", wrong)).to.equal("InvalidHeaderValue");
        });

        it("know no conditions, and say so", async () => {
            const client = await file(box, "conditional", "abc");
            const options = {
                permissions: FileSASPermissions.parse("w"),
                expiresOn: new Date(Date.now() + 60_000),
            };
            const response = await fetch(`${client.generateSasUrl(options)}&comp=metadata`, {
                method: "PUT",
                headers: { "if-match": '"0x0"' },
            });
            expect(response.headers.get("x-ms-error-code")).to.equal("ConditionHeadersNotSupported");
        });

        it("of many megabytes pass as streams", async () => {
            const client = box.rootDirectoryClient.getFileClient("many");
            const content = Buffer.alloc(24 * 1024 * 1024, "0123456789");
            await client.uploadData(content, { concurrency: 4 });
            const digest = createHash("sha256");
            const { readableStreamBody } = await client.download();
            for await (const chunk of readableStreamBody ?? []) digest.update(chunk as Buffer);
            expect(digest.digest("hex")).to.equal(createHash("sha256").update(content).digest("hex"));
        });

        it("are made anew by a second create, but never over a directory", async () => {
            const client = await file(box, "again", "old");
            const { fileId } = await client.getProperties();
            await client.create(3);
            expect(await contentOf(client)).to.deep.equal(Buffer.alloc(3));
            expect((await client.getProperties()).fileId).to.not.equal(fileId);
            await box.getDirectoryClient("taken").create();
            expect(await failure(box.rootDirectoryClient.getFileClient("taken").create(1))).to.deep.equal({
                status: 409,
                code: "ResourceTypeMismatch",
            });
            expect(
                await failure(box.getDirectoryClient("nowhere").getFileClient("a").create(1)),
            ).to.deep.equal({ status: 404, code: "ParentNotFound" });
        });

        it("that may only be read are neither written nor removed", async () => {
            const client = await file(box, "fixed", "abc");
            await client.setProperties({ fileAttributes: FileSystemAttributes.parse("ReadOnly") });
            const refused = { status: 409, code: "ReadOnlyAttribute" };
            expect(await failure(client.uploadRange("x", 0, 1))).to.deep.equal(refused);
            expect(await failure(client.delete())).to.deep.equal(refused);
            expect((await contentOf(client)).toString()).to.equal("abc");
            await client.setProperties({ fileAttributes: FileSystemAttributes.parse("None") });
            await client.delete();
            expect(await client.exists()).to.equal(false);
        });
    });
});
