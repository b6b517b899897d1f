import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { Agent, request as httpRequest, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { buffer } from "node:stream/consumers";

/** A request for Azurite's table service, and its answer. */
export interface Plain {
    readonly method: string;
    readonly target: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
}
export interface PlainAnswer {
    readonly status: number;
    readonly headers: Record<string, string | string[]>;
    readonly body: Buffer;
}

/** The members of Azurite's classes that are used here; the package has no types. */
interface TableServer {
    start(): Promise<void>;
    close(): Promise<void>;
    httpServer: Server;
}
interface Store {
    getTableCollectionName(account: string, table: string): string;
    getServiceProperties: (
        this: Store,
        context: unknown,
        account: string,
    ) => Promise<{ logging?: object } | undefined>;
}
interface Modules {
    TableServer: new (configuration: object) => TableServer;
    TableConfiguration: new (...options: unknown[]) => object;
    Authentication: { prototype: { authenticate(request: { headers: object }): Promise<boolean> } };
    Batches: { prototype: { extractPath(uri: string): RegExpMatchArray | null } };
    Store: { prototype: Store };
}

/** Told by the front door with every request: nobody else reaches the data. */
const SECRET = randomBytes(32).toString("hex");
const SECRET_HEADER = "x-front-door";

/**
 * Azurite's table service in this process, started by the first request. It is changed in four places, all at its edge:
 * it takes the front door's word for who asks, knows transactions under production's host names, takes tables' names
 * for the same whatever their case, and logs nothing of a new account.
 */
export class AzuriteTables {
    #server: Promise<TableServer> | undefined;
    readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

    /** @param file where the data outlive the process; undefined: in memory. */
    constructor(private readonly file: string | undefined) {}

    async send(account: string, { method, target, headers, body }: Plain): Promise<PlainAnswer> {
        const server = await (this.#server ??= start(this.file));
        const { port } = server.httpServer.address() as AddressInfo;
        return new Promise((resolve, reject) => {
            const outgoing = httpRequest({
                host: "127.0.0.1",
                port,
                agent: this.#agent,
                method,
                path: target,
                headers: {
                    ...headers,
                    host: `${account}.table.core.windows.net`,
                    "content-length": String(body.length),
                    [SECRET_HEADER]: SECRET,
                },
            });
            outgoing.on("error", reject);
            outgoing.on("response", (answer) => {
                const { statusCode = 502, headers: given } = answer;
                const known = Object.entries(given).flatMap(([name, value]) =>
                    value === undefined ? [] : [[name, value] as const],
                );
                buffer(answer).then((bytes) => {
                    resolve({ status: statusCode, headers: Object.fromEntries(known), body: bytes });
                }, reject);
            });
            outgoing.end(body);
        });
    }

    async stop(): Promise<void> {
        const server = await this.#server;
        this.#server = undefined;
        this.#agent.destroy();
        await server?.close();
    }
}

async function start(file: string | undefined): Promise<TableServer> {
    const modules = loadModules();
    modules.Authentication.prototype.authenticate = ({ headers }) =>
        Promise.resolve((headers as Record<string, unknown>)[SECRET_HEADER] === SECRET);
    modules.Batches.prototype.extractPath = (uri) => /^https?:\/\/[^/]+\/(\w+)/.exec(uri);
    modules.Store.prototype.getTableCollectionName = (account, table) => `${account}$${table.toLowerCase()}`;
    beginQuiet(modules.Store.prototype);
    if (file !== undefined) await mkdir(dirname(file), { recursive: true });
    const server = new modules.TableServer(new modules.TableConfiguration(...configuration(file)));
    await server.start();
    server.httpServer.unref();
    return server;
}

/** Once for the process, as the class is. */
let isQuiet = false;

/** Azurite's new accounts log everything. */
function beginQuiet(store: Store): void {
    if (isQuiet) return;
    isQuiet = true;
    const get = store.getServiceProperties;
    store.getServiceProperties = async function (context, account) {
        const found = await get.call(this, context, account);
        const nothing = { deleteProperty: false, read: false, write: false };
        const quiet = { version: "1.0", ...nothing, retentionPolicy: { enabled: false } };
        return { ...found, logging: found?.logging ?? quiet };
    };
}

/** In the order of `TableConfiguration`'s constructor. */
function configuration(file: string | undefined): unknown[] {
    return [
        "127.0.0.1", // host
        0, // port: any
        60, // keep-alive, in seconds
        file ?? "tables.json",
        false, // debug log
        false, // access log
        undefined, // access log's stream
        undefined, // debug log's file
        false, // loose
        true, // skip the check of the API version
        "", // certificate
        "", // key
        "", // password
        undefined, // OAuth: decided in front
        false, // product-style URLs stay on
        file === undefined,
    ];
}

function loadModules(): Modules {
    const load = createRequire(__filename);
    const whole = (path: string): Record<string, unknown> =>
        load(`azurite/dist/src/table/${path}.js`) as Record<string, unknown>;
    return {
        TableServer: whole("TableServer").default as Modules["TableServer"],
        TableConfiguration: whole("TableConfiguration").default as Modules["TableConfiguration"],
        Authentication: whole("middleware/AuthenticationMiddlewareFactory")
            .default as Modules["Authentication"],
        Batches: whole("batch/BatchSerialization").BatchSerialization as Modules["Batches"],
        Store: whole("persistence/LokiTableMetadataStore").default as Modules["Store"],
    };
}
