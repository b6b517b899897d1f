import type { ArmRecord, Platform, Principal, ServiceRequest } from "../contract.js";
import { TokenError } from "../token-error.js";
import { forbidden, KeyVaultError } from "./errors.js";
import type { Operation, Route } from "./routes.js";

/** What tokens for vaults of the public cloud are for. */
const AUDIENCE = "https://vault.azure.net";

/**
 * The data action of each operation.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault
 */
const dataActions: Readonly<Record<Operation, string>> = {
    get: "Microsoft.KeyVault/vaults/secrets/getSecret/action",
    set: "Microsoft.KeyVault/vaults/secrets/setSecret/action",
    update: "Microsoft.KeyVault/vaults/secrets/update/action",
    delete: "Microsoft.KeyVault/vaults/secrets/delete",
    list: "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    listVersions: "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    backup: "Microsoft.KeyVault/vaults/secrets/backup/action",
    restore: "Microsoft.KeyVault/vaults/secrets/restore/action",
    getDeleted: "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    listDeleted: "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    recover: "Microsoft.KeyVault/vaults/secrets/recover/action",
    purge: "Microsoft.KeyVault/vaults/secrets/purge/action",
};

/**
 * The permission of each operation in a vault with access policies, as the reference of each says ("This operation
 * requires the secrets/… permission").
 * Source: https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups
 */
const policyPermissions: Readonly<Record<Operation, string>> = {
    get: "get",
    set: "set",
    update: "set",
    delete: "delete",
    list: "list",
    listVersions: "list",
    backup: "backup",
    restore: "restore",
    getDeleted: "get",
    listDeleted: "list",
    recover: "recover",
    purge: "purge",
};

/** Signs the caller in. Throws 401 with the challenge that tells a client where to get a token. */
export async function authenticate(
    platform: Platform,
    request: ServiceRequest,
    vault: ArmRecord,
): Promise<Principal> {
    const tenantId = vaultTenant(vault);
    if (request.bearer === undefined) {
        throw unauthorized(tenantId, "AKV10000: Request is missing a Bearer or PoP token.");
    }
    let principal: Principal;
    try {
        principal = await platform.authenticate(request.bearer, [AUDIENCE]);
    } catch (error) {
        if (!(error instanceof TokenError)) throw error;
        throw unauthorized(tenantId, describeRefusal(error));
    }
    if (principal.tenantId.toLowerCase() !== tenantId.toLowerCase()) {
        throw unauthorized(
            tenantId,
            `AKV10032: Invalid issuer. Expected one of ${issuer(tenantId)}, found ${issuer(principal.tenantId)}.`,
        );
    }
    return principal;
}

/** Throws 403 where the vault's network rules keep everybody out. Rules for addresses are not modelled: Deny is Deny. */
export function checkNetwork(vault: ArmRecord, principal: Principal): void {
    if (vault.properties.publicNetworkAccess === "Disabled") {
        throw forbidden(
            "Public network access is disabled and request is not from a trusted service nor via an approved " +
                `private link.\r\nCaller: ${caller(principal)}\r\nVault: ${describeVault(vault)}`,
            "ForbiddenByConnection",
        );
    }
    const rules = vault.properties.networkAcls as { defaultAction?: string } | null | undefined;
    if (rules?.defaultAction === "Deny") {
        throw forbidden(
            "Client address is not authorized and caller is not a trusted service.\r\nClient address: 127.0.0.1\r\n" +
                `Caller: ${caller(principal)}\r\nVault: ${describeVault(vault)}`,
            "ForbiddenByFirewall",
        );
    }
}

/** Throws 403 where neither a role assignment nor, in a vault that has those, an access policy lets the caller do it. */
export function authorize(platform: Platform, vault: ArmRecord, principal: Principal, route: Route): void {
    if (vault.properties.enableRbacAuthorization === true) authorizeByRole(platform, vault, principal, route);
    else authorizeByPolicy(vault, principal, route);
}

function authorizeByRole(platform: Platform, vault: ArmRecord, principal: Principal, route: Route): void {
    const action = dataActions[route.operation];
    const scope = route.name === "" ? vault.id : `${vault.id}/secrets/${route.name}`;
    if (platform.isAllowed(principal, action, scope, "dataAction")) return;
    throw forbidden(
        "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role " +
            "definitions were changed recently, please observe propagation time.\r\n" +
            `Caller: ${caller(principal)}\r\nAction: '${action}'\r\nResource: '${scope.toLowerCase()}'\r\n` +
            "Assignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: 'DeniedWithNoValidRBAC' \r\n" +
            `Vault: ${describeVault(vault)}\r\n`,
        "ForbiddenByRbac",
    );
}

interface AccessPolicy {
    tenantId?: string;
    objectId?: string;
    applicationId?: string;
    permissions?: { secrets?: string[] };
}

function authorizeByPolicy(vault: ArmRecord, principal: Principal, route: Route): void {
    const needed = policyPermissions[route.operation];
    const policies = (vault.properties.accessPolicies ?? []) as AccessPolicy[];
    const allowed = policies.some(
        (policy) =>
            policy.objectId?.toLowerCase() === principal.objectId.toLowerCase() &&
            (policy.applicationId === undefined || policy.applicationId === principal.clientId) &&
            (policy.permissions?.secrets ?? []).some((have) => ["all", needed].includes(have.toLowerCase())),
    );
    if (allowed) return;
    throw forbidden(
        `The user, group or application '${caller(principal)}' does not have secrets ${needed} permission on key ` +
            `vault '${describeVault(vault)}'. For help resolving this issue, please see ` +
            "https://go.microsoft.com/fwlink/?linkid=2125287",
        "ForbiddenByPolicy",
    );
}

/** The tenant whose tokens the vault takes. */
function vaultTenant(vault: ArmRecord): string {
    const tenantId = vault.properties.tenantId;
    return typeof tenantId === "string" ? tenantId : vault.tenantId;
}

/** `name;location=region`, as the service's messages have it. */
export function describeVault(vault: ArmRecord): string {
    return `${vault.name};location=${vault.location}`;
}

function unauthorized(tenantId: string, message: string): KeyVaultError {
    return new KeyVaultError(401, "Unauthorized", message, undefined, {
        "WWW-Authenticate": `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="${AUDIENCE}"`,
    });
}

function describeRefusal(error: TokenError): string {
    return error.reason === "audience"
        ? `AKV10022: Invalid audience. Expected ${AUDIENCE}, found: ${error.audience ?? "none"}.`
        : `Error validating token: ${error.message}`;
}

function caller(principal: Principal): string {
    return `appid=${principal.clientId};oid=${principal.objectId};iss=${issuer(principal.tenantId)}`;
}

function issuer(tenantId: string): string {
    return `https://sts.windows.net/${tenantId}/`;
}
