import type { ArmRecord, Platform, Principal } from "../../contract.js";
import { checkKey, signIn } from "../authorization.js";
import { allowsKeys } from "../accounts.js";
import type { BlobRequest } from "../blob-request.js";
import { authenticationFailed, challenge, keysNotPermitted, permissionMismatch } from "../errors.js";
import type { RequiredAction } from "../operations.js";
import { filesError } from "./errors.js";
import type { Place } from "./names.js";
import type { FileOperation } from "./operations.js";
import { checkSignature } from "./signatures.js";
import type { AccountFiles } from "./state.js";

/** Tokens open files and directories from this version on. Source: https://learn.microsoft.com/azure/storage/files/authorize-oauth-rest */
const TOKENS_SINCE = "2022-11-02";
/**
 * And the service and its shares from this one on.
 * Source: https://github.com/MicrosoftDocs/azure-docs/blob/main/articles/storage/files/authorize-oauth-rest.md#limitations
 */
const TOKENS_FOR_SHARES_SINCE = "2024-11-04";

/** What is asked for, and where. */
export interface Asked {
    readonly operation: FileOperation;
    readonly place: Place;
    readonly version: string;
    readonly files: AccountFiles;
}

/** Finds out who asks and whether they may. Throws 400, 401, 403 or 409. */
export async function authorize(
    platform: Platform,
    account: ArmRecord,
    request: BlobRequest,
    asked: Asked,
): Promise<void> {
    const authorization = request.headers.get("authorization");
    if (authorization === undefined) {
        if (!request.url.searchParams.has("sig"))
            throw challenge(account.tenantId, "NoAuthenticationInformation");
        if (!allowsKeys(account)) throw keysNotPermitted();
        checkSignature(account, request, asked, platform.now());
        return;
    }
    const bearer = /^Bearer\s+(.+)$/i.exec(authorization)?.[1];
    if (bearer === undefined) {
        checkKey(account, request);
        return;
    }
    const principal = await signIn(platform, account, bearer, "file");
    checkVersion(asked);
    checkIntent(request, asked.operation);
    for (const need of asked.operation.needs) {
        if (!isAllowed(platform, account, principal, need, asked.place)) throw permissionMismatch();
    }
}

function checkVersion({ operation, version }: Asked): void {
    if (version < TOKENS_SINCE)
        throw authenticationFailed("Authentication scheme Bearer is not supported in this version.");
    if (operation.kind !== "content" && version < TOKENS_FOR_SHARES_SINCE)
        throw filesError("FileOAuthManagementApiRestrictedToSrp");
}

/** A token reads and writes past the files' own permissions: the request has to say that it means to. */
function checkIntent(request: BlobRequest, operation: FileOperation): void {
    if (operation.kind !== "content") return;
    const intent = request.headers.get("x-ms-file-request-intent");
    if (intent === undefined) throw filesError("MissingRequiredHeader", "x-ms-file-request-intent");
    if (intent.toLowerCase() !== "backup") throw filesError("InvalidHeaderValue", "x-ms-file-request-intent");
}

/** Roles are given at a share as a resource of data, or of management. */
function isAllowed(
    platform: Platform,
    account: ArmRecord,
    principal: Principal,
    { action, kind }: RequiredAction,
    { share }: Place,
): boolean {
    const service = `${account.id}/fileServices/default`;
    const scopes =
        share === "" ? [service] : [`${service}/fileshares/${share}`, `${service}/shares/${share}`];
    return scopes.some((scope) => platform.isAllowed(principal, action, scope, kind));
}
