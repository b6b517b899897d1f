import { StorageError } from "../errors.js";

/**
 * Errors of Azure Files.
 * Sources: https://learn.microsoft.com/rest/api/storageservices/file-service-error-codes and
 * https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
 */
const table = {
    ConditionHeadersNotSupported: [400, "Condition headers are not supported."],
    CannotDeleteFileOrDirectory: [
        409,
        "The file or directory could not be deleted because it is in use by an SMB client.",
    ],
    Crc64Mismatch: [
        400,
        "The CRC64 value specified in the request did not match the CRC64 value calculated by the server.",
    ],
    DirectoryNotEmpty: [409, "The specified directory is not empty."],
    FeatureVersionMismatch: [
        400,
        "Operation to access a resource on this file share requires a newer version.",
    ],
    FileInvalidPermission: [400, "The specified file permission is not valid."],
    FileInvalidPermissionKey: [400, "The specified file permission key does not exist in the share."],
    FileOAuthManagementApiRestrictedToSrp: [
        409,
        "This API does not support bearer tokens. For OAuth, use the Storage Resource Provider APIs instead. " +
            "Learn more: https://aka.ms/azurefiles/restapi.",
    ],
    InvalidFileOrDirectoryPathName: [400, "File or directory path is too long."],
    InvalidHeaderValue: [400, "The value for one of the HTTP headers is not in the correct format."],
    InvalidInput: [400, "One of the request inputs is not valid."],
    InvalidQueryParameterValue: [
        400,
        "Value for one of the query parameters specified in the request URI is invalid.",
    ],
    InvalidRange: [416, "The range specified is invalid for the current size of the resource."],
    InvalidResourceName: [400, "The specified resource name contains invalid characters."],
    InvalidUri: [400, "The requested URI does not represent any resource on the server."],
    InvalidXmlDocument: [400, "XML specified is not syntactically valid."],
    LeaseAlreadyBroken: [409, "The lease has already been broken and cannot be broken again."],
    LeaseAlreadyPresent: [409, "There is already a lease present."],
    LeaseIdMismatchWithFileOperation: [
        412,
        "The lease ID specified did not match the lease ID for the file.",
    ],
    LeaseIdMismatchWithShareOperation: [
        412,
        "The lease ID specified did not match the lease ID for the file share.",
    ],
    LeaseIdMismatchWithLeaseOperation: [
        409,
        "The lease ID specified did not match the lease ID for the resource with the specified lease operation.",
    ],
    LeaseIdMissing: [
        412,
        "There is currently a lease on the resource and no lease ID was specified in the request.",
    ],
    LeaseIsBreakingAndCannotBeAcquired: [
        409,
        "The lease ID matched, but the lease is currently in breaking state and cannot be acquired until it is broken.",
    ],
    LeaseIsBrokenAndCannotBeRenewed: [409, "The lease ID matched, but the lease has been broken."],
    LeaseNotPresentWithFileOperation: [412, "There is currently no lease on the file."],
    LeaseNotPresentWithShareOperation: [412, "There is currently no lease on the file share."],
    LeaseNotPresentWithLeaseOperation: [409, "There is currently no lease on the resource."],
    Md5Mismatch: [
        400,
        "The MD5 value specified in the request did not match the MD5 value calculated by the server.",
    ],
    MissingRequiredHeader: [400, "An HTTP header that's mandatory for this request is not specified."],
    NoPendingCopyOperation: [409, "There is currently no pending copy operation."],
    NotModelled: [501, "The local Azure does not model this. See its README."],
    OutOfRangeQueryParameterValue: [
        400,
        "One of the query parameters specified in the request URI is outside the permissible range.",
    ],
    ParentNotFound: [404, "The specified parent path does not exist."],
    ReadOnlyAttribute: [409, "The specified resource is read-only and cannot be modified at this time."],
    RequestBodyTooLarge: [413, "The request body is too large and exceeds the maximum permissible limit."],
    ResourceAlreadyExists: [409, "The specified resource already exists."],
    ResourceNotFound: [404, "The specified resource does not exist."],
    ResourceTypeMismatch: [
        409,
        "The specified resource type does not match the type of the existing resource.",
    ],
    ShareAlreadyExists: [409, "The specified share already exists."],
    ShareBeingDeleted: [409, "The specified share is being deleted. Try operation later."],
    ShareHasSnapshots: [409, "The share has snapshots and the operation requires no snapshots."],
    ShareNotFound: [404, "The specified share does not exist."],
    ShareSizeLimitReached: [403, "The specified share has reached its size limit."],
    ShareSnapshotCountExceeded: [409, "The total number of snapshots for the share is over the limit."],
    ShareSnapshotNotFound: [404, "The specified share snapshot does not exist."],
    ShareSnapshotOperationNotSupported: [400, "The operation is not supported on a share snapshot."],
    SharingViolation: [409, "The specified resource may be in use by an SMB client."],
    SourceConditionNotMet: [
        412,
        "The source condition specified using HTTP conditional header(s) is not met.",
    ],
    UnsupportedHttpVerb: [405, "The resource doesn't support specified Http Verb."],
} as const satisfies Record<string, readonly [number, string]>;

/** The code of an error. */
export type FilesErrorCode = keyof typeof table;

/** An error by its code; `detail` names what it is about: a header, a parameter. */
export function filesError(code: FilesErrorCode, detail?: string): StorageError {
    const [status, message] = table[code];
    return new StorageError(status, code, detail === undefined ? message : `${message} (${detail})`);
}
