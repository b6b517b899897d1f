import type { ArmRecord, Platform, Principal, ServiceRequest } from "../contract.js";
import { TokenError } from "../token-error.js";
import { forbidden, KeyVaultError } from "./errors.js";
import type { Route } from "./routes.js";
import { describeVault } from "./vault.js";

/** What tokens for vaults of the public cloud are for. */
const AUDIENCE = "https://vault.azure.net";

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
    const { action } = route;
    const scope = vault.id + route.scope;
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
    permissions?: { secrets?: string[]; keys?: string[]; certificates?: string[] };
}

/**
 * The words and the inner code are those of https://github.com/Azure/azure-libraries-for-net/issues/1067. The service
 * has also been seen with the same words and `ForbiddenByPolicy`
 * (https://github.com/hashicorp/terraform-provider-azurerm/issues/10271).
 */
function authorizeByPolicy(vault: ArmRecord, principal: Principal, route: Route): void {
    const needed = route.permission;
    const policies = (vault.properties.accessPolicies ?? []) as AccessPolicy[];
    const allowed = policies.some(
        (policy) =>
            policy.objectId?.toLowerCase() === principal.objectId.toLowerCase() &&
            (policy.applicationId === undefined || policy.applicationId === principal.clientId) &&
            (policy.permissions?.[route.collection] ?? []).some((have) =>
                ["all", needed].includes(have.toLowerCase()),
            ),
    );
    if (allowed) return;
    throw forbidden(
        `The user, group or application '${caller(principal)}' does not have ${route.collection} ${needed} ` +
            `permission on key vault '${describeVault(vault)}'. For help resolving this issue, please see ` +
            "https://go.microsoft.com/fwlink/?linkid=2125287",
        "AccessDenied",
    );
}

/** The tenant whose tokens the vault takes. */
function vaultTenant(vault: ArmRecord): string {
    const tenantId = vault.properties.tenantId;
    return typeof tenantId === "string" ? tenantId : vault.tenantId;
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
