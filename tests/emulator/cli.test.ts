import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { expect } from "chai";

const root = join(__dirname, "..", "..");

describe("local azure: the command", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "local-azure-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    it("serves a seeded Azure to a program that has only the lines it prints, and stops on Ctrl-C", async () => {
        const emulator = start("--port", "0", "--data", folder, "--seed");
        const printed = await linesUntil(emulator, /^Control:/);
        const environment = Object.fromEntries(
            printed.flatMap((line) => {
                const match =
                    /^ {2}export (NODE_OPTIONS|NODE_EXTRA_CA_CERTS|LOCAL_AZURE_PORT)='?([^']*)'?$/.exec(line);
                return match === null ? [] : [[match[1], match[2]]];
            }),
        ) as Record<string, string>;
        const reader = printed.find((line) => line.includes("production reader")) ?? "";
        for (const [, name, value] of reader.matchAll(/(AZURE_\w+)='?([^' ]+)'?/g)) {
            if (name !== undefined && value !== undefined) environment[name] = value;
        }
        const program = `
            const { ClientSecretCredential } = require("@azure/identity");
            const { SecretClient } = require("@azure/keyvault-secrets");
            const { AZURE_TENANT_ID: t, AZURE_CLIENT_ID: c, AZURE_CLIENT_SECRET: s } = process.env;
            new SecretClient("https://contosoprod.vault.azure.net", new ClientSecretCredential(t, c, s))
                .getSecret("db-user").then(({ value }) => console.log(value));`;
        const client = spawn(process.execPath, ["-e", program], {
            cwd: root,
            env: { ...process.env, ...environment },
        });
        expect((await text(client.stdout)).trim()).to.equal("contoso_app");
        emulator.kill("SIGINT");
        expect(await once(emulator, "exit")).to.deep.equal([0, null]);
        const state = join(folder, "state.json");
        expect(await readFile(state, "utf8")).to.contain("contosoprod");
        expect((await stat(state)).mode & 0o077).to.equal(0);
    });

    it("says what to do when the port is taken or is none", async () => {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        const port = String((server.address() as AddressInfo).port);
        const taken = start("--port", port, "--data", folder);
        const [message, exit] = await Promise.all([text(taken.stderr), once(taken, "exit")]);
        expect(message).to.equal(`Port ${port} is taken. Give another one with --port.\n`);
        expect(exit).to.deep.equal([1, null]);
        server.close();
        const none = start("--port", "many");
        expect(await text(none.stderr)).to.contain("It is no port.");
    });
});

function start(
    ...args: string[]
): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
    const { LOCAL_AZURE_PORT: _port, ...env } = process.env;
    return spawn(process.execPath, ["--require", "tsx/cjs", "emulator/cli.ts", ...args], {
        cwd: root,
        env,
        stdio: ["ignore", "pipe", "pipe"],
    });
}

async function linesUntil(child: { stdout: NodeJS.ReadableStream }, last: RegExp): Promise<string[]> {
    const lines = [];
    for await (const line of createInterface({ input: child.stdout })) {
        lines.push(line);
        if (last.test(line)) return lines;
    }
    throw new Error(`It ended without the last line: ${lines.join("\n")}`);
}
