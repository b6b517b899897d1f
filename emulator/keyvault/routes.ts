/** What a request asks of the secrets of a vault. */
export type Operation =
    | "get"
    | "set"
    | "update"
    | "delete"
    | "list"
    | "listVersions"
    | "backup"
    | "restore"
    | "getDeleted"
    | "listDeleted"
    | "recover"
    | "purge";

/** A request's operation and the parts of its path. */
export interface Route {
    readonly operation: Operation;
    /** Empty where the operation is on the vault. */
    readonly name: string;
    /** Undefined: the latest. */
    readonly version: string | undefined;
}

/**
 * The operation of a request, or undefined where there is none of that method and path. Paths may have doubled and
 * trailing slashes, as the SDKs send them for the latest version.
 * Source: https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups
 */
export function routeOf(method: string, url: URL): Route | undefined {
    const [collection, name = "", third, ...rest] = url.pathname
        .split("/")
        .filter((segment) => segment !== "")
        .map(decode);
    const operation =
        rest.length > 0
            ? undefined
            : collection?.toLowerCase() === "secrets"
              ? onSecrets(method, name, third)
              : collection?.toLowerCase() === "deletedsecrets"
                ? onDeletedSecrets(method, name, third)
                : undefined;
    if (operation === undefined) return undefined;
    const takesVersion = operation === "get" || operation === "update";
    return {
        operation,
        name: operation === "restore" ? "" : name,
        version: takesVersion ? third : undefined,
    };
}

function onSecrets(method: string, name: string, third: string | undefined): Operation | undefined {
    if (name === "") return method === "GET" ? "list" : undefined;
    if (method === "POST") {
        if (third === undefined) return name === "restore" ? "restore" : undefined;
        return third === "backup" ? "backup" : undefined;
    }
    if (method === "GET") return third === "versions" ? "listVersions" : "get";
    if (method === "PATCH") return "update";
    if (third !== undefined) return undefined;
    return method === "PUT" ? "set" : method === "DELETE" ? "delete" : undefined;
}

function onDeletedSecrets(method: string, name: string, third: string | undefined): Operation | undefined {
    if (name === "") return method === "GET" ? "listDeleted" : undefined;
    if (third !== undefined) return method === "POST" && third === "recover" ? "recover" : undefined;
    return method === "GET" ? "getDeleted" : method === "DELETE" ? "purge" : undefined;
}

/** Operations that change something in the vault. */
const writes: ReadonlySet<Operation> = new Set<Operation>([
    "set",
    "update",
    "delete",
    "restore",
    "recover",
    "purge",
]);

/** Whether the request would change something; a request without an operation changes nothing. */
export function isWrite(method: string, url: URL): boolean {
    const route = routeOf(method, url);
    return route !== undefined && writes.has(route.operation);
}

function decode(segment: string): string {
    try {
        return decodeURIComponent(segment);
    } catch {
        return segment;
    }
}
