import type { ServiceResponse } from "../contract.js";

/**
 * An answer that is not a success, in the service's own shape: an XML body and `x-ms-error-code`.
 * Source: https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2
 */
export class StorageError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
        private readonly options: { detail?: string; headers?: Record<string, string> } = {},
    ) {
        super(message);
        this.name = "StorageError";
    }

    toResponse(requestId: string, now: number): ServiceResponse {
        const { detail, headers } = this.options;
        const message = `${this.message}\nRequestId:${requestId}\nTime:${new Date(now).toISOString()}`;
        const detailElement =
            detail === undefined
                ? ""
                : `<AuthenticationErrorDetail>${escapeXml(detail)}</AuthenticationErrorDetail>`;
        return {
            status: this.status,
            headers: { "content-type": "application/xml", "x-ms-error-code": this.code, ...headers },
            body:
                '\uFEFF<?xml version="1.0" encoding="utf-8"?>' +
                `<Error><Code>${this.code}</Code><Message>${escapeXml(message)}</Message>${detailElement}</Error>`,
        };
    }
}

/** Text as it stands in an XML element or attribute. */
export function escapeXml(text: string): string {
    return text.replace(/[&<>"]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}

/** 403: the account's network rules keep the caller out. */
export function networkRefused(): StorageError {
    return new StorageError(
        403,
        "AuthorizationFailure",
        "This request is not authorized to perform this operation.",
    );
}

/** 403: no role assignment of the caller has the action. */
export function permissionMismatch(): StorageError {
    return new StorageError(
        403,
        "AuthorizationPermissionMismatch",
        "This request is not authorized to perform this operation using this permission.",
    );
}

/** 403: a signature that is not the one of the account's keys. The signature itself is never repeated. */
export function authenticationFailed(detail?: string): StorageError {
    return new StorageError(
        403,
        "AuthenticationFailed",
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly " +
            "including the signature.",
        detail === undefined ? {} : { detail },
    );
}

/** 403: the account takes no keys, nor signatures made with them. */
export function keysNotPermitted(): StorageError {
    return new StorageError(
        403,
        "KeyBasedAuthenticationNotPermitted",
        "Key based authentication is not permitted on this storage account.",
    );
}

/** 409: the account has no public data. */
export function publicAccessNotPermitted(): StorageError {
    return new StorageError(
        409,
        "PublicAccessNotPermitted",
        "Public access is not permitted on this storage account.",
    );
}

/**
 * 401 with the challenge that names the tenant of the account.
 * Source: https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#bearer-challenge
 */
export function challenge(tenantId: string, code: string, detail?: string): StorageError {
    return new StorageError(
        401,
        code,
        "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
        {
            ...(detail === undefined ? {} : { detail }),
            headers: {
                "WWW-Authenticate":
                    `Bearer authorization_uri=https://login.microsoftonline.com/${tenantId}/oauth2/authorize ` +
                    "resource_id=https://storage.azure.com",
            },
        },
    );
}

/**
 * The copy's source answered with a failure: its status and message under this code, its own code beside it.
 * Source: https://learn.microsoft.com/rest/api/storageservices/put-blob-from-url#response-headers
 */
export function cannotVerifyCopySource(status: number, message: string, sourceCode: string): StorageError {
    return new StorageError(status, "CannotVerifyCopySource", message, {
        headers: {
            "x-ms-copy-source-status-code": String(status),
            "x-ms-copy-source-error-code": sourceCode,
        },
    });
}

/** 409: the blob is in the archive. */
export function archived(): StorageError {
    return new StorageError(409, "BlobArchived", "This operation is not permitted on an archived blob.");
}

/** 400: a header that the service does not take. */
export function invalidHeader(name: string): StorageError {
    return new StorageError(
        400,
        "InvalidHeaderValue",
        `The value for one of the HTTP headers is not in the correct format. (${name})`,
    );
}
