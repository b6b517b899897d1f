import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { accountKey, workFolder } from "./place.js";

/** What a server tells of itself: requests since it was last asked, and CPU seconds since it started. */
export interface ServerFigures {
    readonly requests: number;
    readonly cpu: number;
}

/** A storage service in a process of its own, on plain HTTP. */
export interface Server {
    /** `http://127.0.0.1:10000`, under which each account is the first part of the path. */
    readonly origin: string;
    figures(): Promise<ServerFigures>;
    stop(): Promise<void>;
}

/** Azurite with an empty folder, run by the Node that runs this. It holds these accounts, all with one key. */
export async function startAzurite(
    accounts: readonly string[],
    service: "blob" | "queue" | "table" = "blob",
): Promise<Server> {
    const folder = await mkdtemp(join(workFolder(), "azurite-"));
    const port = await freePort();
    const main = createRequire(__filename).resolve(`azurite/dist/src/${service}/main.js`);
    const options = ["--location", folder, `--${service}Port`, String(port), `--${service}Host`, "127.0.0.1"];
    const child = fork(main, [...options, "--silent", "--skipApiVersionCheck", "--disableTelemetry"], {
        execArgv: ["--require", join(__dirname, "server-preload.cjs")],
        env: {
            ...process.env,
            AZURITE_ACCOUNTS: accounts.map((account) => `${account}:${accountKey}`).join(";"),
        },
        stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const server = serverOf(child, port);
    await untilItAnswers(server.origin);
    return {
        ...server,
        async stop() {
            await server.stop();
            await rm(folder, { recursive: true, force: true });
        },
    };
}

/** What a stub has and how it answers; `stub.mjs` says what each means. */
export interface StubShape {
    readonly blobs: number;
    readonly bytes: number;
    readonly delay: number;
    readonly copied: boolean;
}

/** A service without any data, which answers copies after some milliseconds. */
export async function startStub(shape: StubShape): Promise<Server> {
    const child = fork(join(__dirname, "stub.mjs"), [JSON.stringify(shape)], { execArgv: [] });
    const [{ port }] = (await once(child, "message")) as [AddressInfo];
    return serverOf(child, port);
}

/** A server that a child process is: it answers every message with its figures. */
export function serverOf(child: ChildProcess, port: number): Server {
    return {
        origin: `http://127.0.0.1:${String(port)}`,
        async figures() {
            child.send("figures");
            const [figures] = (await once(child, "message")) as [ServerFigures];
            return figures;
        },
        async stop() {
            const ended = once(child, "exit");
            child.kill("SIGKILL");
            await ended;
        },
    };
}

async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
}

async function untilItAnswers(origin: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
        try {
            await (await fetch(origin)).arrayBuffer();
            return;
        } catch (error) {
            if (attempt === 1_200) throw error;
            await wait(50);
        }
    }
}
