import type { ArmRecord, Platform, Principal } from "../contract.js";
import { TokenError } from "../token-error.js";
import { accountKeys, allowsKeys, allowsPublicAccess } from "./accounts.js";
import type { BlobRequest } from "./blob-request.js";
import {
    authenticationFailed,
    challenge,
    keysNotPermitted,
    permissionMismatch,
    publicAccessNotPermitted,
    StorageError,
} from "./errors.js";
import type { BlobOperation, RequiredAction } from "./operations.js";
import { isSignedBy } from "./shared-key.js";

/** On what ground a request may pass. */
export type Access =
    /** Signed with the account's key: everything. */
    | { kind: "key" }
    /** A signed-in caller with the roles it needs. */
    | { kind: "principal"; principal: Principal }
    /** A shared access signature, which Azurite verifies. */
    | { kind: "signature" }
    /** Nobody: what is public. */
    | { kind: "anonymous" };

/** Finds out who asks and whether they may. `exists`: whether the operation's blob is there. Throws 401, 403 or 409. */
export async function authorize(
    platform: Platform,
    account: ArmRecord,
    request: BlobRequest,
    operation: BlobOperation,
    exists: () => Promise<boolean>,
): Promise<Access> {
    const authorization = request.headers.get("authorization");
    const check = (principal: Principal): Promise<void> =>
        requireActions(platform, account, principal, operation, operation.needs, exists);
    if (authorization !== undefined) {
        const bearer = /^Bearer\s+(.+)$/i.exec(authorization)?.[1];
        if (bearer === undefined) return checkKey(account, request);
        const principal = await signIn(platform, account, bearer, "blob");
        await check(principal);
        return { kind: "principal", principal };
    }
    if (request.url.searchParams.has("sig")) {
        const delegator = delegatorOf(request.url);
        if (delegator === undefined && !allowsKeys(account)) throw keysNotPermitted();
        if (delegator !== undefined) {
            if (!isTenantOf(account, delegator))
                throw authenticationFailed("The signing tenant is not the account's.");
            await check(delegator);
        }
        return { kind: "signature" };
    }
    if (request.method !== "OPTIONS" && !allowsPublicAccess(account)) throw publicAccessNotPermitted();
    return { kind: "anonymous" };
}

/** Throws 403 unless the principal has all actions. A blob that is not there yet takes `add` as well as `write`. */
export async function requireActions(
    platform: Platform,
    account: ArmRecord,
    principal: Principal,
    place: Pick<BlobOperation, "container" | "blob">,
    needs: readonly (readonly RequiredAction[])[],
    exists: () => Promise<boolean>,
): Promise<void> {
    const scope = scopeOf(account, place);
    const has = ({ action, kind }: RequiredAction): boolean =>
        platform.isAllowed(principal, action, scope, kind);
    for (const alternatives of needs) {
        const [first, ...others] = alternatives;
        if (first !== undefined && has(first)) continue;
        if (!others.some(has) || (await exists())) throw permissionMismatch();
    }
}

/** What an answer without a caller is where the container is not public. */
export function anonymousRefusal(account: ArmRecord, request: BlobRequest): StorageError {
    // Older clients do not know challenges; they are told that there is nothing.
    if ((request.headers.get("x-ms-version") ?? "") < "2019-12-12") {
        return new StorageError(404, "ResourceNotFound", "The specified resource does not exist.");
    }
    return challenge(account.tenantId, "NoAuthenticationInformation");
}

/** Whose token it is. Throws 401 with the challenge where it is none for this account's service. */
export async function signIn(
    platform: Platform,
    account: ArmRecord,
    bearer: string,
    service: "blob" | "file" | "queue" | "table",
): Promise<Principal> {
    const audiences = ["https://storage.azure.com", `https://${account.name}.${service}.core.windows.net`];
    let principal: Principal;
    try {
        principal = await platform.authenticate(bearer, audiences);
    } catch (error) {
        if (!(error instanceof TokenError)) throw error;
        throw challenge(account.tenantId, "InvalidAuthenticationInfo", details[error.reason]);
    }
    if (!isTenantOf(account, principal)) {
        throw challenge(account.tenantId, "InvalidAuthenticationInfo", details.issuer);
    }
    return principal;
}

const details: Readonly<Record<TokenError["reason"], string>> = {
    malformed: "Signature validation failed. The token is malformed.",
    signature: "Signature validation failed. Signature verification failed.",
    issuer: "Issuer validation failed. Issuer did not match.",
    audience: "Audience validation failed. Audience did not match.",
    expired: "Lifetime validation failed. The token is expired.",
};

/** Shared Key: throws 403 where the account takes none, or it is not one of its own. */
export function checkKey(account: ArmRecord, request: BlobRequest): Access {
    if (!allowsKeys(account)) throw keysNotPermitted();
    if (!isSignedBy(account.name, accountKeys(account), request)) throw authenticationFailed();
    return { kind: "key" };
}

/** Who stands behind a user delegation signature: its rights are the delegator's, cut down by the signature's. */
function delegatorOf(url: URL): Principal | undefined {
    const objectId = url.searchParams.get("skoid");
    const tenantId = url.searchParams.get("sktid");
    if (objectId === null || tenantId === null) return undefined;
    return { objectId, tenantId, clientId: "", audience: "https://storage.azure.com" };
}

function isTenantOf(account: ArmRecord, principal: Principal): boolean {
    return account.tenantId.toLowerCase() === principal.tenantId.toLowerCase();
}

function scopeOf(account: ArmRecord, { container, blob }: Pick<BlobOperation, "container" | "blob">): string {
    if (container === "") return account.id;
    const scope = `${account.id}/blobServices/default/containers/${container}`;
    return blob === "" ? scope : `${scope}/blobs/${blob}`;
}
