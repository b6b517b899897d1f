import type { ArmRecord, Platform, ServiceResponse } from "../../contract.js";
import { incarnation } from "../accounts.js";
import { authorize, requireActions } from "../authorization.js";
import type { BlobRequest } from "../blob-request.js";
import { StorageError } from "../errors.js";
import type { BlobOperation, RequiredAction } from "../operations.js";
import { blobRequest, bodyOf, headerOf, type Blobs } from "./backend.js";
import type { PathCall, World } from "./call.js";
import { pathError, toJsonResponse } from "./errors.js";
import { Hierarchy, ownerOf } from "./hierarchy.js";
import { isHierarchical, Namespaces } from "./namespace.js";
import * as paths from "./path-operations.js";

const BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers";
const dataAction = (name: string): RequiredAction => ({ action: `${BLOB}/${name}`, kind: "dataAction" });
const action = (name: string): RequiredAction => ({ action: `${CONTAINER}/${name}`, kind: "action" });

type Needs = readonly (readonly RequiredAction[])[];

/** An operation of the dfs endpoint, and what it takes. */
interface PathOperation {
    readonly needs: Needs;
    run(call: PathCall): Promise<ServiceResponse> | ServiceResponse;
}

/**
 * Azure Data Lake Storage: the dfs endpoint of accounts, and what the Blob API is like where containers are trees.
 * Source: https://learn.microsoft.com/rest/api/storageservices/data-lake-storage-gen2
 */
export class DataLake {
    readonly hierarchy: Hierarchy;
    readonly #trees = new Namespaces();
    readonly #world: World;

    constructor(
        private readonly platform: Platform,
        blobs: Blobs,
    ) {
        this.hierarchy = new Hierarchy(this.#trees, blobs);
        this.#world = { blobs, trees: this.#trees, hierarchy: this.hierarchy, appended: new Map() };
    }

    save(): unknown {
        return this.#trees.save();
    }

    load(state: unknown): void {
        this.#trees.load(state);
    }

    /** Answers a request to the dfs endpoint; refusals are in its own shape. */
    async serve(account: ArmRecord, request: BlobRequest): Promise<ServiceResponse> {
        const version = request.headers.get("x-ms-version") ?? "";
        try {
            const answer = await this.#answer(account, request);
            const common = {
                "x-ms-version": version,
                server: "Windows-Azure-HDFS/1.0 Microsoft-HTTPAPI/2.0",
            };
            return { ...answer, headers: { ...common, ...answer.headers } };
        } catch (error) {
            if (!(error instanceof StorageError)) throw error;
            return toJsonResponse(error, request.id, this.platform.now());
        }
    }

    async #answer(account: ArmRecord, request: BlobRequest): Promise<ServiceResponse> {
        const [container = "", ...rest] = request.url.pathname
            .split("/")
            .filter(Boolean)
            .map(decodeURIComponent);
        const path = rest.join("/");
        const query = (name: string): string | undefined => request.url.searchParams.get(name) ?? undefined;
        const operation = operationOf(request, { container, path }, query);
        const place: BlobOperation = { name: "Path", container, blob: path, needs: operation.needs };
        const tree = this.#trees.of(account, container);
        const access = await authorize(this.platform, account, request, place, () =>
            Promise.resolve(tree.find(path) !== undefined),
        );
        if (!isHierarchical(account) && query("resource") !== "filesystem")
            throw pathError("HierarchicalNamespaceNotEnabled");
        const key = `${incarnation(account)} ${container}/${path}`;
        const call = { account, request, container, path, tree, access, world: this.#world, key, query };
        await this.#checkControl(call);
        await this.#checkFileSystem(call);
        return operation.run(call);
    }

    /**
     * Whoever owns a path may change its list; its owner takes more.
     * Source: https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-access-control#users-and-identities
     */
    async #checkControl(call: PathCall): Promise<void> {
        const { account, access, request, container, path, tree } = call;
        if (access.kind !== "principal") return;
        const { headers } = request;
        const changesOwner =
            headers.get("x-ms-owner") !== undefined || headers.get("x-ms-group") !== undefined;
        const sets = (call.query("action") ?? "").startsWith("setAccessControl");
        const owner = sets ? tree.find(path)?.owner : headers.get("x-ms-owner");
        const isForeign = owner !== undefined && owner !== access.principal.objectId;
        const changesAcl = (sets || headers.get("x-ms-acl") !== undefined) && isForeign;
        const needs: Needs = [
            ...(changesOwner ? [[dataAction("manageOwnership/action")]] : []),
            ...(changesAcl ? [[dataAction("modifyPermissions/action")]] : []),
        ];
        const never = (): Promise<boolean> => Promise.resolve(true);
        await requireActions(
            this.platform,
            account,
            access.principal,
            { container, blob: path },
            needs,
            never,
        );
    }

    async #checkFileSystem(call: PathCall): Promise<void> {
        const { account, container, request } = call;
        const isMade = request.method === "PUT" && call.query("resource") === "filesystem";
        if (container === "" || isMade) return;
        const found = await this.#world.blobs.send(
            account,
            blobRequest(account, "HEAD", { container, query: "?restype=container" }),
        );
        if (found.status === 404) throw pathError("FilesystemNotFound");
    }
}

function operationOf(
    { method, headers }: BlobRequest,
    { container, path }: { container: string; path: string },
    query: (name: string) => string | undefined,
): PathOperation {
    const read = [[dataAction("read")]];
    if (container === "") throw pathError("InvalidQueryParameterValue");
    if (query("resource") === "filesystem") {
        if (method === "GET") return { needs: read, run: paths.listPaths };
        if (method === "HEAD") return { needs: [[action("read")]], run: fileSystemProperties };
        if (method === "PUT") return { needs: [[action("write")]], run: createFileSystem };
    }
    if (method === "HEAD") return { needs: read, run: paths.pathProperties };
    const write = [[dataAction("write"), dataAction("add/action")]];
    if (method === "PUT" && path !== "")
        return headers.get("x-ms-rename-source") === undefined
            ? { needs: write, run: paths.createPath }
            : { needs: [[dataAction("move/action"), dataAction("write")]], run: paths.renamePath };
    if (method === "DELETE" && path !== "") return { needs: [[dataAction("delete")]], run: paths.deletePath };
    const updates: Readonly<Record<string, PathOperation | undefined>> = {
        append: { needs: write, run: paths.appendToPath },
        flush: { needs: write, run: (call) => paths.flushPath(call) },
        setProperties: { needs: [[dataAction("write")]], run: paths.setProperties },
        setAccessControl: { needs: [], run: paths.setAccessControl },
        setAccessControlRecursive: { needs: [], run: paths.setAccessControlRecursive },
    };
    const update = method === "PATCH" ? updates[query("action") ?? ""] : undefined;
    if (update === undefined) throw pathError("InvalidQueryParameterValue");
    return update;
}

async function fileSystemProperties({ account, container, world }: PathCall): Promise<ServiceResponse> {
    const found = await world.blobs.send(
        account,
        blobRequest(account, "HEAD", { container, query: "?restype=container" }),
    );
    return {
        status: 200,
        headers: {
            "x-ms-namespace-enabled": String(isHierarchical(account)),
            ETag: headerOf(found, "etag") ?? "",
            "Last-Modified": headerOf(found, "last-modified") ?? "",
        },
    };
}

async function createFileSystem(call: PathCall): Promise<ServiceResponse> {
    const { account, container, world, access } = call;
    const made = await world.blobs.send(
        account,
        blobRequest(account, "PUT", { container, query: "?restype=container" }),
    );
    await bodyOf(made);
    if (made.status === 409)
        throw new StorageError(409, "FilesystemAlreadyExists", "The specified filesystem already exists.");
    world.trees.forget(account, container);
    world.trees.of(account, container, ownerOf(access));
    return { status: 201, headers: { "x-ms-namespace-enabled": String(isHierarchical(account)) } };
}

export { isHierarchical } from "./namespace.js";
