import { createHash } from "node:crypto";
import type { Item, Loss } from "../../core/contract.js";
import { canonicalJson, type Json } from "../../core/json.js";

/**
 * Who may do what with a directory or file: the object IDs of its owner and group, where they are to be what they are at
 * the source, and `[default:]user|group|mask|other:[id]:rwx,…`, in one order.
 * https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-access-control
 */
export interface AccessControl extends Record<string, Json> {
    owner?: string;
    group?: string;
    acl: string;
}

/** One entry of a list. `id` is empty for the owning user, the owning group, the mask and others. */
export interface AclEntry {
    readonly isDefault: boolean;
    readonly type: string;
    readonly id: string;
    /** `rwx`, with `-` for what is missing. */
    readonly rights: string;
}

/** What listings and answers tell of it. */
export interface AccessFacts {
    readonly owner?: string | undefined;
    readonly group?: string | undefined;
    readonly permissions?: string | undefined;
    readonly acl?: string | undefined;
}

/** Not a principal: whoever has the account's key. It is the same in all accounts. */
const superuser = "$superuser";
const types = ["user", "group", "mask", "other"];

/** Undefined where the answer does not tell. */
export function accessOf({ owner, group, acl }: AccessFacts): AccessControl | undefined {
    if (acl === undefined || acl === "") return undefined;
    return {
        acl: formatAcl(parseAcl(acl)),
        ...(owner === undefined ? {} : { owner }),
        ...(group === undefined ? {} : { group }),
    };
}

/** What answers about one path tell of it, beside what a blob has. */
export interface PathFacts {
    readonly isDirectory: boolean;
    readonly access: AccessFacts;
}

/** https://learn.microsoft.com/rest/api/storageservices/get-blob-properties#response-headers */
export function pathFacts(answer: Answered, withAccess: boolean): PathFacts {
    const header = (name: string): string | undefined => answer._response.headers.get(name);
    return {
        isDirectory: header("x-ms-resource-type") === "directory",
        access: withAccess
            ? {
                  owner: header("x-ms-owner"),
                  group: header("x-ms-group"),
                  permissions: header("x-ms-permissions"),
                  acl: header("x-ms-acl"),
              }
            : {},
    };
}

/** An answer of the SDK. */
interface Answered {
    readonly _response: { readonly headers: { get(name: string): string | undefined } };
}

export function parseAcl(acl: string): AclEntry[] {
    return acl.split(",").map((text) => {
        const parts = text.split(":");
        const isDefault = parts[0] === "default";
        const [type = "", id = "", rights = ""] = isDefault ? parts.slice(1) : parts;
        return { isDefault, type, id, rights };
    });
}

function formatAcl(entries: readonly AclEntry[]): string {
    const rank = ({ isDefault, type, id }: AclEntry): string =>
        `${String(Number(isDefault))}${String(types.indexOf(type))}${id}`;
    return entries
        .map((entry) => [rank(entry), entry] as const)
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([, { isDefault, type, id, rights }]) => `${isDefault ? "default:" : ""}${type}:${id}:${rights}`)
        .join(",");
}

/** A short hash for a version: access control changes without the ETag. */
export function accessVersion(access: AccessControl | undefined): string | undefined {
    if (access === undefined) return undefined;
    return `@${createHash("sha256").update(canonicalJson(access)).digest("hex").slice(0, 8)}`;
}

export function sameAccess(a: AccessControl | undefined, b: AccessControl | undefined): boolean {
    return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

/** Whose IDs mean the same at both sides. */
export interface Principals {
    /** The target's ID for each of the source's. */
    readonly map: Readonly<Record<string, string>>;
    /** Both accounts are in one tenant: IDs that are not mapped are good as they are. */
    readonly sameTenant: boolean;
}

/**
 * What a path's access control is to be at the target. Entries for principals that the target's tenant does not know are
 * left out; so are owner and group, which then stay what they are.
 *
 * @returns also the IDs that were left out.
 */
export function translate(
    access: AccessControl,
    { map, sameTenant }: Principals,
): { access: AccessControl; unknown: string[] } {
    const unknown = new Set<string>();
    const translated = (id: string | undefined): string | undefined => {
        if (id === undefined || id === superuser) return id;
        const known = Object.hasOwn(map, id) ? map[id] : sameTenant ? id : undefined;
        if (known === undefined) unknown.add(id);
        return known;
    };
    const entries = parseAcl(access.acl).flatMap((entry) => {
        if (entry.id === "") return [entry];
        const id = translated(entry.id);
        return id === undefined ? [] : [{ ...entry, id }];
    });
    const [owner, group] = [translated(access.owner), translated(access.group)];
    return {
        access: {
            acl: formatAcl(entries),
            ...(owner === undefined ? {} : { owner }),
            ...(group === undefined ? {} : { group }),
        },
        unknown: [...unknown],
    };
}

export const accessLossName = "access control";

/** Names principals that are not mapped. */
export function unknownPrincipals(item: string, ids: readonly string[]): Loss {
    return {
        item,
        what: accessLossName,
        reason: `its owner, group or access control list names principals of another tenant: ${ids.join(", ")}`,
        remedy: "give the target's object IDs for them with the option principals",
    };
}

export function unsettable(item: string): Loss {
    return {
        item,
        what: accessLossName,
        reason: "its owner, group and access control list may not be set at the target",
        remedy: "assign Storage Blob Data Owner, or set the option accessControl to false",
    };
}

export function flatTarget(item: string): Loss {
    return {
        item,
        what: accessLossName,
        reason: "the target is not known to have a hierarchical namespace, so its paths have no access control",
        remedy:
            "name a target with a hierarchical namespace by its ARM resource ID or its dfs URL, or set the option " +
            "accessControl to false",
    };
}

/** It stands in no list, so a list can't bring it. */
export function stickyLoss(item: string, { permissions }: AccessFacts): Loss[] {
    if (permissions === undefined || !/[tT]\+?$/.test(permissions)) return [];
    return [
        {
            item,
            what: "sticky bit",
            reason: "its sticky bit can't be set together with an access control list",
            remedy: "set it at the target",
        },
    ];
}

/** The access control of an item that may have one. */
export function accessIn(item: Pick<Item, "properties"> | undefined): AccessControl | undefined {
    return item?.properties.access as AccessControl | undefined;
}

/** The item without it, as the plain store of blobs knows it. */
export function withoutAccess(item: Item): Item {
    if (item.properties.access === undefined) return item;
    const { access: _access, ...properties } = item.properties;
    return { ...item, properties };
}

export function withAccess(item: Item, access: AccessControl | undefined): Item {
    const plain = withoutAccess(item);
    return access === undefined ? plain : { ...plain, properties: { ...plain.properties, access } };
}

/** Sets a whole list: twice is as good as once. */
export function setsAccess(method: string, url: URL): boolean {
    return method === "PATCH" && url.searchParams.get("action") === "setAccessControl";
}
