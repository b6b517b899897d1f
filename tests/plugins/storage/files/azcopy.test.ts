import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { azcopyProgram, prepareAzcopy } from "../../../../bench/storage/peers/azcopy.js";
import { startConnectProxy, type ConnectProxy } from "../../../../emulator/connect-proxy.js";
import { secretOf } from "../../../emulator/support.js";
import { give, type Cast } from "../../../emulator-services/local.js";
import { READER } from "../../../emulator-services/shares.js";
import { Accounts } from "../accounts.js";
import { FileWorld } from "./file-world.js";
import { fillTree } from "./tree.js";

/** AzCopy is published for Linux on x86-64 alone; where it can't be had the rest of the tests still runs. */
function hasAzcopy(): boolean {
    try {
        prepareAzcopy();
        return true;
    } catch {
        return false;
    }
}

function describeAzcopy(): void {
    let accounts: Accounts;
    let proxy: ConnectProxy;
    let folder: string;

    before(async () => {
        accounts = await Accounts.start();
        proxy = await startConnectProxy(accounts.cast.azure.port);
        folder = await mkdtemp(join(tmpdir(), "azcopy-"));
    });
    after(async () => {
        await proxy.stop();
        await accounts.cast.azure.stop();
        await rm(folder, { recursive: true, force: true });
    });

    /** As that principal. */
    async function list(principal: Cast["deployer"], url: string): Promise<string[]> {
        const { program, environment } = azcopyProgram();
        const options = ["--machine-readable", "--properties", "ContentMD5;ContentType;ContentEncoding"];
        const { stdout } = await promisify(execFile)(program, ["list", url, ...options], {
            env: {
                ...process.env,
                ...accounts.cast.azure.environment(),
                ...proxy.environment,
                ...environment,
                AZCOPY_DISABLE_SYSLOG: "true",
                AZCOPY_LOG_LOCATION: folder,
                AZCOPY_JOB_PLAN_LOCATION: folder,
                AZCOPY_AUTO_LOGIN_TYPE: "SPN",
                AZCOPY_SPA_APPLICATION_ID: principal.clientId,
                AZCOPY_SPA_CLIENT_SECRET: secretOf(principal),
                AZCOPY_TENANT_ID: principal.tenantId,
            },
        });
        return stdout.split("\n").filter((line) => line.includes("Content Length:"));
    }

    it("lists at the target what it lists at the source", async () => {
        const world = await FileWorld.begin(accounts);
        const { cast } = accounts;
        give(cast, cast.deployer, READER, world.pair.ids.target);
        give(cast, cast.producer, READER, world.pair.ids.source);
        await fillTree(world.service("source").getShareClient("box"), 40);
        expect((await world.run()).failures).to.deep.equal([]);
        const source = await list(cast.producer, `https://${world.host("source")}/box`);
        expect(source).to.have.length.of.at.least(32);
        expect((await list(cast.deployer, `https://${world.host("target")}/box`)).sort()).to.deep.equal(
            source.sort(),
        );
    });
}

if (hasAzcopy()) describe("AzCopy after a replication of files", describeAzcopy);
else console.warn("AzCopy can't be had here: its test is left out.");
