import type { RequiredAction } from "../operations.js";

/** What a request asks of a table service. */
export interface TableOperation {
    readonly name: string;
    /** Empty where the operation is on the service. */
    readonly table: string;
    /** All of them are needed, and of each any one is enough. */
    readonly needs: readonly (readonly RequiredAction[])[];
    /** The body is an entity, or what is merged into one. */
    readonly writes?: true;
}

const SERVICE = "Microsoft.Storage/storageAccounts/tableServices";
const TABLE = `${SERVICE}/tables`;
const ENTITY = `${TABLE}/entities`;

const action = (name: string): RequiredAction => ({ action: name, kind: "action" });
const dataAction = (name: string): RequiredAction => ({ action: name, kind: "dataAction" });
const write = dataAction(`${ENTITY}/write`);
const add = dataAction(`${ENTITY}/add/action`);
const update = dataAction(`${ENTITY}/update/action`);

/** What a request with a condition does, and one without. */
export interface Conditions {
    readonly ifMatch: string | undefined;
}

/**
 * The operation of a request, with the actions it needs. A transaction needs those of its parts.
 * Source: https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-table-service-operations
 */
export function operationOf(method: string, url: URL, { ifMatch }: Conditions): TableOperation {
    const path = decode(url.pathname.slice(1));
    const comp = (url.searchParams.get("comp") ?? "").toLowerCase();
    if (path === "$batch") return { name: "Transaction", table: "", needs: [] };
    if (path === "") return { table: "", ...onService(method) };
    const name = /^Tables(?:\('([^']*)'\))?(?:\(\))?$/.exec(path);
    if (name !== null) return onTables(method, name[1]);
    const [, table = "", keys] = /^([^(]*)(\(.*\))?$/s.exec(path) ?? [];
    if (comp === "acl") {
        return method === "PUT"
            ? { name: "SetTableAcl", table, needs: [[action(`${TABLE}/setAcl/action`)]] }
            : { name: "GetTableAcl", table, needs: [[action(`${TABLE}/getAcl/action`)]] };
    }
    if (method === "GET" || method === "HEAD") {
        return { name: "QueryEntities", table, needs: [[dataAction(`${ENTITY}/read`)]] };
    }
    if (method === "DELETE")
        return { name: "DeleteEntity", table, needs: [[dataAction(`${ENTITY}/delete`)]] };
    if (keys === undefined || keys === "()") {
        return { name: "InsertEntity", table, needs: [[write, add]], writes: true };
    }
    const needs =
        ifMatch === undefined
            ? [
                  [write, add],
                  [write, update],
              ]
            : [[write, update]];
    return { name: method === "PUT" ? "UpdateEntity" : "MergeEntity", table, needs, writes: true };
}

function onService(method: string): Omit<TableOperation, "table"> {
    return method === "PUT"
        ? { name: "SetServiceProperties", needs: [[action(`${SERVICE}/write`)]] }
        : { name: "GetServiceProperties", needs: [[action(`${SERVICE}/read`)]] };
}

function onTables(method: string, name: string | undefined): TableOperation {
    if (method === "POST") return { name: "CreateTable", table: "", needs: [[action(`${TABLE}/write`)]] };
    if (method === "DELETE") {
        return { name: "DeleteTable", table: name ?? "", needs: [[action(`${TABLE}/delete`)]] };
    }
    return { name: "QueryTables", table: "", needs: [[action(`${TABLE}/read`)]] };
}

function decode(path: string): string {
    try {
        return decodeURIComponent(path);
    } catch {
        return path;
    }
}
