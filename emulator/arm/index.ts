import type { ArmRecord, Principal, Service, ServiceRequest, ServiceResponse } from "../contract.js";
import { TokenError } from "../token-error.js";
import type { Tokens } from "../tokens.js";
import { ArmContext, type ArmState } from "./context.js";
import { ArmError, armErrors } from "./errors.js";
import { parameter } from "./paging.js";
import { parseArmPath, typeOf } from "./path.js";
import { registeredType } from "./providers.js";
import { putResource } from "./put-resource.js";
import { groupId, putGroup, removeGroup } from "./resource-groups.js";
import { removeResource } from "./resources.js";
import { route } from "./routes.js";

const AUDIENCES = ["https://management.azure.com", "https://management.core.windows.net"];
const API_VERSION = /^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/i;

/** Writes down who sent the request. */
export type NotePrincipal = (principal: Principal) => void;

/** The local Azure Resource Manager. */
export class Arm implements Service {
    readonly name = "arm";
    readonly hosts = /^management\.azure\.com$/i;

    constructor(
        readonly state: ArmState,
        private readonly tokens: Tokens,
        private readonly notePrincipal: NotePrincipal,
    ) {}

    isWrite(method: string, url: URL): boolean {
        if (method === "POST") return !/\/(list[a-z]*|checknameavailability|register)$/i.test(url.pathname);
        return ["PUT", "PATCH", "DELETE"].includes(method);
    }

    async handle(request: ServiceRequest): Promise<ServiceResponse> {
        const response = await this.#answer(request).catch((error: unknown) => {
            if (error instanceof ArmError) return error.toResponse();
            throw error;
        });
        const headers = {
            "x-ms-correlation-request-id": request.id,
            "x-ms-routing-request-id": `LOCAL:${request.id}`,
            "x-ms-ratelimit-remaining-subscription-reads": "11999",
            "cache-control": "no-cache",
            ...response.headers,
        };
        return { ...response, headers };
    }

    /**
     * Seeds a resource or a resource group, as if it had always been there: nobody's rights are asked, and a missing
     * group is made. Body as for PUT. Throws `ArmError` where the service would refuse it.
     */
    put(id: string, body: Record<string, unknown> = {}): ArmRecord {
        const path = parseArmPath(id);
        const tenant = this.state.entra.tenants.find(
            ({ subscription }) => subscription.id === path.subscriptionId,
        );
        if (tenant === undefined) throw armErrors.subscriptionNotFound(path.subscriptionId ?? "");
        const group = groupId(tenant.subscription.id, path.resourceGroup ?? "");
        const withLocation = { location: "westeurope", ...body };
        if (path.namespace === undefined) {
            const { location, tags } = putGroup(this.state, group, withLocation);
            const name = path.resourceGroup ?? "";
            const type = "Microsoft.Resources/resourceGroups";
            return {
                id: group,
                name,
                type,
                location,
                properties: {},
                tenantId: tenant.id,
                ...(tags ? { tags } : {}),
            };
        }
        if (path.resourceGroup !== undefined && !this.state.store.groups.has(group.toLowerCase())) {
            putGroup(this.state, group, { location: withLocation.location });
        }
        const tracked = registeredType(typeOf(path))?.tracked === true;
        const options = {
            state: this.state,
            path,
            patch: false,
            apiVersion: "2024-01-01",
            tenantId: tenant.id,
        };
        return putResource({ ...options, body: tracked ? withLocation : body }).record;
    }

    /** A resource as it is stored. */
    get(id: string): ArmRecord | undefined {
        return this.state.store.get(parseArmPath(id).path)?.record;
    }

    /** Removes a resource or a group with what is in it, whoever may or may not. */
    remove(id: string): void {
        const resource = this.state.store.get(id);
        const group = this.state.store.groups.get(id.toLowerCase());
        if (resource !== undefined) removeResource(this.state, resource);
        if (group !== undefined) removeGroup(this.state, group);
    }

    save(): unknown {
        return this.state.store.save();
    }

    load(state: unknown): void {
        this.state.store.load(state);
    }

    async #answer(request: ServiceRequest): Promise<ServiceResponse> {
        const path = parseArmPath(request.url.pathname);
        const principal = await this.#authenticate(request);
        const apiVersion = parameter(request.url, "api-version") ?? "";
        if (apiVersion === "") throw armErrors.missingApiVersion();
        if (!API_VERSION.test(apiVersion)) throw armErrors.invalidApiVersion(apiVersion);
        const context = new ArmContext(this.state, request, path, principal, apiVersion);
        if (path.subscriptionId !== undefined) checkTenant(context);
        return route(context);
    }

    async #authenticate({ bearer }: ServiceRequest): Promise<Principal> {
        if (bearer === undefined) {
            throw unauthorized(
                "AuthenticationFailed",
                "Authentication failed. The 'Authorization' header is missing.",
            );
        }
        try {
            const principal = await this.tokens.verify(bearer, AUDIENCES);
            this.notePrincipal(principal);
            return principal;
        } catch (error) {
            if (!(error instanceof TokenError)) throw error;
            if (error.reason === "expired") throw unauthorized("ExpiredAuthenticationToken", error.message);
            if (error.reason === "audience") {
                const allowed = AUDIENCES.flatMap((audience) => [`'${audience}/'`, `'${audience}'`]).join(
                    ",",
                );
                throw unauthorized(
                    "InvalidAuthenticationTokenAudience",
                    `The access token has been obtained for wrong audience or resource '${error.audience ?? ""}'. It ` +
                        `should exactly match with one of the allowed audiences ${allowed}.`,
                );
            }
            throw unauthorized("InvalidAuthenticationToken", "The access token is invalid.");
        }
    }
}

/** A token of another tenant is no good for a subscription. */
function checkTenant(context: ArmContext): void {
    const { tenant, principal } = context;
    if (tenant.id === principal.tenantId) return;
    throw unauthorized(
        "InvalidAuthenticationTokenTenant",
        `The access token is from the wrong issuer 'https://sts.windows.net/${principal.tenantId}/'. It must match the ` +
            `tenant 'https://sts.windows.net/${tenant.id}/' associated with this subscription. Please use the authority ` +
            `(URL) 'https://login.windows.net/${tenant.id}' to get the token. Note, if the subscription is transferred ` +
            "to another tenant there is no impact to the services, but information about new tenant could take time to " +
            "propagate (up to an hour). If you just transferred your subscription and see this error message, please " +
            "try back later.",
        tenant.id,
    );
}

function unauthorized(code: string, message: string, tenantId = "common"): ArmError {
    return new ArmError(401, code, message, {
        "www-authenticate":
            `Bearer authorization_uri="https://login.windows.net/${tenantId}", error="invalid_token", ` +
            `error_description="${message.replaceAll('"', "'")}"`,
    });
}
