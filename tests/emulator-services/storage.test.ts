import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
    BlobSASPermissions,
    BlobServiceClient,
    ContainerSASPermissions,
    generateBlobSASQueryParameters,
    StorageSharedKeyCredential,
    type ContainerClient,
} from "@azure/storage-blob";
import { expect } from "chai";
import {
    ACCOUNT,
    ACCOUNT_TYPE as TYPE,
    CONTRIBUTOR,
    container,
    keyOf,
    OWNER,
    serviceOf,
    upload,
} from "./blobs.js";
import { credentialOf, failure, give, place, startLocalAzure, type Cast } from "./local.js";

describe("the local Storage, with its SDK", () => {
    let cast: Cast;
    let sourceId: string;
    let targetId: string;
    let source: BlobServiceClient;
    let target: BlobServiceClient;

    before(async () => {
        cast = await startLocalAzure();
        sourceId = place(cast, "production", TYPE, "prodfiles", ACCOUNT);
        targetId = place(cast, "staging", TYPE, "stagingfiles", ACCOUNT);
        give(cast, cast.producer, OWNER, sourceId);
        give(cast, cast.deployer, OWNER, targetId);
        source = serviceOf("prodfiles", cast.producer);
        target = serviceOf("stagingfiles", cast.deployer);
    });

    after(async () => {
        await cast.azure.stop();
    });

    describe("blobs", () => {
        it("keep content, headers, metadata, tags and tier", async () => {
            const blob = await upload(await container(target), "a folder/ü & b.txt", "héllo");
            expect((await blob.downloadToBuffer()).toString()).to.equal("héllo");
            const properties = await blob.getProperties();
            expect(properties).to.deep.include({
                contentType: "text/plain",
                cacheControl: "no-store",
                accessTier: "Cool",
                contentLength: 6,
            });
            expect(Buffer.from(properties.contentMD5 ?? []).toString("base64")).to.equal(
                createHash("md5").update("héllo").digest("base64"),
            );
            expect((await blob.getTags()).tags).to.deep.equal({ "a key": "a+value/=" });
            await blob.setAccessTier("Hot");
            await blob.setMetadata({ Changed: "yes" });
            const after = await blob.getProperties();
            expect(after.accessTier).to.equal("Hot");
            expect(after.etag).to.not.equal(properties.etag);
        });

        it("are listed in pages and by prefix, with tags and metadata, under the production endpoint", async () => {
            const box = await container(target);
            for (const name of ["a/1", "a/2", "b/1"]) await upload(box, name, name);
            const listed: { name: string; tag: string | undefined; metadata: unknown }[] = [];
            const options = { includeTags: true, includeMetadata: true };
            for await (const page of box.listBlobsFlat(options).byPage({ maxPageSize: 2 })) {
                expect(page.serviceEndpoint).to.equal("https://stagingfiles.blob.core.windows.net/");
                for (const item of page.segment.blobItems) {
                    listed.push({ name: item.name, tag: item.tags?.["a key"], metadata: item.metadata });
                }
            }
            expect(listed.map(({ name }) => name)).to.deep.equal(["a/1", "a/2", "b/1"]);
            expect(listed[0]).to.deep.include({ tag: "a+value/=", metadata: { Author: "me" } });
        });

        it("of many megabytes pass as streams", async () => {
            const blob = (await container(target)).getBlockBlobClient("large");
            const content = Buffer.alloc(24 * 1024 * 1024, "0123456789");
            await blob.uploadData(content, {
                blockSize: 4 * 1024 * 1024,
                maxSingleShotSize: 1024,
                concurrency: 4,
            });
            expect((await blob.downloadToBuffer()).equals(content)).to.equal(true);
        });

        it("heed conditions", async () => {
            const blob = await upload(await container(target), "once", "1");
            const again = blob.upload("2", 1, { conditions: { ifNoneMatch: "*" } });
            expect((await failure(again))?.status).to.equal(409);
            const stale = blob.upload("2", 1, { conditions: { ifMatch: '"0x0"' } });
            expect((await failure(stale))?.status).to.equal(412);
        });

        it("are not there when the upload broke off", async () => {
            const blob = (await container(target)).getBlockBlobClient("half");
            const aborted = new AbortController();
            const content = new Readable({
                read() {
                    this.push(Buffer.alloc(1024));
                    aborted.abort();
                },
            });
            const { token } = await credentialOf(cast.deployer).getToken(
                "https://storage.azure.com/.default",
            );
            const headers = {
                authorization: `Bearer ${token}`,
                "x-ms-version": "2021-12-02",
                "x-ms-blob-type": "BlockBlob",
            };
            const sent = fetch(blob.url, {
                method: "PUT",
                headers,
                body: Readable.toWeb(content),
                duplex: "half",
                signal: aborted.signal,
            });
            expect(await failure(sent)).to.not.equal(undefined);
            expect(await blob.exists()).to.equal(false);
        });

        it("can be deleted in a batch by those who may", async () => {
            const box = await container(target);
            const blobs = [await upload(box, "1", "1"), await upload(box, "2", "2")];
            const batch = target.getBlobBatchClient();
            const answer = await batch.deleteBlobs(
                blobs.map(({ url }) => url),
                credentialOf(cast.deployer),
            );
            expect(answer.subResponsesSucceededCount).to.equal(2);
        });
    });

    describe("roles", () => {
        it("of nobody let nothing pass", async () => {
            const stranger = serviceOf("prodfiles", cast.reader);
            const refused = { status: 403, code: "AuthorizationPermissionMismatch" };
            expect(await failure(stranger.getContainerClient("x").create())).to.deep.equal(refused);
            expect(await failure(stranger.listContainers().next())).to.deep.equal(refused);
            const blob = stranger.getContainerClient("x").getBlockBlobClient("y");
            expect((await failure(blob.getProperties()))?.status).to.equal(403);
            expect(await failure(blob.upload("1", 1))).to.deep.equal(refused);
        });

        it("may be given for one container", async () => {
            const [mine, other] = [await container(source), await container(source)];
            await upload(mine, "a", "1");
            await upload(other, "a", "1");
            const scope = `${sourceId}/blobServices/default/containers/${mine.containerName}`;
            give(cast, cast.reader, "Storage Blob Data Reader", scope);
            const service = serviceOf("prodfiles", cast.reader);
            const read = (box: ContainerClient): Promise<unknown> =>
                service.getContainerClient(box.containerName).getBlobClient("a").downloadToBuffer();
            expect(await failure(read(mine))).to.equal(undefined);
            expect((await failure(read(other)))?.status).to.equal(403);
        });

        it("without tags/read get no listing with tags at all", async () => {
            const id = place(cast, "staging", TYPE, "notags", ACCOUNT);
            give(cast, cast.deployer, CONTRIBUTOR, id);
            const box = await container(serviceOf("notags", cast.deployer));
            await box.getBlockBlobClient("a").upload("1", 1);
            expect(await failure(box.listBlobsFlat().next())).to.equal(undefined);
            expect((await failure(box.listBlobsFlat({ includeTags: true }).next()))?.status).to.equal(403);
            expect((await failure(box.getBlobClient("a").getTags()))?.status).to.equal(403);
            expect(
                (await failure(box.getBlockBlobClient("b").upload("1", 1, { tags: { a: "b" } })))?.status,
            ).to.equal(403);
        });

        // Not with the SDK: it takes the challenge's tenant, gets no token for it, and tries until its own one expires.
        it("are those of the account's tenant and of tokens for storage alone", async () => {
            const ask = async (principal: Cast["deployer"], scope: string): Promise<Response> => {
                const { token } = await credentialOf(principal).getToken(scope);
                const headers = { authorization: `Bearer ${token}`, "x-ms-version": "2021-12-02" };
                return fetch(`${target.url}?comp=list`, { headers });
            };
            expect((await ask(cast.deployer, "https://storage.azure.com/.default")).status).to.equal(200);
            expect((await ask(cast.deployer, `${target.url}.default`)).status).to.equal(200);
            const foreign = await ask(cast.reader, "https://storage.azure.com/.default");
            expect(foreign.status).to.equal(401);
            expect(foreign.headers.get("www-authenticate")).to.include(cast.deployer.tenantId);
            expect(await foreign.text()).to.include("Issuer validation failed");
            const other = await ask(cast.deployer, "https://vault.azure.net/.default");
            expect(other.status).to.equal(401);
            expect(await other.text()).to.include("Audience validation failed");
        });
    });

    describe("the account's rules", () => {
        it("can keep everybody out", async () => {
            const id = place(cast, "staging", TYPE, "closed", {
                ...ACCOUNT,
                properties: { networkAcls: { defaultAction: "Deny" } },
            });
            give(cast, cast.deployer, OWNER, id);
            expect(await failure(serviceOf("closed", cast.deployer).listContainers().next())).to.deep.equal({
                status: 403,
                code: "AuthorizationFailure",
            });
        });

        it("can forbid keys and what is signed with them", async () => {
            const id = place(cast, "staging", TYPE, "nokeys", {
                ...ACCOUNT,
                properties: { allowSharedKeyAccess: false },
            });
            const key = keyOf(cast, id, "nokeys");
            const service = new BlobServiceClient("https://nokeys.blob.core.windows.net", key);
            const refused = { status: 403, code: "KeyBasedAuthenticationNotPermitted" };
            expect(await failure(service.listContainers().next())).to.deep.equal(refused);
            const permissions = BlobSASPermissions.parse("r");
            const expiresOn = new Date(Date.now() + 60_000);
            const url = `https://nokeys.blob.core.windows.net/a/b?${generateBlobSASQueryParameters(
                { containerName: "a", blobName: "b", permissions, expiresOn },
                key,
            ).toString()}`;
            const answer = await fetch(url);
            expect(answer.status).to.equal(403);
            expect(answer.headers.get("x-ms-error-code")).to.equal("KeyBasedAuthenticationNotPermitted");
        });

        it("can allow public data; a challenge answers who asks for the rest", async () => {
            expect(await failure(target.getContainerClient("open").create({ access: "blob" }))).to.deep.equal(
                {
                    status: 409,
                    code: "PublicAccessNotPermitted",
                },
            );
            expect((await fetch("https://stagingfiles.blob.core.windows.net/a/b")).status).to.equal(409);
            const id = place(cast, "staging", TYPE, "publicfiles", {
                ...ACCOUNT,
                properties: { allowBlobPublicAccess: true },
            });
            give(cast, cast.deployer, OWNER, id);
            const service = serviceOf("publicfiles", cast.deployer);
            const open = service.getContainerClient("open");
            await open.create({ access: "blob" });
            const shown = await upload(open, "shown", "public");
            expect(await (await fetch(shown.url)).text()).to.equal("public");
            const hidden = await upload(await container(service), "hidden", "private");
            expect((await fetch(hidden.url)).status).to.equal(404);
            const current = await fetch(hidden.url, { headers: { "x-ms-version": "2021-12-02" } });
            expect(current.status).to.equal(401);
            expect(current.headers.get("www-authenticate")).to.equal(
                `Bearer authorization_uri=https://login.microsoftonline.com/${cast.deployer.tenantId}/oauth2/authorize ` +
                    "resource_id=https://storage.azure.com",
            );
        });

        it("end with the account: one made anew under its name is empty", async () => {
            const make = (): string => place(cast, "staging", TYPE, "reborn", ACCOUNT);
            const id = make();
            give(cast, cast.deployer, OWNER, id);
            const service = serviceOf("reborn", cast.deployer);
            await container(service);
            cast.azure.arm.remove(id);
            cast.azure.clock.advance(1_000);
            give(cast, cast.deployer, OWNER, make());
            expect((await service.listContainers().next()).done).to.equal(true);
        });
    });

    describe("keys and signatures", () => {
        it("open everything to the key, and nothing to a wrong one", async () => {
            const service = new BlobServiceClient(target.url, keyOf(cast, targetId, "stagingfiles"));
            const box = await container(service);
            const blob = await upload(box, "ü b.txt", "1");
            expect((await blob.downloadToBuffer()).toString()).to.equal("1");
            await box.setAccessPolicy(undefined, [
                { id: "policy", accessPolicy: { permissions: "r", expiresOn: new Date("2030-01-01") } },
            ]);
            const wrong = new StorageSharedKeyCredential(
                "stagingfiles",
                Buffer.from("wrong").toString("base64"),
            );
            const denied = await failure(new BlobServiceClient(target.url, wrong).listContainers().next());
            expect(denied).to.deep.equal({ status: 403, code: "AuthenticationFailed" });
        });

        it("stored policies need a role of their own with a token", async () => {
            const box = await container(target);
            await box.setAccessPolicy(undefined, [
                { id: "policy", accessPolicy: { permissions: "r", expiresOn: new Date("2030-01-01") } },
            ]);
            expect((await box.getAccessPolicy()).signedIdentifiers[0]?.id).to.equal("policy");
        });

        it("user delegation: as much as the delegator may, no more than signed", async () => {
            const box = await container(target);
            const blob = await upload(box, "a", "delegated");
            const startsOn = new Date(Date.now() - 60_000);
            const expiresOn = new Date(Date.now() + 3_600_000);
            const before = cast.azure.requests.all().length;
            const key = await target.getUserDelegationKey(startsOn, expiresOn);
            expect(
                cast.azure.requests
                    .all()
                    .slice(before)
                    .some(({ write }) => write),
            ).to.equal(false);
            const sign = (permissions: string): string => {
                const parameters = generateBlobSASQueryParameters(
                    {
                        containerName: box.containerName,
                        permissions: ContainerSASPermissions.parse(permissions),
                        startsOn,
                        expiresOn,
                    },
                    key,
                    "stagingfiles",
                );
                return `${blob.url}?${parameters.toString()}`;
            };
            expect(await (await fetch(sign("r"))).text()).to.equal("delegated");
            const put = await fetch(sign("r"), {
                method: "PUT",
                body: "x",
                headers: { "x-ms-blob-type": "BlockBlob" },
            });
            expect(put.status).to.equal(403);
            const assignment = cast.azure.roles
                .assignments()
                .find(
                    ({ principalId, scope }) => principalId === cast.deployer.objectId && scope === targetId,
                );
            cast.azure.roles.remove(assignment?.name ?? "");
            expect((await fetch(sign("r"))).status).to.equal(403);
            give(cast, cast.deployer, OWNER, targetId);
        });
    });
});
