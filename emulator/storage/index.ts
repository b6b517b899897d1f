import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { join } from "node:path";
import type { ArmRecord, Platform, Service, ServiceRequest, ServiceResponse } from "../contract.js";
import { allowsPublicAccess, findAccount, incarnation, isNetworkClosed } from "./accounts.js";
import { BlobExtras } from "./blob-extras.js";
import { anonymousRefusal, authorize, requireActions, type Access } from "./authorization.js";
import { HeaderList, incoming, internal, type BlobRequest } from "./blob-request.js";
import { copy } from "./copies.js";
import { discard } from "./copy-source.js";
import { DataLake, isHierarchical } from "./datalake/index.js";
import { networkRefused, publicAccessNotPermitted, StorageError } from "./errors.js";
import { Files } from "./files/index.js";
import { Queues } from "./queues/index.js";
import { isQueueWrite } from "./queues/operations.js";
import { Tables } from "./tables/index.js";
import { isWrite, operationOf, readSource, type BlobOperation } from "./operations.js";
import { withProductionEndpoint } from "./responses.js";
import { Upstream, type Voucher } from "./upstream.js";

/** Where the local Storage keeps its data. */
export interface StorageOptions {
    /** A folder for it, which outlives the process; undefined: in memory. */
    directory?: string | undefined;
}

/** The local Storage: blobs, files, queues and tables of all accounts that the local ARM holds. */
export async function createStorage(platform: Platform, options: StorageOptions = {}): Promise<Storage> {
    return Promise.resolve(new LocalStorage(platform, options));
}

/** The service, and what of it tests use. */
export interface Storage extends Service {
    /** Files, for what SMB clients do with them. */
    readonly files: Files;
}

class LocalStorage implements Storage {
    readonly name = "storage";
    readonly hosts = /^[a-z0-9]+\.(?:blob|file|dfs|queue|table)\.core\.windows\.net$/i;
    readonly files: Files;
    readonly #queues: Queues;
    readonly #tables: Tables;
    readonly #upstream: Upstream;
    readonly #incarnations = new Map<string, string>();
    readonly #extras: BlobExtras;
    readonly #dataLake: DataLake;

    constructor(
        private readonly platform: Platform,
        options: StorageOptions,
    ) {
        const { directory } = options;
        this.#upstream = new Upstream(platform, directory);
        this.#extras = new BlobExtras(platform);
        this.#dataLake = new DataLake(platform, {
            send: (account, request) => this.#upstream.send(account, request, { kind: "key" }),
            rename: (account, moves) => this.#upstream.rename(account, moves),
        });
        this.#queues = new Queues(platform, directory === undefined ? undefined : join(directory, "queues"));
        this.#tables = new Tables(
            platform,
            directory === undefined ? undefined : join(directory, "tables", "tables.json"),
        );
        this.files = new Files(
            platform,
            (request) => this.#ask(request),
            directory === undefined ? undefined : join(directory, "files"),
        );
    }

    isWrite(method: string, url: URL): boolean {
        const service = serviceOf(url);
        if (service === "queue") return isQueueWrite(method, url);
        return service === "blob" ? isWrite(method, url) : !["GET", "HEAD", "OPTIONS"].includes(method);
    }

    save(): unknown {
        return { blobs: this.#extras.save(), files: this.files.save(), trees: this.#dataLake.save() };
    }

    load(state: unknown): void {
        const { blobs, files, trees } = state as { blobs: unknown; files: unknown; trees?: unknown };
        this.#extras.load(blobs);
        this.files.load(files);
        if (trees !== undefined) this.#dataLake.load(trees);
    }

    async handle(request: ServiceRequest): Promise<ServiceResponse> {
        const account = findAccount(this.platform, request.url.hostname);
        // In Azure the name of an account that is not there does not resolve. Here every name does, so the answer is
        // that of a proxy which cannot resolve it: never a 404, which a client could take for an absent blob.
        if (account === undefined) return { status: 502, body: `No such host: ${request.url.hostname}` };
        return this.#answer(account, incoming(request));
    }

    async stop(): Promise<void> {
        const services = [this.#upstream, this.#queues, this.#tables, this.files];
        await Promise.all(services.map((service) => service.stop()));
    }

    /** Answers errors of the service as it does; others are defects and go on. */
    async #answer(account: ArmRecord, request: BlobRequest): Promise<ServiceResponse> {
        try {
            return await this.#serve(account, request);
        } catch (error) {
            if (!(error instanceof StorageError)) throw error;
            return error.toResponse(request.id, this.platform.now());
        }
    }

    async #serve(account: ArmRecord, request: BlobRequest): Promise<ServiceResponse> {
        if (isNetworkClosed(account)) throw networkRefused();
        const service = serviceOf(request.url);
        if (service === "file") return this.files.serve(account, request);
        if (service === "queue") return this.#queues.serve(account, request);
        if (service === "table") return this.#tables.serve(account, request);
        await this.#forgetPredecessor(account);
        if (service === "dfs") return this.#dataLake.serve(account, request);
        const operation = operationOf(request.method, request.url, request.headers);
        const exists = (): Promise<boolean> => this.#exists(account, request);
        const access = await authorize(this.platform, account, request, operation, exists);
        if (request.headers.get("x-ms-blob-public-access") !== undefined && !allowsPublicAccess(account)) {
            throw publicAccessNotPermitted();
        }
        const run = (one: BlobRequest, place: BlobOperation): Promise<ServiceResponse> =>
            this.#withExtras(account, one, place, access);
        return isHierarchical(account)
            ? this.#dataLake.hierarchy.serve(account, request, operation, access, run)
            : run(request, operation);
    }

    async #withExtras(
        account: ArmRecord,
        request: BlobRequest,
        operation: BlobOperation,
        access: Access,
    ): Promise<ServiceResponse> {
        const { answer, request: plain } = this.#extras.before(account, request, operation);
        if (answer !== undefined) return answer;
        const response = await this.#carryOut(account, plain, operation, access);
        return this.#extras.after(account, request, operation, response);
    }

    async #carryOut(
        account: ArmRecord,
        request: BlobRequest,
        operation: BlobOperation,
        access: Access,
    ): Promise<ServiceResponse> {
        if (operation.copies !== undefined) return this.#copy(account, request, operation.copies, access);
        const checked =
            operation.name === "Batch" ? await this.#checkBatch(account, request, access) : request;
        const response = await this.#upstream.send(account, checked, voucherFor(access, operation));
        if (access.kind === "anonymous" && response.status === 403) {
            discard(response);
            throw anonymousRefusal(account, request);
        }
        return request.url.searchParams.get("comp") === "list"
            ? withProductionEndpoint(response, request.url.hostname)
            : response;
    }

    #copy(
        account: ArmRecord,
        request: BlobRequest,
        kind: NonNullable<BlobOperation["copies"]>,
        access: Access,
    ): Promise<ServiceResponse> {
        return copy(kind, request, {
            ask: (source) => this.#ask(source),
            askAsCaller: reachesSource(access)
                ? (source) => this.#askAsCaller(account, source, access)
                : undefined,
            send: (outgoing) => this.#upstream.send(account, outgoing, voucherFor(access)),
            checkArchived: (source) => {
                this.#extras.checkArchivedCopy(account, source, request);
            },
        });
    }

    /** A source of a copy, as anybody may read it. */
    async #ask(request: BlobRequest): Promise<ServiceResponse> {
        const account = findAccount(this.platform, request.url.hostname);
        if (account === undefined) {
            return new StorageError(
                404,
                "ResourceNotFound",
                "The specified resource does not exist.",
            ).toResponse(request.id, this.platform.now());
        }
        return this.#answer(account, request);
    }

    /** A source in the target's account, as the caller may read it. */
    async #askAsCaller(account: ArmRecord, request: BlobRequest, access: Access): Promise<ServiceResponse> {
        try {
            if (access.kind === "principal") {
                const place = operationOf("GET", request.url, request.headers);
                const needs = place.name === "GetTags" ? place.needs : readSource;
                await requireActions(this.platform, account, access.principal, place, needs, () =>
                    Promise.resolve(true),
                );
            }
            return await this.#upstream.send(account, request, { kind: "key" });
        } catch (error) {
            if (!(error instanceof StorageError)) throw error;
            return error.toResponse(request.id, this.platform.now());
        }
    }

    /** Each part of a batch needs its own rights; here one that lacks them fails the whole. */
    async #checkBatch(account: ArmRecord, request: BlobRequest, access: Access): Promise<BlobRequest> {
        if (access.kind !== "principal" || request.body === undefined) return request;
        const body = await buffer(request.body);
        for (const [, method = "", target = ""] of body
            .toString("latin1")
            .matchAll(/^([A-Z]+) (\/\S*) HTTP\/1\.1/gm)) {
            const part = operationOf(method, new URL(target, request.url), new HeaderList());
            await requireActions(this.platform, account, access.principal, part, part.needs, () =>
                Promise.resolve(true),
            );
        }
        return { ...request, body: Readable.from([body]) };
    }

    async #exists(account: ArmRecord, request: BlobRequest): Promise<boolean> {
        const url = new URL(request.url.pathname, request.url);
        const response = await this.#upstream.send(
            account,
            internal(request.id, "HEAD", url, new HeaderList()),
            {
                kind: "key",
            },
        );
        discard(response);
        return response.status !== 404;
    }

    /** An account that was made anew under an old name starts empty. */
    async #forgetPredecessor(account: ArmRecord): Promise<void> {
        const now = incarnation(account);
        const before = this.#incarnations.get(account.name);
        this.#incarnations.set(account.name, now);
        if (before === undefined || before === now) return;
        const origin = `https://${account.name}.blob.core.windows.net`;
        const request = (method: string, path: string): Promise<ServiceResponse> =>
            this.#upstream.send(
                account,
                internal("cleanup", method, new URL(path, origin), new HeaderList()),
                {
                    kind: "key",
                },
            );
        const listing = await request("GET", "/?comp=list");
        const containers = listing.body instanceof Readable ? (await buffer(listing.body)).toString() : "";
        for (const [, name = ""] of containers.matchAll(/<Container><Name>([^<]+)<\/Name>/g)) {
            discard(await request("DELETE", `/${name}?restype=container`));
        }
    }
}

function serviceOf(url: URL): string | undefined {
    return url.hostname.split(".")[1];
}

/** A signature was made for the target; what it says of the source is in the source's own URL. */
function reachesSource(access: Access): boolean {
    return access.kind === "key" || access.kind === "principal";
}

function voucherFor(access: Access, operation?: BlobOperation): Voucher {
    if (access.kind === "principal" && operation?.name === "GetUserDelegationKey") {
        return { kind: "principal", principal: access.principal };
    }
    return access.kind === "key" || access.kind === "principal" ? { kind: "key" } : { kind: "none" };
}
