import { invalidAcl } from "./errors.js";

/** One entry of an access control list. `id` is empty for the owning user, the owning group, the mask and others. */
export interface AclEntry {
    readonly isDefault: boolean;
    readonly type: "user" | "group" | "mask" | "other";
    readonly id: string;
    /** `rwx`, with `-` for what is missing. */
    readonly rights: string;
}

/** Who may do what with a path. */
export interface AccessControl {
    owner: string;
    group: string;
    acl: readonly AclEntry[];
}

/** Of each of the two lists. Source: https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-access-control#what-are-the-limits-for-azure-role-assignments-and-acl-entries */
const ENTRIES_AT_MOST = 32;
const ORDER = ["user", "group", "mask", "other"];
/** Source: https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/create#request-headers (x-ms-umask) */
const DEFAULT_UMASK = 0o027;

/**
 * Reads `[default:]user|group|mask|other:[id]:rwx,…`. Throws 400 where it is no list, lacks an entry that each list has,
 * or has too many.
 * Source: https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/update#request-headers
 */
export function parseAcl(text: string, isDirectory: boolean): AclEntry[] {
    const entries = text.split(",").map((part): AclEntry => {
        const match = /^(default:)?(user|group|mask|other):([^:,]*):([r-][w-][x-])$/.exec(part.trim());
        if (match === null) throw invalidAcl("an entry is malformed");
        const [, prefix, type = "", id = "", rights = ""] = match;
        return { isDefault: prefix !== undefined, type: type as AclEntry["type"], id, rights };
    });
    if (new Set(entries.map(keyOf)).size !== entries.length) throw invalidAcl("an entry is there twice");
    const lists = [false, true].map((isDefault) => entries.filter((entry) => entry.isDefault === isDefault));
    for (const list of lists) checkList(list);
    if (lists[0]?.length === 0) throw invalidAcl("the access list is missing");
    if (!isDirectory && lists[1]?.length !== 0) throw invalidAcl("only directories have a default list");
    return sorted(lists.flatMap(withMask));
}

function checkList(list: readonly AclEntry[]): void {
    if (list.length === 0) return;
    if (list.length > ENTRIES_AT_MOST)
        throw invalidAcl(`it has more than ${String(ENTRIES_AT_MOST)} entries`);
    for (const type of ["user", "group", "other"])
        if (!list.some((entry) => entry.type === type && entry.id === ""))
            throw invalidAcl(`the entry for ${type} is missing`);
}

/** A list that names somebody has a mask: what they may have at most. */
function withMask(list: readonly AclEntry[]): AclEntry[] {
    const first = list[0];
    const isNamed = list.some(({ id }) => id !== "");
    if (first === undefined || !isNamed || list.some(({ type }) => type === "mask")) return [...list];
    const bits = list
        .filter(({ type, id }) => id !== "" || type === "group")
        .reduce((union, { rights }) => union | bitsOf(rights), 0);
    return [...list, { isDefault: first.isDefault, type: "mask", id: "", rights: rightsOf(bits) }];
}

export function formatAcl(acl: readonly AclEntry[]): string {
    return acl
        .map(({ isDefault, type, id, rights }) => `${isDefault ? "default:" : ""}${type}:${id}:${rights}`)
        .join(",");
}

/** `rwxr-x---`, with a `+` where somebody is named or there is a default list. */
export function formatPermissions(acl: readonly AclEntry[]): string {
    const own = acl.filter(({ isDefault }) => !isDefault);
    const rights = (type: string): string | undefined =>
        own.find((entry) => entry.type === type && entry.id === "")?.rights;
    const isExtended = acl.some(({ id, isDefault }) => id !== "" || isDefault);
    const group = rights("mask") ?? rights("group") ?? "---";
    return `${rights("user") ?? "---"}${group}${rights("other") ?? "---"}${isExtended ? "+" : ""}`;
}

/** The list that nine letters or four octal digits stand for. Throws 400 for others. */
export function fromPermissions(permissions: string): AclEntry[] {
    const symbolic = /^([r-][w-][x-])([r-][w-][x-])([r-][w-][xtT-])$/.exec(permissions);
    if (symbolic !== null) {
        const [, user = "", group = "", other = ""] = symbolic;
        return basic(user, group, other.replace("t", "x").replace("T", "-"));
    }
    const octal = /^0?([0-7])([0-7])([0-7])$/.exec(permissions);
    if (octal === null) throw invalidAcl("the permissions are malformed");
    return fromMode(Number.parseInt(octal.slice(1).join(""), 8));
}

/** Sets the permissions in a list, and leaves who is named: the group's then go to the mask. */
export function withPermissions(acl: readonly AclEntry[], permissions: string): AclEntry[] {
    const wanted = fromPermissions(permissions);
    const hasMask = acl.some(({ isDefault, type }) => !isDefault && type === "mask");
    return acl.map((entry) => {
        if (entry.isDefault || entry.id !== "") return entry;
        if (entry.type === "group" && hasMask) return entry;
        const type = entry.type === "mask" ? "group" : entry.type;
        return { ...entry, rights: wanted.find((one) => one.type === type)?.rights ?? entry.rights };
    });
}

/**
 * What a new path gets: of its parent's default list where there is one, else all less the umask.
 * Source: https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-access-control#default-permissions-on-new-files-and-directories
 */
export function inherited(
    parent: readonly AclEntry[],
    isDirectory: boolean,
    { permissions, umask = DEFAULT_UMASK }: { permissions?: string | undefined; umask?: number | undefined },
): AclEntry[] {
    const defaults = parent.filter(({ isDefault }) => isDefault);
    const all = isDirectory ? 0o777 : 0o666;
    const mode = permissions === undefined ? all : modeOf(fromPermissions(permissions));
    if (defaults.length === 0) return fromMode(mode & ~umask);
    const access = defaults.map((entry): AclEntry => ({ ...entry, isDefault: false }));
    const hasMask = access.some(({ type }) => type === "mask");
    const limits: Record<string, number> = {
        user: mode >> 6,
        [hasMask ? "mask" : "group"]: mode >> 3,
        other: mode,
    };
    const limited = access.map((entry) => {
        const limit = entry.id === "" ? limits[entry.type] : undefined;
        return limit === undefined ? entry : { ...entry, rights: rightsOf(bitsOf(entry.rights) & limit & 7) };
    });
    return sorted([...limited, ...(isDirectory ? defaults : [])]);
}

/** Recursive changes: entries are added or replaced, or taken away. */
export function modified(
    acl: readonly AclEntry[],
    changes: string,
    mode: string,
    isDirectory: boolean,
): AclEntry[] {
    const parts = changes.split(",").filter((part) => isDirectory || !part.startsWith("default:"));
    if (mode === "set") return parseAcl(parts.join(","), isDirectory);
    const given = parts.map((part) => (mode === "remove" ? `${part.replace(/:$/, "")}:---` : part));
    const entries = given.map((part) => {
        const match = /^(default:)?(user|group|mask|other):([^:,]*):([r-][w-][x-])$/.exec(part);
        if (match === null) throw invalidAcl("an entry is malformed");
        const [, prefix, type = "", id = "", rights = ""] = match;
        return { isDefault: prefix !== undefined, type: type as AclEntry["type"], id, rights };
    });
    const keys = new Set(entries.map(keyOf));
    const kept = acl.filter((entry) => !keys.has(keyOf(entry)));
    return parseAcl(formatAcl(mode === "remove" ? kept : [...kept, ...entries]), isDirectory);
}

function fromMode(mode: number): AclEntry[] {
    return basic(rightsOf(mode >> 6), rightsOf(mode >> 3), rightsOf(mode));
}

function basic(user: string, group: string, other: string): AclEntry[] {
    return [
        { isDefault: false, type: "user", id: "", rights: user },
        { isDefault: false, type: "group", id: "", rights: group },
        { isDefault: false, type: "other", id: "", rights: other },
    ];
}

function modeOf(acl: readonly AclEntry[]): number {
    return acl.reduce((mode, { rights }) => (mode << 3) | bitsOf(rights), 0);
}

function bitsOf(rights: string): number {
    return ["r", "w", "x"].reduce((bits, letter) => (bits << 1) | (rights.includes(letter) ? 1 : 0), 0);
}

function rightsOf(bits: number): string {
    return `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${bits & 1 ? "x" : "-"}`;
}

function keyOf({ isDefault, type, id }: AclEntry): string {
    return `${String(isDefault)} ${type} ${id}`;
}

function sorted(entries: readonly AclEntry[]): AclEntry[] {
    const rank = ({ isDefault, type, id }: AclEntry): string =>
        `${String(Number(isDefault))}${String(ORDER.indexOf(type))}${id}`;
    return [...entries].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}
