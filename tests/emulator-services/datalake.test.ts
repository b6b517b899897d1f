import { BlobServiceClient } from "@azure/storage-blob";
import {
    DataLakeServiceClient,
    type DataLakeFileSystemClient,
    type PathAccessControlItem,
} from "@azure/storage-file-datalake";
import { expect } from "chai";
import { ACCOUNT, ACCOUNT_TYPE, CONTRIBUTOR, keyOf, OWNER } from "./blobs.js";
import { credentialOf, failure, give, place, startLocalAzure, type Cast } from "./local.js";

const someone = "5aaaaaaa-0000-4000-8000-000000000001";

describe("local Data Lake Storage", () => {
    let cast: Cast;
    let id: string;
    let number = 0;
    const retryOptions = { maxTries: 1 };
    const lake = (as = cast.deployer): DataLakeServiceClient =>
        new DataLakeServiceClient("https://lake.dfs.core.windows.net", credentialOf(as), { retryOptions });
    const blobs = (): BlobServiceClient =>
        new BlobServiceClient("https://lake.blob.core.windows.net", credentialOf(cast.deployer), {
            retryOptions,
        });

    before(async () => {
        cast = await startLocalAzure();
        id = place(cast, "staging", ACCOUNT_TYPE, "lake", { ...ACCOUNT, properties: { isHnsEnabled: true } });
        place(cast, "staging", ACCOUNT_TYPE, "flat", ACCOUNT);
        give(cast, cast.deployer, OWNER, id);
    });
    after(() => cast.azure.stop());

    async function fileSystem(): Promise<DataLakeFileSystemClient> {
        const made = lake().getFileSystemClient(`fs-${String((number += 1))}`);
        await made.create();
        return made;
    }

    async function upload(fs: DataLakeFileSystemClient, path: string, content = "text"): Promise<void> {
        await blobs().getContainerClient(fs.name).getBlockBlobClient(path).upload(content, content.length);
    }

    async function names(fs: DataLakeFileSystemClient): Promise<string[]> {
        const found: string[] = [];
        for await (const { name } of blobs().getContainerClient(fs.name).listBlobsFlat()) found.push(name);
        return found;
    }

    it("makes directories on the way to a blob, and lists folder by folder", async () => {
        const fs = await fileSystem();
        for (const path of ["a/x", "a-b", "a/y/z", "b"]) await upload(fs, path);
        expect(await names(fs)).to.deep.equal(["a", "a/x", "a/y", "a/y/z", "a-b", "b"]);
        const paths: [string | undefined, boolean | undefined][] = [];
        for await (const path of fs.listPaths({ recursive: true })) paths.push([path.name, path.isDirectory]);
        expect(paths).to.deep.equal([
            ["a", true],
            ["a/x", false],
            ["a/y", true],
            ["a/y/z", false],
            ["a-b", false],
            ["b", false],
        ]);
    });

    it("pages both listings", async () => {
        const fs = await fileSystem();
        for (const path of ["a/x", "a-b", "b/c/d"]) await upload(fs, path);
        const pages: (string | undefined)[][] = [];
        for await (const page of fs.listPaths({ recursive: true }).byPage({ maxPageSize: 2 }))
            pages.push((page.pathItems ?? []).map(({ name }) => name));
        expect(pages).to.deep.equal([
            ["a", "a/x"],
            ["a-b", "b"],
            ["b/c", "b/c/d"],
        ]);
        const container = blobs().getContainerClient(fs.name);
        const levels: string[] = [];
        for await (const page of container.listBlobsByHierarchy("/").byPage({ maxPageSize: 1 }))
            levels.push(
                ...[...(page.segment.blobPrefixes ?? []), ...page.segment.blobItems].map(({ name }) => name),
            );
        expect(levels).to.deep.equal(["a/", "a-b", "b/"]);
    });

    it("makes, reads and removes files and directories through the dfs endpoint", async () => {
        const fs = await fileSystem();
        const file = fs.getFileClient("d/e.txt");
        await file.create({ metadata: { one: "1" }, pathHttpHeaders: { contentType: "text/plain" } });
        await file.append("hello ", 0, 6);
        await file.append("world", 6, 5);
        expect((await failure(file.flush(5)))?.code).to.equal("InvalidFlushPosition");
        await file.flush(11);
        expect(String(await file.readToBuffer())).to.equal("hello world");
        const found = await file.getProperties();
        expect([found.contentType, found.metadata]).to.deep.equal(["text/plain", { one: "1" }]);
        const directory = fs.getDirectoryClient("d");
        expect((await directory.getProperties()).metadata).to.deep.equal({ hdi_isfolder: "true" });
        expect((await failure(directory.delete(false)))?.code).to.equal("DirectoryNotEmpty");
        await directory.delete(true);
        expect(await names(fs)).to.deep.equal([]);
        expect((await failure(directory.delete()))?.code).to.equal("PathNotFound");
    });

    it("gives new paths their maker, the group of their directory and what the umask leaves", async () => {
        const fs = await fileSystem();
        await upload(fs, "d/f");
        const { objectId } = cast.deployer;
        const file = await fs.getFileClient("d/f").getAccessControl();
        expect([file.owner, file.group, file.permissions?.owner.write]).to.deep.equal([
            objectId,
            objectId,
            true,
        ]);
        expect(text(file.acl)).to.equal("user::rw-,group::r--,other::---");
        expect(text((await fs.getDirectoryClient("d").getAccessControl()).acl)).to.equal(
            "user::rwx,group::r-x,other::---",
        );
        await fs.getFileClient("open").create({ permissions: "rwxrwxrwx", umask: "0000" });
        expect(text((await fs.getFileClient("open").getAccessControl()).acl)).to.equal(
            "user::rwx,group::rwx,other::rwx",
        );
    });

    it("gives what is made in a directory its default list", async () => {
        const fs = await fileSystem();
        const acl = items(
            `user::rwx,group::r-x,other::---,default:user::rwx,default:user:${someone}:rwx,default:group::r-x,default:other::---`,
        );
        await fs.getDirectoryClient("d").create({ acl });
        await fs.getDirectoryClient("d/e").create();
        await upload(fs, "d/f");
        expect(text((await fs.getDirectoryClient("d/e").getAccessControl()).acl)).to.equal(
            `user::rwx,user:${someone}:rwx,group::r-x,mask::rwx,other::---,` +
                `default:user::rwx,default:user:${someone}:rwx,default:group::r-x,default:mask::rwx,default:other::---`,
        );
        expect(text((await fs.getFileClient("d/f").getAccessControl()).acl)).to.equal(
            `user::rw-,user:${someone}:rwx,group::r-x,mask::rw-,other::---`,
        );
    });

    it("sets access control without a new ETag or time, and shows it in the blob listing", async () => {
        const fs = await fileSystem();
        await upload(fs, "f");
        const file = fs.getFileClient("f");
        const before = await file.getProperties();
        await file.setAccessControl(items(`user::rw-,user:${someone}:r--,group::r--,other::---`), {
            owner: someone,
            group: someone,
        });
        const after = await file.getProperties();
        expect([after.etag, after.lastModified]).to.deep.equal([before.etag, before.lastModified]);
        const url = `https://lake.blob.core.windows.net/${fs.name}?restype=container&comp=list&include=permissions`;
        const token = await credentialOf(cast.deployer).getToken("https://storage.azure.com/.default");
        const answer = await fetch(url, {
            headers: { authorization: `Bearer ${token.token}`, "x-ms-version": "2023-11-03" },
        });
        const xml = await answer.text();
        expect(xml).to.contain(
            `<Owner>${someone}</Owner><Group>${someone}</Group><Permissions>rw-r-----+</Permissions>`,
        );
        expect(xml).to.contain(`<Acl>user::rw-,user:${someone}:r--,group::r--,mask::r--,other::---</Acl>`);
    });

    it("refuses lists that are none, are too long or lack an entry", async () => {
        const fs = await fileSystem();
        await upload(fs, "f");
        const file = fs.getFileClient("f");
        const many = Array.from(
            { length: 30 },
            (_, at) => `user:${someone.slice(0, -2)}${String(at + 10)}:r--`,
        );
        const codes = [];
        for (const acl of [
            ["user::rw-", "group::r--"],
            ["user::rw-", ...many, "group::r--", "other::---"],
            [
                "user::rw-",
                "group::r--",
                "other::---",
                "default:user::rwx",
                "default:group::r-x",
                "default:other::---",
            ],
        ])
            codes.push((await failure(file.setAccessControl(items(acl.join(",")))))?.status);
        expect(codes).to.deep.equal([400, 400, 400]);
    });

    it("lets only the owner of a path and owners of the data change who may do what", async () => {
        const fs = await fileSystem();
        await upload(fs, "f");
        const writer = principal(cast, "writer");
        give(cast, writer, CONTRIBUTOR, id);
        const theirs = lake(writer).getFileSystemClient(fs.name);
        const acl = items("user::rw-,group::r--,other::r--");
        expect(await failure(theirs.getFileClient("f").setAccessControl(acl))).to.deep.equal({
            status: 403,
            code: "AuthorizationPermissionMismatch",
        });
        await theirs.getFileClient("mine").create();
        await theirs.getFileClient("mine").setAccessControl(acl);
        expect(
            (await failure(theirs.getFileClient("mine").setAccessControl(acl, { owner: someone })))?.status,
        ).to.equal(403);
    });

    it("renames a directory with all that is in it, whose ETags and times stay", async () => {
        const fs = await fileSystem();
        await upload(fs, "old/a/b", "content");
        const before = await fs.getFileClient("old/a/b").getProperties();
        await fs.getDirectoryClient("old").move("new");
        expect(await names(fs)).to.deep.equal(["new", "new/a", "new/a/b"]);
        const after = await fs.getFileClient("new/a/b").getProperties();
        expect([after.etag, after.lastModified]).to.deep.equal([before.etag, before.lastModified]);
        expect(String(await fs.getFileClient("new/a/b").readToBuffer())).to.equal("content");
        expect((await failure(fs.getDirectoryClient("gone").move("x")))?.code).to.equal("SourcePathNotFound");
        expect((await failure(fs.getDirectoryClient("new").move("none/x")))?.code).to.equal(
            "RenameDestinationParentPathNotFound",
        );
        expect((await failure(fs.getDirectoryClient("new").move("new/a/c")))?.code).to.equal(
            "InvalidRenameSourcePath",
        );
    });

    it("changes lists of a whole directory", async () => {
        const fs = await fileSystem();
        await upload(fs, "d/e/f");
        const { counters } = await fs
            .getDirectoryClient("d")
            .updateAccessControlRecursive(items(`user:${someone}:r-x`), { batchSize: 2 });
        expect([counters.changedDirectoriesCount, counters.changedFilesCount]).to.deep.equal([2, 1]);
        expect(text((await fs.getFileClient("d/e/f").getAccessControl()).acl)).to.contain(
            `user:${someone}:r-x`,
        );
    });

    it("refuses what the Blob API can't do with trees", async () => {
        const fs = await fileSystem();
        await upload(fs, "d/f");
        const container = blobs().getContainerClient(fs.name);
        const code = "FeatureNotYetSupportedForHierarchicalNamespaceAccounts";
        const f = container.getBlockBlobClient("d/f");
        for (const attempt of [
            () => container.getPageBlobClient("p").create(512),
            () => f.setTags({ a: "b" }),
            () => f.createSnapshot(),
            () => f.upload("x", 1, { tags: { a: "b" } }),
            () => container.listBlobsFlat({ includeTags: true }).next(),
        ])
            expect((await failure(attempt()))?.code).to.equal(code);
        expect((await failure(container.getBlobClient("d").delete()))?.code).to.equal("DirectoryIsNotEmpty");
        expect((await failure(container.getBlockBlobClient("d").upload("x", 1)))?.status).to.equal(409);
        expect((await failure(container.getBlockBlobClient("d/f/g").upload("x", 1)))?.status).to.equal(409);
    });

    it("does not let blocks write over a file of the dfs endpoint, but a whole blob", async () => {
        const fs = await fileSystem();
        await fs.getFileClient("f").create();
        const blob = blobs().getContainerClient(fs.name).getBlockBlobClient("f");
        expect((await failure(blob.stageBlock("AAAA", "x", 1)))?.status).to.equal(409);
        await blob.upload("x", 1);
        await blob.stageBlock("AAAA", "y", 1);
        await blob.commitBlockList(["AAAA"]);
    });

    it("drops empty parts of paths", async () => {
        const fs = await fileSystem();
        await upload(fs, "double//slash");
        expect(await names(fs)).to.deep.equal(["double", "double/slash"]);
    });

    it("tells whether there is a tree, and has no paths where there is none", async () => {
        const flat = new DataLakeServiceClient(
            "https://flat.dfs.core.windows.net",
            credentialOf(cast.deployer),
            { retryOptions },
        );
        const flatId = id.replace(/lake$/, "flat");
        give(cast, cast.deployer, OWNER, flatId);
        const fs = flat.getFileSystemClient("box");
        await fs.create();
        expect((await failure(fs.getDirectoryClient("d").create()))?.code).to.equal(
            "HierarchicalNamespaceNotEnabled",
        );
        expect(
            (await failure(lake().getFileSystemClient("none").getDirectoryClient("d").create()))?.code,
        ).to.equal("FilesystemNotFound");
    });

    it("takes the account's key, whose paths belong to the superuser", async () => {
        const service = new DataLakeServiceClient(
            "https://lake.dfs.core.windows.net",
            keyOf(cast, id, "lake"),
        );
        const fs = service.getFileSystemClient("by-key");
        await fs.create();
        await fs.getFileClient("a b/ü").create();
        const { owner } = await fs.getFileClient("a b/ü").getAccessControl();
        expect(owner).to.equal("$superuser");
    });
});

function items(acl: string): PathAccessControlItem[] {
    return acl.split(",").map((entry) => {
        const parts = entry.split(":");
        const defaultScope = parts[0] === "default";
        const [type = "", entityId = "", rights = ""] = defaultScope ? parts.slice(1) : parts;
        const permissions = {
            read: rights.startsWith("r"),
            write: rights[1] === "w",
            execute: rights[2] === "x",
        };
        return {
            accessControlType: type as PathAccessControlItem["accessControlType"],
            entityId,
            defaultScope,
            permissions,
        };
    });
}

function text(acl: readonly PathAccessControlItem[]): string {
    return acl
        .map(({ accessControlType, entityId, defaultScope, permissions: { read, write, execute } }) =>
            [
                ...(defaultScope ? ["default"] : []),
                accessControlType,
                entityId,
                `${read ? "r" : "-"}${write ? "w" : "-"}${execute ? "x" : "-"}`,
            ].join(":"),
        )
        .join(",");
}

function principal(cast: Cast, displayName: string): Cast["deployer"] {
    const made = {
        tenantId: cast.deployer.tenantId,
        clientId: "31000000-0000-4000-8000-000000000001",
        objectId: "31000000-0000-4000-9000-000000000001",
        displayName,
        secrets: [{ value: "local~lake-writer" }],
    };
    cast.azure.entra.addPrincipal(made);
    return made;
}
