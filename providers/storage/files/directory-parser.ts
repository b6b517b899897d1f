import { XmlScanner } from "../xml-scanner.js";

/** A file or directory of a listing, in the service's own texts. */
export interface ListedEntry {
    readonly type: "file" | "directory";
    readonly name: string;
    readonly bytes: number;
    readonly etag: string | undefined;
    readonly lastModified: Date | undefined;
    /** `Archive | Hidden`. */
    readonly attributes: string;
    /** ISO 8601 with seven digits of a second. */
    readonly creationTime: string;
    readonly lastWriteTime: string;
    readonly changeTime: string;
    /** Of the security descriptor, good in its share alone. */
    readonly permissionKey: string | undefined;
}

/** A page of a listing of one directory. */
export interface DirectoryPage {
    readonly entries: readonly ListedEntry[];
    /** Where the next page begins; undefined at the end. */
    readonly next: string | undefined;
}

const root = "EnumerationResults";

/**
 * Reads the answer to List Directories and Files.
 * https://learn.microsoft.com/rest/api/storageservices/list-directories-and-files#response-body
 *
 * @throws Error where the answer is no listing or breaks off.
 */
export function parseDirectory(xml: string): DirectoryPage {
    const scanner = new XmlScanner(xml);
    const entries: ListedEntry[] = [];
    let next = "";
    if (scanner.open("") !== root) throw new Error("the answer to List Directories and Files is no listing");
    scanner.children(root, (part) => {
        if (part === "NextMarker") next = scanner.text(part);
        else if (part === "Entries") {
            scanner.children(part, (entry) => {
                entries.push(toEntry(entry, readMembers(scanner, entry)));
            });
        } else scanner.skip(part);
    });
    scanner.end();
    return { entries, next: next === "" ? undefined : next };
}

/** All of an entry by name: its properties are one level further down than the rest. */
function readMembers(scanner: XmlScanner, entry: string): Map<string, string> {
    const members = new Map<string, string>();
    scanner.children(entry, (member) => {
        if (member === "Properties") {
            scanner.children(member, (property) => {
                members.set(property, scanner.text(property));
            });
            return;
        }
        const isEncoded = scanner.attributes.includes('Encoded="true"');
        const text = scanner.text(member);
        members.set(member, isEncoded ? decodeURIComponent(text) : text);
    });
    return members;
}

function toEntry(element: string, members: ReadonlyMap<string, string>): ListedEntry {
    const modified = members.get("Last-Modified");
    return {
        type: element === "Directory" ? "directory" : "file",
        name: members.get("Name") ?? "",
        bytes: Number(members.get("Content-Length") ?? "0"),
        etag: members.get("Etag"),
        lastModified: modified === undefined ? undefined : new Date(modified),
        attributes: members.get("Attributes") ?? "",
        creationTime: members.get("CreationTime") ?? "",
        lastWriteTime: members.get("LastWriteTime") ?? "",
        changeTime: members.get("ChangeTime") ?? "",
        permissionKey: members.get("PermissionKey"),
    };
}
