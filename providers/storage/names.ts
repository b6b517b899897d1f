/** A blob's place: `photos/2026/a.jpg` is the blob `2026/a.jpg` in the container `photos`. */
export interface BlobName {
    readonly container: string;
    readonly blob: string;
}

/** Containers whose names are the service's own and that people write to all the same: the static website, the root. */
const writableSystemContainers: readonly string[] = ["$web", "$root"];

export function joinName(container: string, blob: string): string {
    return `${container}/${blob}`;
}

/** Splits at the first slash: no container's name has one. */
export function splitName(name: string): BlobName {
    const slash = name.indexOf("/");
    return slash < 0
        ? { container: name, blob: "" }
        : { container: name.slice(0, slash), blob: name.slice(slash + 1) };
}

/**
 * Whether a container is the service's own (`$logs`, `$blobchangefeed`): it can't be written, and its content is about
 * the account that it is in. `$web` and `$root` hold people's files.
 */
export function isSystemContainer(name: string): boolean {
    return name.startsWith("$") && !writableSystemContainers.includes(name);
}

/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata#container-names */
export function invalidContainerName(name: string): string | undefined {
    if (writableSystemContainers.includes(name)) return undefined;
    return /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
        ? undefined
        : "a container's name has 3 to 63 characters: lower-case letters, digits and single hyphens between them";
}

/**
 * https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata#blob-names
 * and, for the dots, https://url.spec.whatwg.org/#path-state: every client takes `a/../b` for `b`.
 */
export function invalidBlobName(name: string): string | undefined {
    const { container, blob } = splitName(name);
    const invalid = invalidContainerName(container);
    if (invalid !== undefined) return invalid;
    if (blob.length < 1 || blob.length > 1024) return "a blob's name has 1 to 1,024 characters";
    const segments = blob.split("/");
    if (segments.length > 254) return "a blob's name has at most 254 path segments";
    if (segments.some((segment) => segment === "." || segment === "..")) {
        return "a path segment of a blob's name can't be `.` or `..`: it can't be addressed by a URL";
    }
    if (container === "$root" && segments.length > 1)
        return "a blob in the root container has no slash in its name";
    return undefined;
}

/** By code units, as the service lists: https://learn.microsoft.com/rest/api/storageservices/enumerating-blob-resources */
export function compareNames(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}

/** The container first: as strings, `photos-old/x` comes before `photos/x`, in a listing after it. */
export function compareBlobNames(a: string, b: string): number {
    const [left, right] = [splitName(a), splitName(b)];
    return compareNames(left.container, right.container) || compareNames(left.blob, right.blob);
}
