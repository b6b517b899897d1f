import type { TokenCredential } from "@azure/core-auth";
import { DataplaneError } from "../core/errors.js";
import type { Item } from "../core/contract.js";
import { etagOf, headersOf, type BlobProperties } from "./blob-item.js";
import type { UploadTarget, Written } from "./blob-content.js";
import { statusOf } from "../core/rest-error.js";
import { copySourceCodeOf, serviceCodeOf } from "./errors.js";

/** https://learn.microsoft.com/rest/api/storageservices/put-blob-from-url: "up to a maximum length of 5,000 MiB". */
const maximumBytes = 5_000 * 1024 * 1024;

/** One scope for storage in all clouds: https://learn.microsoft.com/azure/storage/blobs/authorize-access-azure-active-directory#microsoft-authentication-library-msal */
const storageScope = "https://storage.azure.com/.default";

/** Where the service reads from, and with whose right. */
export interface CopySource {
    readonly url: string;
    readonly credential: TokenCredential;
    readonly item: Item;
}

/**
 * Codes with which the service says that it won't or can't read the source by itself, where this process may. Whatever
 * is wrong with the target shows again when the content goes through this process.
 * https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
 */
const refusals: ReadonlySet<string> = new Set([
    "AuthenticationFailed",
    "AuthorizationFailure",
    "AuthorizationPermissionMismatch",
    "CannotVerifyCopySource",
    "CopyAcrossAccountsNotSupported",
    "FeatureNotSupportedForAccount",
    "InvalidAuthenticationInfo",
    "InvalidHeaderValue",
    "InvalidSourceBlobType",
    "InvalidSourceBlobUrl",
    "Md5Mismatch",
    "NoAuthenticationInformation",
    "NotImplemented",
    "PublicAccessNotPermitted",
    "SourceConditionNotMet",
    "UnsupportedHeader",
]);

/**
 * Has the target's service read the blob from the source's, in one request that also sets headers, metadata, tags and
 * tier. The service checks that the source is still the one that was listed and, where that has an MD5, the content.
 *
 * @throws DataplaneError with `serviceCode` `ServerSideCopyRefused` where the service won't.
 */
export async function copyBlob(source: CopySource, target: UploadTarget): Promise<Written> {
    const { item } = source;
    if ((item.bytes ?? 0) > maximumBytes) {
        throw refused(target.name, "it is larger than the 5,000 MiB that one request can copy");
    }
    // Without any metadata in the request the service takes over the source's, with our own keys if it has them.
    const isCarried = Object.keys((item.properties as BlobProperties).metadata).length > 0;
    if (!isCarried && Object.keys(target.metadata).length === 0 && hasOwnMetadata(item)) {
        throw refused(target.name, "the source carries another replica's mark");
    }
    const token = await source.credential.getToken(storageScope, { abortSignal: target.signal });
    if (token === null) throw refused(target.name, "there is no token for the source");
    const digest = item.digest === undefined ? undefined : Buffer.from(item.digest, "base64");
    const send = (tags: Record<string, string> | undefined): Promise<Written> =>
        target.client.syncUploadFromURL(source.url, {
            sourceAuthorization: { scheme: "Bearer", value: token.token },
            sourceConditions: { ifMatch: etagOf(item.version) },
            copySourceBlobProperties: false,
            blobHTTPHeaders: headersOf(item.properties as BlobProperties, item.digest),
            metadata: target.metadata,
            conditions: target.conditions,
            abortSignal: target.signal,
            ...(digest === undefined ? {} : { sourceContentMD5: digest }),
            ...(tags === undefined ? {} : { tags }),
            ...(target.tier === undefined ? {} : { tier: target.tier }),
        });
    try {
        return await target.finish(item.digest, send);
    } catch (error) {
        if (!isRefusal(error)) throw error;
        throw refused(
            target.name,
            `the service answered ${copySourceCodeOf(error) ?? serviceCodeOf(error) ?? "an error"}`,
        );
    }
}

function isRefusal(error: unknown): boolean {
    const status = statusOf(error);
    if (status === undefined) return false;
    return (
        status === 501 || copySourceCodeOf(error) !== undefined || refusals.has(serviceCodeOf(error) ?? "")
    );
}

function hasOwnMetadata(item: Item): boolean {
    return item.owner !== undefined || item.placeholder === true;
}

/** The cause is left out: its request carries the source's token. */
export function refused(name: string, why: string): DataplaneError {
    return new DataplaneError("Unexpected", `the service does not copy "${name}" itself: ${why}`, {
        item: name,
        side: "target",
        serviceCode: "ServerSideCopyRefused",
    });
}
