/** Where a file or directory is: `docs/a/b.txt` is `a/b.txt` in the share `docs`. */
export interface FilePlace {
    readonly share: string;
    /** Names of the directories on the way and of the file itself; none for the root of the share. */
    readonly path: readonly string[];
}

/** The place behind an item's name. */
export function placeOf(name: string): FilePlace {
    const [share = "", ...path] = name.split("/");
    return { share, path };
}

/** The name of the directory that a file or directory is in; undefined where that is the root of its share. */
export function parentName(name: string): string | undefined {
    const { path } = placeOf(name);
    return path.length < 2 ? undefined : name.slice(0, name.lastIndexOf("/"));
}

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-shares--directories--files--and-metadata#share-names */
export function invalidShareName(name: string): string | undefined {
    return /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
        ? undefined
        : "a share's name has 3 to 63 characters: lower-case letters, digits and single hyphens between them";
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for.
const forbidden = /["\\:|<>*?\u0000-\u001f\u007f]/;
const reserved = /^(?:lpt[1-9]|com[1-9]|prn|aux|nul|con|clock\$|\.{1,2})$/i;

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-shares--directories--files--and-metadata#directory-and-file-names */
export function invalidFileName(name: string): string | undefined {
    const { share, path } = placeOf(name);
    const invalid = invalidShareName(share);
    if (invalid !== undefined) return invalid;
    if (path.length === 0) return "a share itself is no file";
    if (path.length > 250) return "a path has at most 250 names";
    if (path.join("/").length > 2048) return "a path has at most 2,048 characters";
    for (const part of path) {
        if (part.length < 1 || part.length > 255) return "each name of a path has 1 to 255 characters";
        if (forbidden.test(part))
            return 'no name of a path has control characters or one of " \\ : | < > * ?';
        if (reserved.test(part)) return `the name ${part} is reserved`;
    }
    return undefined;
}

/**
 * The name as a share compares it: without case, one UTF-16 unit at a time, as Windows does. A text whose upper case has
 * another length, such as ß, stays: two files must never be taken for one.
 * https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-shares--directories--files--and-metadata ("case-preserving and case-insensitive")
 */
export function fileKey(name: string): string {
    const upper = name.toUpperCase();
    if (upper.length === name.length && isAscii.test(name)) return upper;
    return Array.from({ length: name.length }, (_, at) => upperUnit(name.charAt(at))).join("");
}

// eslint-disable-next-line no-control-regex -- all of ASCII is meant.
const isAscii = /^[\u0000-\u007f]*$/;

function upperUnit(unit: string): string {
    const upper = unit.toUpperCase();
    return upper.length !== 1 || (unit > "\u007f" && upper <= "\u007f") ? unit : upper;
}

/**
 * The order of our listings: directory by directory, each before what is in it. No name has a slash or a null, so with
 * nulls between the names that is the order of plain texts.
 */
export function compareFileNames(a: string, b: string): number {
    const [left, right] = [orderKey(a), orderKey(b)];
    return left < right ? -1 : left > right ? 1 : 0;
}

function orderKey(name: string): string {
    return fileKey(name).replaceAll("/", "\u0000");
}
