import {
    AccountSASPermissions,
    FileSASPermissions,
    ShareClient,
    ShareFileClient,
    ShareServiceClient,
    type StorageSharedKeyCredential,
} from "@azure/storage-file-share";
import { expect } from "chai";
import { ACCOUNT, ACCOUNT_TYPE as TYPE } from "./blobs.js";
import { credentialOf, failure, give, place, startLocalAzure, type Cast } from "./local.js";
import { CONTRIBUTOR, file, fileKeyOf, filesByKey, filesOf, READER, share } from "./shares.js";

const ORIGIN = "https://stagingfiles.file.core.windows.net";
const denied = { status: 403, code: "AuthorizationPermissionMismatch" };
const retryOptions = { maxTries: 1 };
const SDDL = "O:SYG:SYD:(A;;FA;;;SY)";

describe("who may do what with the local Storage's files", () => {
    let cast: Cast;
    let id: string;
    let byKey: ShareServiceClient;
    let box: ShareClient;

    beforeEach(async () => {
        cast = await startLocalAzure();
        id = place(cast, "staging", TYPE, "stagingfiles", ACCOUNT);
        byKey = filesByKey(cast, id, "stagingfiles");
        box = await share(byKey);
        await file(box, "a", "content");
    });

    afterEach(async () => {
        await cast.azure.stop();
    });

    function asDeployer(): ShareClient {
        return filesOf("stagingfiles", cast.deployer).getShareClient(box.name);
    }

    describe("with a token", () => {
        it("readers read, contributors write, and others do neither", async () => {
            const client = asDeployer().rootDirectoryClient.getFileClient("a");
            expect(await failure(client.download())).to.deep.equal(denied);
            give(cast, cast.deployer, READER, id);
            expect((await client.downloadToBuffer()).toString()).to.equal("content");
            const names = [];
            for await (const { name } of asDeployer().rootDirectoryClient.listFilesAndDirectories())
                names.push(name);
            expect(names).to.deep.equal(["a"]);
            expect(await failure(client.setMetadata({ a: "b" }))).to.deep.equal(denied);
            expect(await failure(client.delete())).to.deep.equal(denied);
            give(cast, cast.deployer, CONTRIBUTOR, id);
            await client.setProperties({ filePermission: SDDL });
            await asDeployer().createPermission(SDDL);
            await client.delete();
        });

        it("a role at one share opens that one", async () => {
            const other = await share(byKey);
            give(cast, cast.deployer, CONTRIBUTOR, `${id}/fileServices/default/fileshares/${box.name}`);
            await asDeployer().getDirectoryClient("mine").create();
            const foreign = filesOf("stagingfiles", cast.deployer).getShareClient(other.name);
            expect(await failure(foreign.getDirectoryClient("theirs").create())).to.deep.equal(denied);
        });

        it("the intent has to be said", async () => {
            give(cast, cast.deployer, CONTRIBUTOR, id);
            const client = new ShareClient(`${ORIGIN}/${box.name}`, credentialOf(cast.deployer), {
                retryOptions,
            });
            expect(await failure(client.rootDirectoryClient.getProperties())).to.deep.equal({
                status: 400,
                code: "MissingRequiredHeader",
            });
        });

        it("shares themselves take roles of management, and a new enough version", async () => {
            give(cast, cast.deployer, CONTRIBUTOR, id);
            expect(await failure(asDeployer().getProperties())).to.deep.equal(denied);
            give(cast, cast.deployer, "Storage Account Contributor", id);
            expect((await asDeployer().getProperties()).quota).to.equal(5120);
            const { token } = await credentialOf(cast.deployer).getToken(
                "https://storage.azure.com/.default",
            );
            const ask = async (path: string, version: string): Promise<string | null> => {
                const response = await fetch(`${ORIGIN}/${path}`, {
                    headers: {
                        authorization: `Bearer ${token}`,
                        "x-ms-version": version,
                        "x-ms-file-request-intent": "backup",
                    },
                });
                return response.headers.get("x-ms-error-code");
            };
            for (const version of ["2022-11-02", "2024-08-04"]) {
                expect(await ask(`${box.name}?restype=share`, version)).to.equal(
                    "FileOAuthManagementApiRestrictedToSrp",
                );
            }
            expect(await ask(`${box.name}?restype=share`, "2024-11-04")).to.not.equal(
                "FileOAuthManagementApiRestrictedToSrp",
            );
            expect(await ask(`${box.name}/a`, "2022-11-02")).to.equal(null);
            expect(await ask(`${box.name}/a`, "2021-12-02")).to.equal("AuthenticationFailed");
        });

        it("tokens of another tenant, for another service, or none open nothing", async () => {
            give(cast, cast.producer, CONTRIBUTOR, id);
            const ask = async (headers: Record<string, string>): Promise<string | null> => {
                const common = { "x-ms-version": "2025-05-05", "x-ms-file-request-intent": "backup" };
                const response = await fetch(`${ORIGIN}/${box.name}/a`, {
                    headers: { ...common, ...headers },
                });
                expect(response.status).to.equal(401);
                expect(response.headers.get("www-authenticate")).to.contain(cast.deployer.tenantId);
                return response.headers.get("x-ms-error-code");
            };
            const tokenOf = async (principal: Cast["deployer"], scope: string): Promise<string> =>
                `Bearer ${(await credentialOf(principal).getToken(scope)).token}`;
            const foreign = await tokenOf(cast.producer, "https://storage.azure.com/.default");
            expect(await ask({ authorization: foreign })).to.equal("InvalidAuthenticationInfo");
            const other = await tokenOf(cast.deployer, "https://vault.azure.net/.default");
            expect(await ask({ authorization: other })).to.equal("InvalidAuthenticationInfo");
            expect(await ask({})).to.equal("NoAuthenticationInformation");
        });
    });

    describe("with a signature", () => {
        let key: StorageSharedKeyCredential;
        const expiresOn = (): Date => new Date(Date.now() + 60_000);

        beforeEach(() => {
            key = fileKeyOf(cast, id, "stagingfiles");
        });

        it("of a file: that one, and no more than was signed", async () => {
            const client = new ShareFileClient(`${box.url}/a`, key);
            const options = { permissions: FileSASPermissions.parse("r"), expiresOn: expiresOn() };
            const signed = new ShareFileClient(client.generateSasUrl(options), undefined, { retryOptions });
            expect((await signed.downloadToBuffer()).toString()).to.equal("content");
            expect(await failure(signed.delete())).to.deep.equal(denied);
            await file(box, "b", "other");
            const moved = signed.url.replace(`${box.name}/a?`, `${box.name}/b?`);
            const other = new ShareFileClient(moved, undefined, { retryOptions });
            expect((await failure(other.download()))?.code).to.equal("AuthenticationFailed");
        });

        it("of an account: the services and kinds of things it names, until it ends", async () => {
            const url = (resourceTypes: string): string =>
                byKey.generateAccountSasUrl(expiresOn(), AccountSASPermissions.parse("rl"), resourceTypes);
            const all = new ShareServiceClient(url("sco"), undefined, { retryOptions });
            const shares = [];
            for await (const { name } of all.listShares()) shares.push(name);
            expect(shares).to.deep.equal([box.name]);
            const objects = new ShareServiceClient(url("o"), undefined, { retryOptions });
            expect((await failure(objects.listShares().next()))?.code).to.equal(
                "AuthorizationResourceTypeMismatch",
            );
            cast.azure.clock.advance(120_000);
            expect((await failure(all.listShares().next()))?.code).to.equal("AuthenticationFailed");
        });

        it("by a stored policy, until that is taken away", async () => {
            const permissions = "r";
            await box.setAccessPolicy([
                { id: "one", accessPolicy: { startsOn: new Date(0), expiresOn: expiresOn(), permissions } },
            ]);
            const { signedIdentifiers } = await box.getAccessPolicy();
            expect(signedIdentifiers[0]?.accessPolicy.permissions).to.equal("r");
            const client = new ShareFileClient(`${box.url}/a`, key);
            const signed = new ShareFileClient(client.generateSasUrl({ identifier: "one" }), undefined, {
                retryOptions,
            });
            expect((await signed.downloadToBuffer()).toString()).to.equal("content");
            await box.setAccessPolicy([]);
            expect((await failure(signed.download()))?.code).to.equal("AuthenticationFailed");
        });

        it("is refused where the account takes no keys", async () => {
            cast.azure.arm.put(id, {
                ...ACCOUNT,
                location: "westeurope",
                properties: { allowSharedKeyAccess: false },
            });
            expect((await failure(box.getProperties()))?.code).to.equal("KeyBasedAuthenticationNotPermitted");
        });
    });
});
