import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";
import type { ArmRecord, Platform, Principal, ServiceResponse } from "../contract.js";
import { accountKeys, findAccountByName } from "./accounts.js";
import { startAzurite, type AccountLookup, type Azurite, type AzuriteAccount } from "./azurite.js";
import type { BlobRequest } from "./blob-request.js";
import type { BlobMove } from "./datalake/backend.js";
import { authorizationOf } from "./shared-key.js";

/** How the request is vouched for to Azurite. */
export type Voucher =
    /** Signed with the account's key: the front door has decided that it may pass. */
    | { kind: "key" }
    /** As the caller: the key that Azurite answers with is made of who asked. */
    | { kind: "principal"; principal: Principal }
    /** Not at all: a shared access signature, which Azurite checks itself, or nothing. */
    | { kind: "none" };

/** One of Azurite's services. */
export interface AzuriteService {
    /** As in the host name of its endpoint. */
    readonly name: string;
    /** How the real service names itself. */
    readonly server: string;
    start(accounts: AccountLookup, directory: string | undefined): Promise<Azurite>;
}

const blobService: AzuriteService = {
    name: "blob",
    server: "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0",
    start: startAzurite,
};

/** Headers that belong to one connection, or that the front door decides. */
const connectionHeaders = [
    "connection",
    "keep-alive",
    "transfer-encoding",
    "host",
    "expect",
    "authorization",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];

/** Azurite behind the front door, started with the first request. */
export class Upstream {
    #azurite: Promise<Azurite> | undefined;
    readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

    constructor(
        private readonly platform: Platform,
        private readonly directory: string | undefined,
        private readonly service: AzuriteService = blobService,
    ) {}

    /** Sends a request on as it is but for its authorization; the answer's body is a stream. */
    async send(account: ArmRecord, request: BlobRequest, voucher: Voucher): Promise<ServiceResponse> {
        this.#azurite ??= this.service.start((name) => this.#account(name), this.directory);
        const azurite = await this.#azurite;
        const headers = request.headers.copy();
        const chunked = headers.get("transfer-encoding") !== undefined;
        headers.delete(...connectionHeaders);
        if (request.body === undefined && request.method !== "GET" && request.method !== "HEAD") {
            headers.set("content-length", "0");
        }
        if (headers.get("x-ms-date") === undefined) headers.set("x-ms-date", new Date().toUTCString());
        const signed = { method: request.method, target: request.target, headers };
        const authorization =
            voucher.kind === "key"
                ? authorizationOf(account.name, accountKeys(account)[0], signed)
                : voucher.kind === "principal"
                  ? `Bearer ${unsignedToken(voucher.principal)}`
                  : undefined;
        return new Promise((resolve, reject) => {
            const outgoing = httpRequest({
                host: "127.0.0.1",
                port: azurite.port,
                agent: this.#agent,
                method: request.method,
                path: request.target,
                headers: [
                    ...[...headers].flat(),
                    ...["Host", `${account.name}.${this.service.name}.core.windows.net`],
                    ...["X-Forwarded-Proto", "https"],
                    ...(authorization === undefined ? [] : ["Authorization", authorization]),
                    ...(chunked ? ["Transfer-Encoding", "chunked"] : []),
                ],
            });
            outgoing.on("error", reject);
            outgoing.on("response", (answer) => {
                resolve(toResponse(answer, request, this.service.server));
            });
            if (request.body === undefined) outgoing.end();
            // Where the caller breaks off, so must the request to Azurite: half a body must never be stored.
            else pipeline(request.body, outgoing).catch(reject);
        });
    }

    /** Gives blobs of an account another name, which Azurite can't: everything else of them stays as it is. */
    async rename(account: ArmRecord, moves: readonly BlobMove[]): Promise<void> {
        this.#azurite ??= this.service.start((name) => this.#account(name), this.directory);
        const azurite = await this.#azurite;
        for (const { from, to } of moves) azurite.rename?.(account.name, from, to);
    }

    /** Lets go of Azurite, if it was ever started. */
    async stop(): Promise<void> {
        const azurite = await this.#azurite;
        this.#azurite = undefined;
        this.#agent.destroy();
        await azurite?.stop();
    }

    #account(name: string): AzuriteAccount | undefined {
        const account = findAccountByName(this.platform, name);
        if (account === undefined) return undefined;
        const [key1, key2] = accountKeys(account);
        return { name: account.name, key1, ...(key2 === undefined ? {} : { key2 }) };
    }
}

function toResponse(answer: IncomingMessage, request: BlobRequest, server: string): ServiceResponse {
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(answer.headers)) {
        if (value !== undefined && !connectionHeaders.includes(name)) headers[name] = value;
    }
    restoreMetadataCase(headers, answer.rawHeaders);
    headers.server = server;
    headers["x-ms-request-id"] = request.id;
    const status = answer.statusCode ?? 502;
    if (request.method !== "HEAD") return { status, headers, body: answer };
    answer.resume();
    return { status, headers };
}

/** Names of metadata keep the case they were written with. */
function restoreMetadataCase(headers: Record<string, string | string[]>, raw: readonly string[]): void {
    for (let index = 0; index + 1 < raw.length; index += 2) {
        const name = raw[index] ?? "";
        if (!name.toLowerCase().startsWith("x-ms-meta-")) continue;
        Reflect.deleteProperty(headers, name.toLowerCase());
        headers[name] = raw[index + 1] ?? "";
    }
}

/** Azurite reads who asks for a user delegation key from a token whose signature it does not check. */
function unsignedToken(principal: Principal): string {
    const seconds = Math.floor(Date.now() / 1000);
    const claims = {
        aud: "https://storage.azure.com",
        iss: `https://sts.windows.net/${principal.tenantId}/`,
        iat: seconds - 60,
        nbf: seconds - 60,
        exp: seconds + 600,
        oid: principal.objectId,
        tid: principal.tenantId,
    };
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
    return `${encode({ alg: "none", typ: "JWT" })}.${encode(claims)}.none`;
}
