import { DataplaneError } from "../core/errors.js";
import { statusOf } from "../core/rest-error.js";
import { serviceCodeOf } from "./errors.js";

/** @param how it is otherwise than the source says. Default: by its MD5. */
export function corrupt(name: string, how = "has another MD5 than the source says"): DataplaneError {
    return new DataplaneError("Corrupt", `the content of "${name}" ${how}`, {
        item: name,
        remedy: "Run again; if it stays so, the blob's Content-MD5 at the source is wrong and must be set anew.",
    });
}

/**
 * Waits for a write whose content the service checks against the MD5 that the source has for it.
 *
 * https://learn.microsoft.com/rest/api/storageservices/put-blob#request-headers-all-blob-types (`Content-MD5`)
 *
 * @throws DataplaneError `Corrupt` where they differ.
 */
export async function unlessMismatch<T>(name: string, write: Promise<T>): Promise<T> {
    try {
        return await write;
    } catch (error) {
        throw statusOf(error) === 400 && serviceCodeOf(error) === "Md5Mismatch" ? corrupt(name) : error;
    }
}
