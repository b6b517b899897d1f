import type { HeaderList } from "./blob-request.js";

/** An action and how roles list it: containers are among `actions`, blobs among `dataActions`. */
export interface RequiredAction {
    readonly action: string;
    readonly kind: "action" | "dataAction";
}

/** An operation that adds a part to a blob, read from another one. */
export type PartFromUrl = "putBlockFromUrl" | "appendBlockFromUrl" | "putPageFromUrl";

/** What a request asks of a blob service. */
export interface BlobOperation {
    readonly name: string;
    /** Empty where the operation is on the service. */
    readonly container: string;
    /** Empty where the operation is on a container or the service. */
    readonly blob: string;
    /** All of them are needed, and of each any one is enough. */
    readonly needs: readonly (readonly RequiredAction[])[];
    /** How the operation takes the content or the whole of a blob from elsewhere. */
    readonly copies?: "putBlobFromUrl" | PartFromUrl | "copyFromUrl" | "copy";
}

const SERVICE = "Microsoft.Storage/storageAccounts/blobServices";
const CONTAINER = `${SERVICE}/containers`;
const BLOB = `${CONTAINER}/blobs`;

const action = (name: string): RequiredAction => ({ action: name, kind: "action" });
const dataAction = (name: string): RequiredAction => ({ action: name, kind: "dataAction" });

const readBlob = [dataAction(`${BLOB}/read`)];
const writeBlob = [dataAction(`${BLOB}/write`)];
const readTags = [dataAction(`${BLOB}/tags/read`)];
const writeTags = [dataAction(`${BLOB}/tags/write`)];
const protectBlob = [dataAction(`${BLOB}/immutableStorage/runAsSuperUser/action`)];
const filterBlobs = [dataAction(`${BLOB}/filter/action`)];
const deleteBlob = [dataAction(`${BLOB}/delete`)];
/** `add` is enough for a blob that is not there yet; see `authorization.ts`. */
const writeOrAddBlob = [dataAction(`${BLOB}/write`), dataAction(`${BLOB}/add/action`)];
const readContainer = [action(`${CONTAINER}/read`)];
const writeContainer = [action(`${CONTAINER}/write`)];

/** Needed to read the source of a copy within one account. */
export const readSource: readonly (readonly RequiredAction[])[] = [readBlob];

/**
 * The operation of a request, with the actions it needs.
 * Source: https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-blob-service-operations
 */
export function operationOf(method: string, url: URL, headers: HeaderList): BlobOperation {
    const [container = "", ...rest] = url.pathname.slice(1).split("/").map(decode);
    const blob = rest.join("/");
    const parameters = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
    const comp = (parameters.get("comp") ?? "").toLowerCase();
    const place = { container, blob };
    if (container === "") return { ...place, ...onService(method, comp, parameters.get("restype") ?? "") };
    if (blob === "") return { ...place, ...onContainer(method, comp, parameters.get("include") ?? "") };
    return { ...place, ...onBlob(method, comp, headers) };
}

type Described = Pick<BlobOperation, "name" | "needs" | "copies">;

function onService(method: string, comp: string, restype: string): Described {
    if (comp === "list") return { name: "ListContainers", needs: [readContainer] };
    if (comp === "userdelegationkey") {
        return {
            name: "GetUserDelegationKey",
            needs: [[action(`${SERVICE}/generateUserDelegationKey/action`)]],
        };
    }
    if (comp === "blobs") return { name: "FindBlobsByTags", needs: [filterBlobs] };
    if (comp === "batch") return { name: "Batch", needs: [writeContainer] };
    if (restype === "account")
        return { name: "GetAccountInformation", needs: [[action(`${SERVICE}/getInfo/action`)]] };
    if (method === "PUT") return { name: "SetServiceProperties", needs: [[action(`${SERVICE}/write`)]] };
    return { name: "GetServiceProperties", needs: [[action(`${SERVICE}/read`)]] };
}

function onContainer(method: string, comp: string, include: string): Described {
    if (comp === "acl") {
        return method === "PUT"
            ? { name: "SetContainerAcl", needs: [[action(`${CONTAINER}/setAcl/action`)]] }
            : { name: "GetContainerAcl", needs: [[action(`${CONTAINER}/getAcl/action`)]] };
    }
    if (comp === "blobs") return { name: "FindBlobsByTags", needs: [filterBlobs] };
    if (comp === "batch") return { name: "Batch", needs: [writeContainer] };
    if (comp === "list") {
        const withTags = include.toLowerCase().split(",").includes("tags");
        return { name: "ListBlobs", needs: withTags ? [readBlob, readTags] : [readBlob] };
    }
    if (method === "DELETE") return { name: "DeleteContainer", needs: [[action(`${CONTAINER}/delete`)]] };
    if (method === "PUT") {
        return { name: comp === "" ? "CreateContainer" : `Container.${comp}`, needs: [writeContainer] };
    }
    return { name: "GetContainerProperties", needs: [readContainer] };
}

function onBlob(method: string, comp: string, headers: HeaderList): Described {
    if (comp === "tags") {
        return method === "PUT"
            ? { name: "SetTags", needs: [writeTags] }
            : { name: "GetTags", needs: [readTags] };
    }
    if (method === "GET" || method === "HEAD") return { name: "GetBlob", needs: [readBlob] };
    if (method === "POST") return { name: "QueryBlob", needs: [readBlob] };
    if (method === "DELETE") {
        return comp === "immutabilitypolicies"
            ? { name: comp, needs: [protectBlob] }
            : { name: "DeleteBlob", needs: [deleteBlob] };
    }
    const copies = copyOf(comp, headers);
    const tags = setsTags(headers) ? [writeTags] : [];
    const protection = setsProtection(headers) ? [protectBlob] : [];
    if (comp === "immutabilitypolicies" || comp === "legalhold") {
        return { name: comp, needs: [protectBlob] };
    }
    if (comp === "") {
        return {
            name: copies ?? "PutBlob",
            needs: [writeOrAddBlob, ...tags, ...protection],
            ...(copies === undefined ? {} : { copies }),
        };
    }
    if (comp === "snapshot" || comp === "appendblock") {
        return { name: comp, needs: [writeOrAddBlob], ...(copies === undefined ? {} : { copies }) };
    }
    if (comp === "undelete") return { name: comp, needs: [writeContainer] };
    return {
        name: comp,
        needs: [writeBlob, ...tags, ...protection],
        ...(copies === undefined ? {} : { copies }),
    };
}

function copyOf(comp: string, headers: HeaderList): BlobOperation["copies"] {
    if (headers.get("x-ms-copy-source") === undefined) return undefined;
    const parts: Record<string, PartFromUrl> = {
        block: "putBlockFromUrl",
        appendblock: "appendBlockFromUrl",
        page: "putPageFromUrl",
    };
    const part = parts[comp];
    if (part !== undefined) return part;
    if (comp !== "") return undefined;
    if (headers.get("x-ms-blob-type") !== undefined) return "putBlobFromUrl";
    return headers.get("x-ms-requires-sync")?.toLowerCase() === "true" ? "copyFromUrl" : "copy";
}

/** A policy or a hold that comes with the content takes the same right as one that comes afterwards. */
function setsProtection(headers: HeaderList): boolean {
    return (
        headers.withPrefix("x-ms-immutability-policy-").length > 0 ||
        headers.get("x-ms-legal-hold") === "true"
    );
}

function setsTags(headers: HeaderList): boolean {
    return headers.get("x-ms-tags") !== undefined || headers.get("x-ms-copy-source-tag-option") === "COPY";
}

/**
 * Whether a request would change something. A user delegation key is made of the account's secrets and leaves no
 * trace; a query reads.
 */
export function isWrite(method: string, url: URL): boolean {
    if (method === "PUT" || method === "DELETE") return true;
    return method === "POST" && url.searchParams.get("comp")?.toLowerCase() === "batch";
}

function decode(segment: string): string {
    try {
        return decodeURIComponent(segment);
    } catch {
        return segment;
    }
}
