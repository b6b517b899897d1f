import type { ArmRecord, Platform, ServiceResponse } from "../../contract.js";
import { findAccount, incarnation } from "../accounts.js";
import type { BlobRequest } from "../blob-request.js";
import type { Ask } from "../copy-source.js";
import { authorize } from "./authorization.js";
import { parameter, type Call, type ShareCall, type World } from "./call.js";
import { ContentStore } from "./content.js";
import { filesError } from "./errors.js";
import { findShare } from "./managed-shares.js";
import { fromPlain, toPlain } from "./maps.js";
import { placeOf } from "./names.js";
import { operationOf, type FileOperation, type ShareOperation } from "./operations.js";
import { keyOf, type AccountFiles, type Handle, type Share, type TreeNode } from "./state.js";

/** NFS shares open to REST from this version on. Source: https://learn.microsoft.com/rest/api/storageservices/create-file */
const NFS_SINCE = "2025-05-05";
/** The first version that had files. */
const FIRST_VERSION = "2014-02-14";

/** The files of all accounts: Azure Files, by its REST protocol. */
export class Files {
    readonly #accounts = new Map<string, AccountFiles>();
    readonly #world: World;
    readonly #content: ContentStore;
    #counter = 0n;

    /**
     * @param ask reads the source of a copy.
     * @param directory where files' bytes outlive the process; undefined: a temporary one.
     */
    constructor(
        private readonly platform: Platform,
        ask: Ask,
        directory: string | undefined,
    ) {
        this.#content = new ContentStore(directory);
        this.#world = {
            content: this.#content,
            ask,
            descriptorOf: (url, key) => this.#descriptorOf(url, key),
            nextId: () => String(0x8000_0000_0000_0000n + (this.#next() << 16n)),
            nextEtag: () => `"0x${(0x8dd_0000_0000_0000n + this.#next()).toString(16).toUpperCase()}"`,
        };
    }

    /** Answers a request to an account. Throws `StorageError` for what the service refuses. */
    async serve(account: ArmRecord, request: BlobRequest): Promise<ServiceResponse> {
        const version = versionOf(request);
        const keepDots = request.headers.get("x-ms-allow-trailing-dot")?.toLowerCase() === "true";
        const place = placeOf(request.url, keepDots);
        const operation = operationOf(request, place);
        const files = this.#filesOf(account);
        await authorize(this.platform, account, request, { operation, place, version, files });
        checkHeaders(request);
        if (operation.since !== undefined && version < operation.since)
            throw filesError("InvalidHeaderValue", "x-ms-version");
        const now = this.platform.now();
        const call = { request, record: account, files, place, version, now, world: this.#world };
        const share = place.share === "" ? undefined : findShare(call, (id) => this.platform.findById(id));
        const answer = await (operation.kind === "account"
            ? operation.run(call)
            : operation.run(shareCall(call, share, operation)));
        const common = { "x-ms-version": version, server: "Windows-Azure-File/1.0 Microsoft-HTTPAPI/2.0" };
        return { ...answer, headers: { ...common, ...answer.headers } };
    }

    /**
     * Opens a file or directory as an SMB client would, which REST can't: until the handle is closed, writes by REST
     * find the file in use. The answer is the handle's id. Throws where there is no such file.
     */
    openHandle(
        account: string,
        share: string,
        path: string,
        rights: Handle["accessRights"] = ["Read"],
    ): string {
        const record = findAccount(this.platform, `${account}.file.core.windows.net`);
        const found = record === undefined ? undefined : this.#filesOf(record).shares.get(share);
        let node: TreeNode | undefined = found?.root;
        for (const name of path.split("/").filter(Boolean))
            node = node?.kind === "directory" ? node.children.get(keyOf(name)) : undefined;
        if (node === undefined) throw new Error(`There is no ${path} in the share ${share} of ${account}.`);
        const handle: Handle = {
            id: this.#world.nextId(),
            sessionId: this.#world.nextId(),
            clientIp: "10.0.0.4",
            clientName: "DESKTOP",
            openedAt: this.platform.now(),
            accessRights: rights,
        };
        node.handles.push(handle);
        return handle.id;
    }

    /** Counts so many bytes more against the quota of a share, as if SMB clients had written them. */
    fill(account: string, share: string, bytes: number): void {
        const record = findAccount(this.platform, `${account}.file.core.windows.net`);
        const found = record === undefined ? undefined : this.#filesOf(record).shares.get(share);
        if (found === undefined) throw new Error(`There is no share ${share} of ${account}.`);
        found.usedBytes += bytes;
    }

    /** Everything but the files' bytes, for `--data`. */
    save(): unknown {
        return { counter: String(this.#counter), accounts: toPlain(this.#accounts) };
    }

    load(state: unknown): void {
        const { counter, accounts } = state as { counter: string; accounts: unknown };
        this.#counter = BigInt(counter);
        for (const [key, files] of fromPlain(accounts) as Map<string, AccountFiles>)
            this.#accounts.set(key, files);
    }

    /** Removes what was only for this process. */
    async stop(): Promise<void> {
        await this.#content.stop();
    }

    /** An account that was made anew under an old name starts empty. */
    #filesOf(account: ArmRecord): AccountFiles {
        const key = incarnation(account);
        const known = this.#accounts.get(key);
        if (known !== undefined) return known;
        const files: AccountFiles = { shares: new Map(), deleted: [] };
        this.#accounts.set(key, files);
        return files;
    }

    #descriptorOf(url: URL, key: string): string | undefined {
        const account = findAccount(this.platform, url.hostname);
        if (account === undefined) return undefined;
        const { share } = placeOf(url, true);
        return this.#filesOf(account).shares.get(share)?.permissions.get(key);
    }

    #next(): bigint {
        this.#counter += 1n;
        return this.#counter;
    }
}

/** No operation knows conditions: a client that counts on one must not go on as if it held. */
function checkHeaders({ headers }: BlobRequest): void {
    const names = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];
    if (names.some((name) => headers.get(name) !== undefined))
        throw filesError("ConditionHeadersNotSupported");
    // Its frames would be taken for content.
    if (headers.get("x-ms-structured-body") !== undefined)
        throw filesError("NotModelled", "x-ms-structured-body");
}

function versionOf({ headers, url }: BlobRequest): string {
    // A signature says which version it means where the request does not.
    const version = headers.get("x-ms-version") ?? parameter(url, "sv");
    if (version === undefined) throw filesError("MissingRequiredHeader", "x-ms-version");
    if (!/^\d{4}-\d\d-\d\d$/.test(version) || version < FIRST_VERSION)
        throw filesError("InvalidHeaderValue", "x-ms-version");
    return version;
}

function shareCall(call: Call, share: Share | undefined, operation: ShareOperation): ShareCall {
    const { request, version } = call;
    if (share === undefined) throw filesError("ShareNotFound");
    checkProtocol(share.protocol, operation, version);
    const time = parameter(request.url, "sharesnapshot");
    if (time === undefined) return { ...call, share, snapshot: undefined, root: share.root };
    if (operation.onSnapshot !== true) throw filesError("ShareSnapshotOperationNotSupported");
    const snapshot = share.snapshots.find((one) => one.time === time);
    if (snapshot === undefined) throw filesError("ShareSnapshotNotFound");
    return { ...call, share, snapshot, root: snapshot.root };
}

function checkProtocol(protocol: "SMB" | "NFS", operation: FileOperation, version: string): void {
    if (protocol === "SMB" || operation.kind !== "content") return;
    if (version < NFS_SINCE || operation.smbOnly === true) throw filesError("FeatureVersionMismatch");
}
