import type { RequestListener, Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { AccountLookup, Azurite } from "../azurite.js";

/** The members of Azurite's classes that are used here; the package has no types. */
interface QueueServer {
    start(): Promise<void>;
    close(): Promise<void>;
    accountDataStore: { getAccount: AccountLookup };
    metadataStore: MetadataStore;
    httpServer: Server;
}
interface Modules {
    QueueServer: new (configuration: object) => QueueServer;
    QueueConfiguration: new (...options: unknown[]) => object;
}
interface ExpressApplication extends RequestListener {
    set(name: string, value: unknown): void;
}
interface QueueDocument {
    name: string;
}
interface Message {
    insertionTime: Date;
    expirationTime: Date;
    timeNextVisible: Date;
}
interface Collection {
    findAndRemove(query: object): void;
}
/** What stands between Azurite's handlers and its data. */
interface MetadataStore {
    db: { getCollection(name: string): Collection };
    MESSAGES_COLLECTION: string;
    listQueues(
        account: string,
        prefix: string,
        most: number,
        marker: number,
    ): Promise<[QueueDocument[], number | undefined]>;
    insertMessage(message: Message): Promise<void>;
    updateMessage(message: { timeNextVisible: Date }, ...more: unknown[]): Promise<void>;
    peekMessages(account: string, queue: string, most: number, now: Date, context: unknown): Promise<unknown>;
    getMessages(
        account: string,
        queue: string,
        visibleAgain: Date,
        receipt: string,
        most: number,
        now: Date,
        context: unknown,
    ): Promise<unknown>;
    clearExpiredMessages(account: string, queue: string): Promise<void>;
    getServiceProperties(account: string): Promise<{ logging?: object } | undefined>;
}

/**
 * Starts Azurite's queue service in this process. `directory`: where it keeps its data; undefined: in memory. `now`: the
 * local Azure's clock, in milliseconds since the epoch.
 *
 * It is changed in five places: accounts come from `accounts`; it trusts the front door's word that a request came over
 * TLS; messages live by the local Azure's clock; pages of a listing end and begin by name; and a new account logs nothing.
 */
export async function startQueues(
    accounts: AccountLookup,
    directory: string | undefined,
    now: () => number,
): Promise<Azurite> {
    const { QueueServer, QueueConfiguration } = loadModules();
    if (directory !== undefined) await mkdir(directory, { recursive: true });
    const server = new QueueServer(new QueueConfiguration(...configuration(directory)));
    server.accountDataStore.getAccount = accounts;
    liveBy(server.metadataStore, now);
    listByName(server.metadataStore);
    beginQuiet(server.metadataStore);
    const application = server.httpServer.listeners("request")[0] as ExpressApplication;
    application.set("trust proxy", true);
    await server.start();
    server.httpServer.unref();
    return {
        port: (server.httpServer.address() as AddressInfo).port,
        stop: () => server.close(),
    };
}

const noLogging = { deleteProperty: false, read: false, write: false };

/** Messages that never expire have this date: it is one of all clocks. */
const never = Date.parse("9999-12-31T23:59:59.999Z");

/** Azurite takes the machine's time: what it hands down to its data is moved to the local Azure's. */
function liveBy(store: MetadataStore, now: () => number): void {
    const move = (date: Date): Date => {
        if (date.getTime() < never) date.setTime(date.getTime() + now() - Date.now());
        return date;
    };
    const moved = (date: Date): Date => move(new Date(date));
    const insertMessage = store.insertMessage.bind(store);
    const updateMessage = store.updateMessage.bind(store);
    const peekMessages = store.peekMessages.bind(store);
    const getMessages = store.getMessages.bind(store);
    store.insertMessage = (message) => {
        for (const date of [message.insertionTime, message.expirationTime, message.timeNextVisible])
            move(date);
        return insertMessage(message);
    };
    store.updateMessage = (message, ...more) => {
        move(message.timeNextVisible);
        return updateMessage(message, ...more);
    };
    store.peekMessages = (account, queue, most, date, context) => {
        return peekMessages(account, queue, most, moved(date), context);
    };
    store.getMessages = (account, queue, visibleAgain, receipt, most, date, context) => {
        const again = moved(visibleAgain);
        return getMessages(account, queue, again, receipt, most, moved(date), context);
    };
    store.clearExpiredMessages = (accountName, queueName) => {
        const expired = { accountName, queueName, expirationTime: { $lte: now() } };
        store.db.getCollection(store.MESSAGES_COLLECTION).findAndRemove(expired);
        return Promise.resolve();
    };
}

/** Azurite sorts by name and goes on by the order of creation, and so leaves some out. */
function listByName(store: MetadataStore): void {
    const list = store.listQueues.bind(store);
    const ends: string[] = [];
    store.listQueues = async (account, prefix, most, marker) => {
        const [all] = await list(account, prefix, Number.MAX_SAFE_INTEGER, 0);
        const after = marker === 0 ? "" : (ends[marker - 1] ?? "");
        const left = all.filter(({ name }) => name > after);
        if (left.length <= most) return [left, undefined];
        const page = left.slice(0, most);
        return [page, ends.push(page.at(-1)?.name ?? "")];
    };
}

/** Azurite's new accounts log everything. */
function beginQuiet(store: MetadataStore): void {
    const get = store.getServiceProperties.bind(store);
    store.getServiceProperties = async (account) => {
        const found = await get(account);
        const quiet = { version: "1.0", ...noLogging, retentionPolicy: { enabled: false } };
        return { ...found, logging: found?.logging ?? quiet };
    };
}

/** In the order of `QueueConfiguration`'s constructor. */
function configuration(directory: string | undefined): unknown[] {
    const folder = directory ?? ".";
    const storage = [{ locationId: "Default", locationPath: join(folder, "messages"), maxConcurrency: 50 }];
    return [
        "127.0.0.1", // host
        0, // port: any
        60, // keep-alive, in seconds
        join(folder, "queues.json"),
        join(folder, "extents.json"),
        storage,
        false, // access log
        undefined, // access log's stream
        false, // debug log
        undefined, // debug log's file
        false, // loose
        true, // skip the check of the API version
        "", // certificate
        "", // key
        "", // password
        undefined, // OAuth: who may do what is decided in front
        false, // product-style URLs stay on
        directory === undefined,
    ];
}

function loadModules(): Modules {
    const load = createRequire(__filename);
    const module = (name: string): unknown =>
        (load(`azurite/dist/src/queue/${name}.js`) as { default: unknown }).default;
    return {
        QueueServer: module("QueueServer") as Modules["QueueServer"],
        QueueConfiguration: module("QueueConfiguration") as Modules["QueueConfiguration"],
    };
}
