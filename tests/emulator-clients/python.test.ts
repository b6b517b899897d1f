import { expect } from "chai";
import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { startConnectProxy, type ConnectProxy } from "../../emulator/connect-proxy.js";
import { LocalAzure } from "../../emulator/local-azure.js";
import { secretOf } from "../emulator/support.js";

const run = promisify(execFile);
const environmentFolder = join(__dirname, "..", "..", ".cache", "python-clients");
const python = join(environmentFolder, "bin", "python");

/** Python is not among what this project needs; where it is missing the rest of the tests still runs. */
function hasPython(): boolean {
    try {
        execFileSync("python3", ["-c", "import venv, ensurepip"], { stdio: "ignore" });
        return true;
    } catch {
        return false;
    }
}

/** Microsoft's SDKs for Python, in an ignored folder, once. */
async function installSdks(): Promise<void> {
    if (!existsSync(python)) await run("python3", ["-m", "venv", environmentFolder]);
    const requirements = join(__dirname, "requirements.txt");
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
}

function describePython(): void {
    let azure: LocalAzure;
    let proxy: ConnectProxy;

    before(async () => {
        await installSdks();
        azure = await LocalAzure.start();
        proxy = await startConnectProxy(azure.port);
    });

    after(async () => {
        await proxy.stop();
        await azure.stop();
    });

    it("signs in, reads a vault's resource, keeps secrets and blobs, and is refused what it has no role for", async () => {
        const { deployer, reader } = azure.principals.production;
        const { id: tenantId, subscription } = azure.tenants.production;
        const scope = `/subscriptions/${subscription.id}`;
        for (const role of ["Owner", "Key Vault Secrets Officer", "Storage Blob Data Contributor"]) {
            azure.roles.assign({ principalId: deployer.objectId, role, scope });
        }
        const group = `${scope}/resourceGroups/python`;
        azure.arm.put(group, { location: "westeurope" });
        azure.arm.put(`${group}/providers/Microsoft.KeyVault/vaults/python-vault`, {
            location: "westeurope",
            properties: { tenantId, sku: { family: "A", name: "standard" }, enableRbacAuthorization: true },
        });
        azure.arm.put(`${group}/providers/Microsoft.Storage/storageAccounts/pythonaccount`, {
            location: "westeurope",
            kind: "StorageV2",
            sku: { name: "Standard_LRS" },
        });
        const { stdout } = await run(python, [join(__dirname, "client.py")], {
            env: {
                ...process.env,
                ...azure.environment(),
                ...proxy.environment,
                AZURE_TENANT_ID: tenantId,
                AZURE_CLIENT_ID: deployer.clientId,
                AZURE_CLIENT_SECRET: secretOf(deployer),
                READER_CLIENT_ID: reader.clientId,
                READER_CLIENT_SECRET: secretOf(reader),
                SUBSCRIPTION_ID: subscription.id,
                VAULT: "python-vault",
                ACCOUNT: "pythonaccount",
            },
        });
        expect(JSON.parse(stdout)).to.deep.equal({
            vault: "https://python-vault.vault.azure.net/",
            secrets: 30,
            value: "value 7",
            missing: "SecretNotFound",
            blobs: ["path/ä b.txt"],
            content: "hello",
            denied: 403,
        });
    });
}

if (hasPython()) describe("a Python program with production URLs", describePython);
else console.warn("python3 is not here: the test of a Python program is left out.");
