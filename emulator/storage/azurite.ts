import { createHmac } from "node:crypto";
import type { RequestListener, Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

/** An account as Azurite knows it. */
export interface AzuriteAccount {
    name: string;
    key1: Buffer;
    key2?: Buffer;
}

/** Where Azurite looks accounts up. */
export type AccountLookup = (name: string) => AzuriteAccount | undefined;

/** Azurite's blob service, listening on a port of its own that only the front door uses. */
export interface Azurite {
    readonly port: number;
    stop(): Promise<void>;
    /** Gives a blob another name; nothing else of it changes. Only of the blob service. */
    rename?(account: string, from: BlobPlace, to: BlobPlace): void;
}

interface BlobPlace {
    readonly container: string;
    readonly blob: string;
}

/** The members of Azurite's classes that are used here; the package has no types. */
interface BlobServer {
    start(): Promise<void>;
    close(): Promise<void>;
    accountDataStore: { getAccount: AccountLookup };
    httpServer: Server;
    metadataStore: { db: { getCollection(name: string): BlobCollection } };
}
interface StoredBlob {
    accountName: string;
    containerName: string;
    name: string;
}
interface BlobCollection {
    find(query: Partial<StoredBlob>): StoredBlob[];
    update(blob: StoredBlob): void;
}
interface Modules {
    BlobServer: new (configuration: object) => BlobServer;
    BlobConfiguration: new (...options: unknown[]) => object;
    BlobHandler: { prototype: { validateCopySource(): Promise<void> } };
    signatures: { generateBlobSASSignatureWithUDK: Sign };
    LokiBlobMetadataStore: { prototype: MetadataStore };
}
interface BlobDocument {
    properties: { accessTier?: string };
}
interface MetadataStore {
    getBlobWithLeaseUpdated(...place: unknown[]): Promise<BlobDocument | undefined>;
    startCopyFromURL: (this: MetadataStore, ...copy: unknown[]) => Promise<unknown>;
}

/** Makes a user delegation signature, and tells what it was made of. */
type Sign = (
    values: { snapshot?: string },
    resource: string,
    account: string,
    key: Buffer,
) => [signature: string, text: string];

interface ExpressApplication extends RequestListener {
    set(name: string, value: unknown): void;
}

/**
 * Starts Azurite in this process. `directory`: where it keeps its data; undefined: in memory. Azurite is loaded when
 * this is called, not before.
 *
 * It is changed in five places, all of them at its edge: accounts come from `accounts` instead of an environment
 * variable; it trusts the front door's word that a request came over TLS; and it does not verify sources of copies,
 * because it can only do so on its own host: the front door has done it; it knows user delegation signatures of
 * snapshots; and it copies archived blobs between accounts, where the front door lets them pass.
 */
export async function startAzurite(accounts: AccountLookup, directory: string | undefined): Promise<Azurite> {
    const { BlobServer, BlobConfiguration, BlobHandler, LokiBlobMetadataStore, signatures } = loadModules();
    knowSnapshots(signatures);
    BlobHandler.prototype.validateCopySource = async () => Promise.resolve();
    copyOutOfTheArchive(LokiBlobMetadataStore.prototype);
    if (directory !== undefined) await mkdir(directory, { recursive: true });
    const server = new BlobServer(new BlobConfiguration(...configuration(directory)));
    server.accountDataStore.getAccount = accounts;
    const application = server.httpServer.listeners("request")[0] as ExpressApplication;
    application.set("trust proxy", true);
    await server.start();
    server.httpServer.unref();
    return {
        port: (server.httpServer.address() as AddressInfo).port,
        rename: (account, from, to) => {
            const blobs = server.metadataStore.db.getCollection("$BLOBS_COLLECTION$");
            const query = { accountName: account, containerName: from.container, name: from.blob };
            for (const blob of blobs.find(query))
                blobs.update(Object.assign(blob, { containerName: to.container, name: to.blob }));
        },
        stop: () => server.close(),
    };
}

/**
 * Azurite leaves out the time of a snapshot, which stands after the signed resource, and so knows no such signature:
 * https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas#specify-the-signature
 * Whether one for a blob is good for its snapshots is not documented; here it is not.
 */
function knowSnapshots(signatures: Modules["signatures"]): void {
    const sign = signatures.generateBlobSASSignatureWithUDK;
    if (sign.name === "signSnapshot") return;
    signatures.generateBlobSASSignatureWithUDK = function signSnapshot(values, resource, account, key) {
        const [signature, text] = sign(values, resource, account, key);
        if (values.snapshot === undefined && resource !== "bs") return [signature, text];
        const lines = text.split("\n");
        lines[lines.indexOf(resource) + 1] = values.snapshot ?? "";
        const whole = lines.join("\n");
        return [createHmac("sha256", key).update(whole, "utf8").digest("base64"), whole];
    };
}

/** Once for the process, as the class is. */
let copiesOutOfTheArchive = false;

/** Azurite looks at the source's tier when it copies: here it sees an online one. */
function copyOutOfTheArchive(store: MetadataStore): void {
    if (copiesOutOfTheArchive) return;
    copiesOutOfTheArchive = true;
    const original = store.startCopyFromURL;
    store.startCopyFromURL = function (...copy) {
        const view = Object.create(this) as MetadataStore;
        view.getBlobWithLeaseUpdated = async (...place) => {
            const blob = await this.getBlobWithLeaseUpdated(...place);
            return blob?.properties.accessTier === "Archive"
                ? { ...blob, properties: { ...blob.properties, accessTier: "Hot" } }
                : blob;
        };
        return original.apply(view, copy);
    };
}

/** In the order of `BlobConfiguration`'s constructor. */
function configuration(directory: string | undefined): unknown[] {
    const folder = directory ?? ".";
    const storage = [{ locationId: "Default", locationPath: join(folder, "blobs"), maxConcurrency: 50 }];
    return [
        "127.0.0.1", // host
        0, // port: any
        60, // keep-alive, in seconds
        join(folder, "blobs.json"),
        join(folder, "extents.json"),
        storage,
        false, // access log
        undefined, // access log's stream
        false, // debug log
        undefined, // debug log's file
        false, // loose
        true, // skip the check of the API version: the current SDK's is newer than Azurite's
        "", // certificate
        "", // key
        "", // password
        "basic", // OAuth: for user delegation keys; who may do what is decided in front
        false, // product-style URLs stay on
        directory === undefined,
    ];
}

function loadModules(): Modules {
    const load = createRequire(__filename);
    const whole = (path: string): unknown => load(`azurite/dist/src/blob/${path}.js`);
    const module = (path: string): unknown => (whole(path) as { default: unknown }).default;
    return {
        BlobServer: module("BlobServer") as Modules["BlobServer"],
        BlobConfiguration: module("BlobConfiguration") as Modules["BlobConfiguration"],
        BlobHandler: module("handlers/BlobHandler") as Modules["BlobHandler"],
        LokiBlobMetadataStore: module(
            "persistence/LokiBlobMetadataStore",
        ) as Modules["LokiBlobMetadataStore"],
        signatures: whole("authentication/IBlobSASSignatureValues") as Modules["signatures"],
    };
}
