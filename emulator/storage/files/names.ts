import { filesError } from "./errors.js";

/** Source: https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-shares--directories--files--and-metadata */
const SHARE = /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for.
const FORBIDDEN = /["\\/:|<>*?\u0000-\u001f\u007f]/;
const RESERVED = /^(?:lpt[1-9]|com[1-9]|prn|aux|nul|con|clock\$|\.|\.\.)$/i;
const MAXIMUM_NAME = 255;
const MAXIMUM_PATH = 2048;
const MAXIMUM_DEPTH = 250;

/** Where a request points: a share and a path in it. */
export interface Place {
    /** Empty: the service. */
    readonly share: string;
    /** Empty: the share, or its root directory. */
    readonly path: readonly string[];
}

/**
 * Of a URL. A dot at a name's end is dropped unless `keepTrailingDots`, as `x-ms-allow-trailing-dot` says. Throws 400
 * where it does not decode.
 */
export function placeOf(url: URL, keepTrailingDots: boolean): Place {
    // Some clients, AzCopy among them, encode the slashes as well.
    const segments = decode(url.pathname).split("/");
    const [share = "", ...path] = segments.filter((segment) => segment !== "");
    return { share, path: keepTrailingDots ? path : path.map((name) => name.replace(/\.+$/, "")) };
}

/** Throws 400 where a new share may not be called so. */
export function checkShareName(name: string): void {
    if (!SHARE.test(name)) throw filesError("InvalidResourceName");
}

/** Throws 400 where no file or directory can have that path. */
export function checkPath(path: readonly string[]): void {
    for (const name of path) {
        if (name === "" || FORBIDDEN.test(name) || RESERVED.test(name))
            throw filesError("InvalidResourceName");
        if (name.length > MAXIMUM_NAME) throw filesError("InvalidResourceName");
    }
    if (path.join("/").length > MAXIMUM_PATH) throw filesError("InvalidFileOrDirectoryPathName");
    if (path.length > MAXIMUM_DEPTH) throw filesError("InvalidFileOrDirectoryPathName");
}

function decode(path: string): string {
    try {
        return decodeURIComponent(path);
    } catch {
        throw filesError("InvalidUri");
    }
}
