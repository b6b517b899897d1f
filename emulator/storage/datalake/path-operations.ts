import type { ServiceResponse } from "../../contract.js";
import { StorageError } from "../errors.js";
import { allBlobs, blobRequest, bodyOf, headerOf, type ListedBlob } from "./backend.js";
import { formatPermissions, modified, parseAcl, withPermissions } from "./acl.js";
import type { PathCall } from "./call.js";
import { pathError } from "./errors.js";
import { newNode, ownerOf, pathHeaders } from "./hierarchy.js";
import { compareTree, parentOf, type PathNode } from "./namespace.js";
import { blobHeaders, conditions, metadataHeaders } from "./properties.js";

/** Source: https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/create */
export async function createPath(call: PathCall): Promise<ServiceResponse> {
    const { account, container, path, tree, request, world } = call;
    const { headers } = request;
    const isDirectory = call.query("resource") === "directory";
    const before = tree.find(path);
    if (before !== undefined && headers.get("if-none-match") === "*") throw pathError("PathAlreadyExists");
    if (before !== undefined && before.isDirectory !== isDirectory) throw pathError("InvalidDestinationPath");
    await world.hierarchy.ensureParents(account, container, path, ownerOf(call.access));
    const umask = headers.get("x-ms-umask");
    const node = newNode(tree, path, isDirectory, headers.get("x-ms-owner") ?? ownerOf(call.access), {
        permissions: headers.get("x-ms-permissions"),
        umask: umask === undefined ? undefined : Number.parseInt(umask, 8),
    });
    const acl = headers.get("x-ms-acl");
    if (acl !== undefined && headers.get("x-ms-permissions") !== undefined)
        throw pathError("UnsupportedHeader");
    if (acl !== undefined) node.acl = parseAcl(acl, isDirectory);
    node.group = headers.get("x-ms-group") ?? node.group;
    const written = await world.blobs.send(
        account,
        blobRequest(
            account,
            "PUT",
            { container, path },
            { "x-ms-blob-type": "BlockBlob", ...blobHeaders(headers, isDirectory), ...conditions(headers) },
        ),
    );
    await check(written);
    tree.nodes.set(path, { ...node, byPath: true });
    world.appended.delete(call.key);
    return { status: 201, headers: stamp(written) };
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/create (rename) */
export async function renamePath(call: PathCall): Promise<ServiceResponse> {
    const { account, container, path, tree, request, world } = call;
    const [from = ""] = (request.headers.get("x-ms-rename-source") ?? "").split("?");
    const [sourceContainer = "", ...rest] = from.split("/").filter(Boolean).map(decodeURIComponent);
    const source = rest.join("/");
    const sourceTree = world.trees.of(account, sourceContainer);
    const node = sourceTree.find(source);
    if (node === undefined || source === "") throw pathError("SourcePathNotFound");
    if (tree.find(parentOf(path))?.isDirectory !== true)
        throw pathError("RenameDestinationParentPathNotFound");
    if (sourceContainer === container && `${path}/`.startsWith(`${source}/`))
        throw pathError("InvalidRenameSourcePath");
    const there = tree.find(path);
    if (there !== undefined) {
        if (request.headers.get("if-none-match") === "*") throw pathError("PathAlreadyExists");
        if (there.isDirectory !== node.isDirectory) throw pathError("InvalidDestinationPath");
        if (tree.below(path).length > 0) throw pathError("DirectoryNotEmpty");
        await check(await world.blobs.send(account, blobRequest(account, "DELETE", { container, path })));
        tree.nodes.delete(path);
    }
    const names = [source, ...sourceTree.below(source)];
    const target = (name: string): string => `${path}${name.slice(source.length)}`;
    await world.blobs.rename(
        account,
        names.map((name) => ({
            from: { container: sourceContainer, blob: name },
            to: { container, blob: target(name) },
        })),
    );
    for (const name of names) {
        const moved = sourceTree.find(name);
        if (moved === undefined) continue;
        sourceTree.nodes.delete(name);
        tree.nodes.set(target(name), moved);
    }
    return { status: 201 };
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/delete */
export async function deletePath(call: PathCall): Promise<ServiceResponse> {
    const { account, container, path, tree, request, world } = call;
    existing(call);
    const below = tree.below(path);
    if (below.length > 0 && call.query("recursive") !== "true") throw pathError("DirectoryNotEmpty");
    const own = await world.blobs.send(
        account,
        blobRequest(account, "DELETE", { container, path }, conditions(request.headers)),
    );
    await check(own);
    tree.nodes.delete(path);
    for (const name of below) {
        await check(
            await world.blobs.send(account, blobRequest(account, "DELETE", { container, path: name })),
        );
        tree.nodes.delete(name);
    }
    return { status: 200 };
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/get-properties */
export async function pathProperties(call: PathCall): Promise<ServiceResponse> {
    const node = existing(call);
    if (call.path === "") return { status: 200, headers: pathHeaders(node) };
    const { account, container, path, request, world } = call;
    const found = await world.blobs.send(
        account,
        blobRequest(account, "HEAD", { container, path }, conditions(request.headers)),
    );
    await check(found);
    return { status: 200, headers: { ...stamp(found), ...pathHeaders(node) } };
}

/**
 * Changes neither the time of the last change nor the ETag, as recordings of the service show.
 * Source: https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/update
 */
export async function setAccessControl(call: PathCall): Promise<ServiceResponse> {
    const node = existing(call);
    const { headers } = call.request;
    const [acl, permissions] = [headers.get("x-ms-acl"), headers.get("x-ms-permissions")];
    if (acl !== undefined && permissions !== undefined) throw pathError("UnsupportedHeader");
    const found = await pathProperties(call);
    if (acl !== undefined) node.acl = parseAcl(acl, node.isDirectory);
    if (permissions !== undefined) node.acl = withPermissions(node.acl, permissions);
    node.owner = headers.get("x-ms-owner") ?? node.owner;
    node.group = headers.get("x-ms-group") ?? node.group;
    return { status: 200, headers: { ...found.headers, "x-ms-namespace-enabled": "true" } };
}

export function setAccessControlRecursive(call: PathCall): ServiceResponse {
    const node = existing(call);
    const { path, tree, request } = call;
    const most = Math.min(Number(call.query("maxRecords") ?? 2_000), 2_000);
    const start = Number(call.query("continuation") ?? 0);
    const all: [string, PathNode][] = [[path, node]];
    for (const name of tree.below(path).sort(compareTree)) {
        const below = tree.find(name);
        if (below !== undefined) all.push([name, below]);
    }
    const page = all.slice(start, start + most);
    for (const [, one] of page)
        one.acl = modified(
            one.acl,
            request.headers.get("x-ms-acl") ?? "",
            call.query("mode") ?? "",
            one.isDirectory,
        );
    const directories = page.filter(([, { isDirectory }]) => isDirectory).length;
    return {
        status: 200,
        headers: {
            "x-ms-namespace-enabled": "true",
            ...(start + most < all.length ? { "x-ms-continuation": String(start + most) } : {}),
        },
        body: {
            directoriesSuccessful: directories,
            filesSuccessful: page.length - directories,
            failureCount: 0,
            failedEntries: [],
        },
    };
}

/** Bytes wait beside the file until they are flushed. */
export async function appendToPath(call: PathCall): Promise<ServiceResponse> {
    existing(call);
    const body =
        call.request.body === undefined
            ? Buffer.alloc(0)
            : await bodyOf({ status: 200, body: call.request.body });
    const waiting = call.world.appended.get(call.key) ?? new Map<number, Buffer>();
    waiting.set(Number(call.query("position")), body);
    call.world.appended.set(call.key, waiting);
    if (call.query("flush") === "true") return flushPath(call, Number(call.query("position")) + body.length);
    return { status: 202 };
}

export async function flushPath(
    call: PathCall,
    position = Number(call.query("position")),
): Promise<ServiceResponse> {
    const { account, container, path, request, world } = call;
    existing(call);
    const found = await world.blobs.send(account, blobRequest(account, "GET", { container, path }));
    await check(found, false);
    let content = await bodyOf(found);
    for (const [at, bytes] of [...(world.appended.get(call.key) ?? [])].sort(([a], [b]) => a - b)) {
        if (at !== content.length) throw pathError("InvalidFlushPosition");
        content = Buffer.concat([content, bytes]);
    }
    if (content.length !== position) throw pathError("InvalidFlushPosition");
    const id = Buffer.from("flushed").toString("base64");
    const query = `?comp=block&blockid=${encodeURIComponent(id)}`;
    if (content.length > 0)
        await check(
            await world.blobs.send(
                account,
                blobRequest(account, "PUT", { container, path, query }, {}, content),
            ),
        );
    const kept = Object.entries(found.headers ?? {}).flatMap(([name, value]): [string, string][] => {
        if (typeof value !== "string") return [];
        if (name.toLowerCase().startsWith("x-ms-meta-")) return [[name, value]];
        return /^(cache-control|content-(type|disposition|encoding|language))$/.test(name)
            ? [[`x-ms-blob-${name}`, value]]
            : [];
    });
    const blocks = content.length > 0 ? `<Latest>${id}</Latest>` : "";
    const list = Buffer.from(`<?xml version="1.0" encoding="utf-8"?><BlockList>${blocks}</BlockList>`);
    const written = await world.blobs.send(
        account,
        blobRequest(
            account,
            "PUT",
            { container, path, query: "?comp=blocklist" },
            { ...Object.fromEntries(kept), ...setHeaders(call), ...conditions(request.headers) },
            list,
        ),
    );
    await check(written);
    world.appended.delete(call.key);
    return { status: 200, headers: stamp(written) };
}

function setHeaders({ request }: PathCall): Record<string, string> {
    const given = Object.entries(blobHeaders(request.headers, false));
    const md5 = request.headers.get("x-ms-content-md5");
    return Object.fromEntries([
        ...given.filter((entry): entry is [string, string] => entry[1] !== undefined),
        ...(md5 === undefined ? [] : [["x-ms-blob-content-md5", md5] as const]),
    ]);
}

export async function setProperties(call: PathCall): Promise<ServiceResponse> {
    const { account, container, path, request, world } = call;
    existing(call);
    const written = await world.blobs.send(
        account,
        blobRequest(
            account,
            "PUT",
            { container, path, query: "?comp=metadata" },
            {
                ...metadataHeaders(request.headers.get("x-ms-properties") ?? ""),
                ...conditions(request.headers),
            },
        ),
    );
    await check(written);
    return { status: 200, headers: stamp(written) };
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/list */
export async function listPaths(call: PathCall): Promise<ServiceResponse> {
    const { account, container, tree, world } = call;
    const directory = (call.query("directory") ?? "").split("/").filter(Boolean).join("/");
    if (tree.find(directory)?.isDirectory !== true) throw pathError("PathNotFound");
    const blobs = (await allBlobs(world.blobs, account, container)) ?? [];
    const known = new Map(blobs.map((blob) => [blob.name, blob]));
    const isRecursive = call.query("recursive") === "true";
    const names = tree
        .below(directory)
        .filter((name) => isRecursive || parentOf(name) === directory)
        .sort(compareTree);
    const start = Number(call.query("continuation") ?? 0);
    const most = Math.min(Number(call.query("maxResults") ?? 5_000), 5_000);
    const paths = names.slice(start, start + most).flatMap((name) => {
        const [node, blob] = [tree.find(name), known.get(name)];
        return node === undefined || blob === undefined ? [] : [listed(name, node, blob)];
    });
    const isLast = start + most >= names.length;
    return {
        status: 200,
        headers: isLast ? {} : { "x-ms-continuation": String(start + most) },
        body: { paths },
    };
}

function listed(name: string, node: PathNode, { xml }: ListedBlob): object {
    const element = (tag: string): string => new RegExp(`<${tag}>([^<]*)<`).exec(xml)?.[1] ?? "";
    return {
        name,
        ...(node.isDirectory ? { isDirectory: "true" } : {}),
        contentLength: element("Content-Length"),
        etag: element("Etag"),
        lastModified: element("Last-Modified"),
        owner: node.owner,
        group: node.group,
        permissions: formatPermissions(node.acl),
    };
}

function existing({ tree, path }: PathCall): PathNode {
    const node = tree.find(path);
    if (node === undefined) throw pathError("PathNotFound");
    return node;
}

/** What the blob service refuses, with the code of this endpoint. */
async function check(answer: ServiceResponse, consume = true): Promise<void> {
    if (answer.status < 300) {
        if (consume) await bodyOf(answer);
        return;
    }
    const body = (await bodyOf(answer)).toString();
    const code = headerOf(answer, "x-ms-error-code") ?? /<Code>([^<]*)/.exec(body)?.[1] ?? "ConditionNotMet";
    if (code === "ContainerNotFound") throw pathError("FilesystemNotFound");
    if (code === "BlobNotFound") throw pathError("PathNotFound");
    if (code === "BlobAlreadyExists") throw pathError("PathAlreadyExists");
    throw new StorageError(
        answer.status,
        code,
        /<Message>([^<\n]*)/.exec(body)?.[1] ?? "The request was refused.",
    );
}

function stamp(answer: ServiceResponse): Record<string, string> {
    const names = { ETag: "etag", "Last-Modified": "last-modified", "Content-Length": "" };
    return Object.fromEntries(
        Object.entries(names).flatMap(([name, from]) => {
            const value = from === "" ? undefined : headerOf(answer, from);
            return value === undefined ? [] : [[name, value]];
        }),
    );
}
