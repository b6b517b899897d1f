import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { AccountSASPermissions, type ShareClient } from "@azure/storage-file-share";
import { expect } from "chai";
import { azcopyProgram, prepareAzcopy } from "../../bench/storage/peers/azcopy.js";
import { startConnectProxy, type ConnectProxy } from "../../emulator/connect-proxy.js";
import { secretOf } from "../emulator/support.js";
import { ACCOUNT, ACCOUNT_TYPE as TYPE } from "../emulator-services/blobs.js";
import { give, place, startLocalAzure, type Cast } from "../emulator-services/local.js";
import { CONTRIBUTOR, filesByKey, READER } from "../emulator-services/shares.js";

const run = promisify(execFile);

/** AzCopy is published for Linux on x86-64 alone; where it can't be had the rest of the tests still runs. */
function hasAzcopy(): boolean {
    try {
        prepareAzcopy();
        return true;
    } catch {
        return false;
    }
}

/** Names as AzCopy shows them, with what was put there. */
const tree = { "a.txt": "hello", empty: "", "sub/deep/ü b.bin": "xyz".repeat(3 * 1024 * 1024) };

function describeAzcopy(): void {
    let cast: Cast;
    let proxy: ConnectProxy;
    let folder: string;
    let source: ShareClient;
    let target: ShareClient;
    let signature: string;

    before(async () => {
        cast = await startLocalAzure();
        proxy = await startConnectProxy(cast.azure.port);
        folder = await mkdtemp(join(tmpdir(), "azcopy-"));
        for (const [name, content] of Object.entries(tree)) {
            await mkdir(join(folder, "up", name, ".."), { recursive: true });
            await writeFile(join(folder, "up", name), content);
        }
        const sourceId = place(cast, "staging", TYPE, "firstfiles", ACCOUNT);
        const targetId = place(cast, "staging", TYPE, "secondfiles", ACCOUNT);
        const service = filesByKey(cast, sourceId, "firstfiles");
        const permissions = AccountSASPermissions.parse("rwdlc");
        signature = new URL(
            service.generateAccountSasUrl(new Date(Date.now() + 3_600_000), permissions, "sco"),
        ).search;
        source = service.getShareClient("box");
        target = filesByKey(cast, targetId, "secondfiles").getShareClient("box");
        await source.create();
        await target.create();
        give(cast, cast.deployer, READER, sourceId);
        give(cast, cast.deployer, CONTRIBUTOR, targetId);
    });

    after(async () => {
        await proxy.stop();
        await cast.azure.stop();
        await rm(folder, { recursive: true, force: true });
    });

    async function azcopy(...args: string[]): Promise<string> {
        const { program, environment } = azcopyProgram();
        const { stdout } = await run(program, [...args, "--output-level", "essential"], {
            env: {
                ...process.env,
                ...cast.azure.environment(),
                ...proxy.environment,
                ...environment,
                AZCOPY_DISABLE_SYSLOG: "true",
                AZCOPY_LOG_LOCATION: join(folder, "records"),
                AZCOPY_JOB_PLAN_LOCATION: join(folder, "records"),
                AZCOPY_AUTO_LOGIN_TYPE: "SPN",
                AZCOPY_SPA_APPLICATION_ID: cast.deployer.clientId,
                AZCOPY_SPA_CLIENT_SECRET: secretOf(cast.deployer),
                AZCOPY_TENANT_ID: cast.deployer.tenantId,
            },
        });
        return stdout;
    }

    async function downloaded(): Promise<Record<string, string>> {
        const entries = await readdir(join(folder, "down"), { recursive: true, withFileTypes: true });
        const files = entries.filter((entry) => entry.isFile());
        const read = files.map(async ({ parentPath, name }) => {
            const path = join(parentPath, name);
            return [path.slice(join(folder, "down").length + 1), await readFile(path, "utf8")] as const;
        });
        return Object.fromEntries(await Promise.all(read));
    }

    it("uploads by a signature, has the service copy by a token, lists, and downloads the same", async () => {
        await azcopy("copy", join(folder, "up", "*"), `${source.url}${signature}`, "--recursive");
        await azcopy("copy", `${source.url}/*`, target.url, "--recursive", "--preserve-smb-info=true");
        const listing = await azcopy("list", target.url, "--machine-readable");
        const listed = [...listing.matchAll(/^(.*[^/\n]); Content Length: (\d+)$/gm)];
        expect(Object.fromEntries(listed.map(([, name, size]) => [name, Number(size)]))).to.deep.equal(
            Object.fromEntries(Object.entries(tree).map(([name, text]) => [name, Buffer.byteLength(text)])),
        );
        await azcopy("copy", `${target.url}/*`, join(folder, "down"), "--recursive");
        expect(await downloaded()).to.deep.equal(tree);
        const file = (of: ShareClient): Promise<{ fileLastWriteOn?: Date }> =>
            of.getDirectoryClient("").getFileClient("a.txt").getProperties();
        expect((await file(target)).fileLastWriteOn).to.deep.equal((await file(source)).fileLastWriteOn);
    });

    it("is refused where its role does not reach", async () => {
        const failed = azcopy("copy", join(folder, "up", "a.txt"), `${source.url}/b.txt`);
        expect(await failed.catch((error: unknown) => error)).to.be.an.instanceOf(Error);
        const writes = cast.azure.requests.filter(
            ({ path, write }) => write && path.startsWith("/box/b.txt"),
        );
        expect(new Set(writes.map(({ status }) => status))).to.deep.equal(new Set([403]));
        expect(await source.rootDirectoryClient.getFileClient("b.txt").exists()).to.equal(false);
    });
}

if (hasAzcopy()) describe("AzCopy with production URLs", describeAzcopy);
else console.warn("AzCopy can't be had here: its test is left out.");
