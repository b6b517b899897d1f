import type { ServiceResponse } from "../../contract.js";
import { StorageError } from "../errors.js";

/** Codes and messages: https://learn.microsoft.com/rest/api/storageservices/data-lake-storage-gen2-error-codes */
const known = {
    PathNotFound: [404, "The specified path does not exist."],
    FilesystemNotFound: [404, "The specified filesystem does not exist."],
    SourcePathNotFound: [404, "The source path for a rename operation does not exist."],
    RenameDestinationParentPathNotFound: [
        404,
        "The parent directory of the destination path does not exist.",
    ],
    PathAlreadyExists: [409, "The specified path already exists."],
    DirectoryNotEmpty: [
        409,
        "The recursive query parameter value must be true to delete a non-empty directory.",
    ],
    InvalidDestinationPath: [
        409,
        "The specified path, or an element of the path, exists and its resource type is invalid for this operation.",
    ],
    InvalidRenameSourcePath: [
        409,
        "The source directory cannot be the same as the destination directory, nor can the destination be a subdirectory of the source directory.",
    ],
    InvalidFlushPosition: [
        400,
        "The uploaded data is not contiguous or the position query parameter value is not equal to the length of the file after appending the uploaded data.",
    ],
    UnsupportedHeader: [400, "One of the headers specified in the request is not supported."],
    InvalidQueryParameterValue: [
        400,
        "Value for one of the query parameters specified in the request URI is invalid.",
    ],
    HierarchicalNamespaceNotEnabled: [
        400,
        "This operation is only supported on a hierarchical namespace account.",
    ],
} as const;

/** A refusal with the code that the service has for it. */
export function pathError(code: keyof typeof known): StorageError {
    const [status, message] = known[code];
    return new StorageError(status, code, message);
}

/** Which code the service has for a list that it does not take is not documented. */
export function invalidAcl(why: string): StorageError {
    return new StorageError(400, "InvalidInput", `The access control list value is invalid: ${why}.`);
}

/** What the Blob API can't do with a hierarchical namespace. */
export function notSupported(): StorageError {
    return new StorageError(
        409,
        "FeatureNotYetSupportedForHierarchicalNamespaceAccounts",
        "Specified feature is not yet supported for hierarchical namespace accounts.",
    );
}

/** Errors of this endpoint are JSON. */
export function toJsonResponse(error: StorageError, requestId: string, now: number): ServiceResponse {
    const { status, headers } = error.toResponse(requestId, now);
    const message = `${error.message}\nRequestId:${requestId}\nTime:${new Date(now).toISOString()}`;
    return {
        status,
        headers: { ...headers, "content-type": "application/json;charset=utf-8" },
        body: { error: { code: error.code, message } },
    };
}
