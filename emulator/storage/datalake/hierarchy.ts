import type { ArmRecord, ServiceResponse } from "../../contract.js";
import type { Access } from "../authorization.js";
import type { BlobRequest } from "../blob-request.js";
import { StorageError } from "../errors.js";
import type { BlobOperation } from "../operations.js";
import { formatAcl, formatPermissions, inherited } from "./acl.js";
import { allBlobs, blobRequest, FOLDER, type Blobs } from "./backend.js";
import { notSupported } from "./errors.js";
import { listTree } from "./listing.js";
import {
    ancestors,
    parentOf,
    SUPERUSER,
    type FileSystem,
    type Namespaces,
    type PathNode,
} from "./namespace.js";

const makers: ReadonlySet<string> = new Set([
    "PutBlob",
    "putBlobFromUrl",
    "copyFromUrl",
    "copy",
    "blocklist",
]);
const blockWrites: ReadonlySet<string> = new Set(["block", "putBlockFromUrl", "blocklist"]);
/** Source: https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-known-issues#blob-storage-apis */
const unsupported: ReadonlySet<string> = new Set([
    ...["page", "putPageFromUrl", "pagelist", "incrementalcopy"],
    ...["GetTags", "SetTags", "snapshot", "FindBlobsByTags", "immutabilitypolicies", "legalhold"],
]);

/** The Blob API of accounts whose containers are trees. */
export class Hierarchy {
    constructor(
        private readonly trees: Namespaces,
        private readonly blobs: Blobs,
    ) {}

    /**
     * Carries out an operation of the Blob API on a tree. `run` does it on the plain blobs; it gets the request with the
     * path as the tree has it.
     */
    async serve(
        account: ArmRecord,
        request: BlobRequest,
        operation: BlobOperation,
        access: Access,
        run: (request: BlobRequest, operation: BlobOperation) => Promise<ServiceResponse>,
    ): Promise<ServiceResponse> {
        checkSupported(request, operation);
        const { container } = operation;
        if (container === "") return run(request, operation);
        const creator = ownerOf(access);
        if (operation.blob === "") {
            if (operation.name === "ListBlobs") return this.#list(account, request, operation, run);
            const answer = await run(request, operation);
            if (operation.name === "CreateContainer" && answer.status === 201) {
                this.trees.forget(account, container);
                this.trees.of(account, container, creator);
            }
            if (operation.name === "DeleteContainer" && answer.status < 300)
                this.trees.forget(account, container);
            return answer;
        }
        const path = operation.blob.split("/").filter(Boolean).join("/");
        const plain = withPath(request, container, path);
        const place = { ...operation, blob: path };
        const tree = this.trees.of(account, container);
        const node = tree.find(path);
        if (operation.name === "DeleteBlob") return this.#remove(tree, path, () => run(plain, place));
        if (makers.has(operation.name) || blockWrites.has(operation.name)) {
            return this.#make(account, plain, place, { tree, creator }, () => run(plain, place));
        }
        if (operation.name === "metadata" && node?.isDirectory === true) return run(asFolder(plain), place);
        if (operation.name !== "GetBlob" || node === undefined) return run(plain, place);
        const answer = await run(plain, place);
        return answer.status >= 300
            ? answer
            : { ...answer, headers: { ...answer.headers, ...pathHeaders(node) } };
    }

    /** Directories on the way to a path come by themselves. Throws where one of them is a file. */
    async ensureParents(account: ArmRecord, container: string, path: string, creator: string): Promise<void> {
        const tree = this.trees.of(account, container);
        for (const directory of ancestors(path)) {
            const node = tree.find(directory);
            if (node?.isDirectory === false) throw wrongKind();
            if (node !== undefined) continue;
            const headers = { "x-ms-blob-type": "BlockBlob", [`x-ms-meta-${FOLDER}`]: "true" };
            const answer = await this.blobs.send(
                account,
                blobRequest(account, "PUT", { container, path: directory }, headers),
            );
            if (answer.status === 201) tree.nodes.set(directory, newNode(tree, directory, true, creator));
        }
    }

    async #list(
        account: ArmRecord,
        request: BlobRequest,
        operation: BlobOperation,
        run: (request: BlobRequest, operation: BlobOperation) => Promise<ServiceResponse>,
    ): Promise<ServiceResponse> {
        const blobs = await allBlobs(this.blobs, account, operation.container);
        if (blobs === undefined) return run(request, operation);
        const tree = this.trees.of(account, operation.container);
        return listTree(account, request, operation.container, tree, blobs);
    }

    async #remove(
        tree: FileSystem,
        path: string,
        run: () => Promise<ServiceResponse>,
    ): Promise<ServiceResponse> {
        if (tree.find(path)?.isDirectory === true && tree.below(path).length > 0) {
            throw new StorageError(
                409,
                "DirectoryIsNotEmpty",
                "This operation is not permitted on a non-empty directory.",
            );
        }
        const answer = await run();
        if (answer.status < 300) tree.nodes.delete(path);
        return answer;
    }

    async #make(
        account: ArmRecord,
        request: BlobRequest,
        { name, container, blob: path }: BlobOperation,
        { tree, creator }: { tree: FileSystem; creator: string },
        run: () => Promise<ServiceResponse>,
    ): Promise<ServiceResponse> {
        const node = tree.find(path);
        if (blockWrites.has(name) && node?.byPath === true) throw madeByPath();
        const isDirectory = request.headers.get(`x-ms-meta-${FOLDER}`)?.toLowerCase() === "true";
        if (node !== undefined && node.isDirectory !== isDirectory) throw wrongKind();
        if (blockWrites.has(name) && name !== "blocklist") return run();
        await this.ensureParents(account, container, path, creator);
        const answer = await run();
        if (answer.status < 300) {
            const { byPath: _byPath, ...kept } = node ?? newNode(tree, path, isDirectory, creator);
            tree.nodes.set(path, kept);
        }
        return answer;
    }
}

/** A path as it is when it is made: the maker's, with the group of the directory that it is in. */
export function newNode(
    tree: FileSystem,
    path: string,
    isDirectory: boolean,
    owner: string,
    given: { permissions?: string | undefined; umask?: number | undefined } = {},
): PathNode {
    const parent = tree.find(parentOf(path));
    const group = parent?.group ?? SUPERUSER;
    return { isDirectory, owner, group, acl: inherited(parent?.acl ?? [], isDirectory, given) };
}

export function ownerOf(access: Access): string {
    return access.kind === "principal" ? access.principal.objectId : SUPERUSER;
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/get-blob-properties#response-headers */
export function pathHeaders(node: PathNode): Record<string, string> {
    return {
        "x-ms-resource-type": node.isDirectory ? "directory" : "file",
        "x-ms-owner": node.owner,
        "x-ms-group": node.group,
        "x-ms-permissions": formatPermissions(node.acl),
        "x-ms-acl": formatAcl(node.acl),
    };
}

/** The mark of directories is the service's own: it stays whatever metadata are set. */
function asFolder(request: BlobRequest): BlobRequest {
    return { ...request, headers: request.headers.copy().set(`x-ms-meta-${FOLDER}`, "true") };
}

function checkSupported(request: BlobRequest, operation: BlobOperation): void {
    const { headers } = request;
    const isPage = headers.get("x-ms-blob-type") === "PageBlob";
    if (isPage || unsupported.has(operation.name) || headers.get("x-ms-tags") !== undefined)
        throw notSupported();
}

function withPath(request: BlobRequest, container: string, path: string): BlobRequest {
    const encoded = `/${[container, ...path.split("/")].map(encodeURIComponent).join("/")}`;
    if (request.url.pathname.split("/").filter(Boolean).length === request.url.pathname.split("/").length - 1)
        return request;
    const url = new URL(`${encoded}${request.url.search}`, request.url);
    return { ...request, url, target: `${url.pathname}${url.search}` };
}

/** With which code the Blob API refuses a file in the place of a directory is not documented. */
function wrongKind(): StorageError {
    return new StorageError(
        409,
        "ResourceTypeMismatch",
        "The specified path, or an element of the path, exists and its resource type is invalid for this operation.",
    );
}

/** With which code it refuses blocks for a file of the other API, neither. */
function madeByPath(): StorageError {
    return new StorageError(409, "InvalidBlobType", "The blob type is invalid for this operation.");
}
