import type { JWK } from "jose";
import type { Clock } from "./clock.js";
import type { Service, ServiceRequest, ServiceResponse } from "./contract.js";
import { checkAssertion } from "./entra-assertion.js";
import { EntraError, entraErrors } from "./entra-errors.js";
import { wellKnown, type ServicePrincipal, type Tenant } from "./identities.js";
import type { Tokens } from "./tokens.js";

/** What can be set while the service runs. */
export interface EntraSettings {
    /** Default 3599, as Entra's own tokens for service principals. */
    accessTokenLifetimeSeconds: number;
}

interface SavedState {
    key: JWK;
    tenants: Tenant[];
    principals: ServicePrincipal[];
}

/**
 * Resources that tokens can be asked for: the services of the public cloud.
 * Source: the audience of each service, as its SDK asks for it.
 */
const resources: readonly RegExp[] = [
    /^https:\/\/management\.(azure\.com|core\.windows\.net)\/?$/i,
    /^https:\/\/(vault|managedhsm)\.azure\.net\/?$/i,
    /^https:\/\/storage\.azure\.com\/?$/i,
    /^https:\/\/[a-z0-9]+\.(blob|file|queue|table|dfs)\.core\.windows\.net\/?$/i,
    /^https:\/\/graph\.microsoft\.com\/?$/i,
    /^https:\/\/database\.windows\.net\/?$/i,
    /^https:\/\/(cosmos\.azure\.com|[a-z0-9-]+\.documents\.azure\.com)\/?$/i,
    /^https:\/\/containerregistry\.azure\.net\/?$/i,
];

/** The local Entra: sign-in of service principals, discovery, public keys. */
export class Entra implements Service {
    readonly name = "entra";
    readonly hosts = /^(login\.microsoftonline\.com|login\.windows\.net|sts\.windows\.net)$/i;
    readonly settings: EntraSettings;
    #tenants: Tenant[] = Object.values(wellKnown.tenants);
    #principals: ServicePrincipal[] = [
        wellKnown.principals.production.deployer,
        wellKnown.principals.production.reader,
        wellKnown.principals.staging.deployer,
    ];
    #savedKey: JWK;

    private constructor(
        private readonly clock: Clock,
        private readonly tokens: Tokens,
        key: JWK,
        settings: Partial<EntraSettings>,
    ) {
        this.#savedKey = key;
        this.settings = { accessTokenLifetimeSeconds: 3599, ...settings };
    }

    static async create(clock: Clock, tokens: Tokens, settings: Partial<EntraSettings> = {}): Promise<Entra> {
        return new Entra(clock, tokens, await tokens.save(), settings);
    }

    get tenants(): readonly Tenant[] {
        return this.#tenants;
    }

    get principals(): readonly ServicePrincipal[] {
        return this.#principals;
    }

    addTenant(tenant: Tenant): void {
        this.#tenants = [...this.#tenants.filter((other) => other.id !== tenant.id), tenant];
    }

    /** Adds a principal, or replaces the one with its client id in its tenant. */
    addPrincipal(principal: ServicePrincipal): void {
        const others = this.#principals.filter(
            (other) => other.clientId !== principal.clientId || other.tenantId !== principal.tenantId,
        );
        this.#principals = [...others, principal];
    }

    isWrite(): boolean {
        return false;
    }

    async handle(request: ServiceRequest): Promise<ServiceResponse> {
        try {
            return await this.#answer(request);
        } catch (error) {
            if (error instanceof EntraError) return error.toResponse(this.clock.now());
            throw error;
        }
    }

    save(): SavedState {
        return { key: this.#savedKey, tenants: this.#tenants, principals: this.#principals };
    }

    async load(state: unknown): Promise<void> {
        const saved = state as SavedState;
        this.#savedKey = saved.key;
        this.#tenants = saved.tenants;
        this.#principals = saved.principals;
        await this.tokens.load(saved.key);
    }

    async #answer(request: ServiceRequest): Promise<ServiceResponse> {
        const [, first = "", ...rest] = request.url.pathname.split("/");
        const path = rest.join("/").toLowerCase();
        if (path === "discovery/instance") return { status: 200, body: instanceDiscovery() };
        const shared = ["common", "organizations"].includes(first.toLowerCase());
        if (path.endsWith(".well-known/openid-configuration")) {
            return { status: 200, body: discovery(shared ? first : this.#tenant(first).id, path) };
        }
        if (path === "discovery/v2.0/keys" || path === "discovery/keys") {
            return { status: 200, body: await this.tokens.publicKeys() };
        }
        if (request.method === "POST" && /^oauth2\/(v2\.0\/)?devicecode$/.test(path)) {
            this.#tenant(first);
            throw entraErrors.notPublic();
        }
        if (request.method === "POST" && /^oauth2\/(v2\.0\/)?token$/.test(path)) {
            const form = new URLSearchParams((await request.body()).toString("utf8"));
            return this.#token(this.#tenant(first), form, path.includes("v2.0"));
        }
        return { status: 404, body: "" };
    }

    async #token(tenant: Tenant, form: URLSearchParams, v2: boolean): Promise<ServiceResponse> {
        const grant = required(form, "grant_type");
        const clientId = required(form, "client_id");
        const principal = this.#principals.find(
            (one) => one.tenantId === tenant.id && one.clientId.toLowerCase() === clientId.toLowerCase(),
        );
        if (principal === undefined) throw entraErrors.unknownClient(clientId, tenant.name);
        if (grant !== "client_credentials") {
            const known =
                /^(password|authorization_code|refresh_token|urn:ietf:params:oauth:grant-type:.+)$/.test(
                    grant,
                );
            throw known ? entraErrors.notPublic() : entraErrors.unsupportedGrant(grant);
        }
        await this.#checkCredential(tenant, principal, form);
        const resource = v2 ? resourceOfScope(required(form, "scope")) : required(form, "resource");
        if (!resources.some((known) => known.test(resource))) {
            throw entraErrors.unknownResource(resource, tenant.name);
        }
        const lifetime = this.settings.accessTokenLifetimeSeconds;
        const token = await this.tokens.mint(principal, resource, lifetime);
        const common = { token_type: "Bearer", access_token: token };
        if (v2) return { status: 200, body: { ...common, expires_in: lifetime, ext_expires_in: lifetime } };
        const now = Math.floor(this.clock.now() / 1000);
        return {
            status: 200,
            body: {
                ...common,
                expires_in: String(lifetime),
                ext_expires_in: String(lifetime),
                expires_on: String(now + lifetime),
                not_before: String(now),
                resource,
            },
        };
    }

    async #checkCredential(
        tenant: Tenant,
        principal: ServicePrincipal,
        form: URLSearchParams,
    ): Promise<void> {
        const secret = form.get("client_secret");
        const assertion = form.get("client_assertion");
        if (secret !== null) {
            const known = principal.secrets.find(({ value }) => value === secret);
            if (known === undefined) throw entraErrors.wrongSecret(principal.clientId);
            if (known.expiresAt !== undefined && known.expiresAt <= this.clock.now()) {
                throw entraErrors.expiredSecret(principal.clientId);
            }
        } else if (assertion !== null) {
            await checkAssertion(assertion, principal, tenant, this.clock.now());
        } else {
            throw entraErrors.noCredential();
        }
    }

    #tenant(idOrDomain: string): Tenant {
        const wanted = idOrDomain.toLowerCase();
        const tenant = this.#tenants.find((one) => [one.id, one.domain].includes(wanted));
        if (tenant === undefined) throw entraErrors.unknownTenant(idOrDomain);
        return tenant;
    }
}

function required(form: URLSearchParams, parameter: string): string {
    const value = form.get(parameter);
    if (value === null || value === "") throw entraErrors.missing(parameter);
    return value;
}

/** The resource of `https://vault.azure.net/.default`. One scope names it; OpenID's own are passed over. */
function resourceOfScope(scope: string): string {
    const wanted = scope.split(/\s+/).filter((one) => !["openid", "profile", "offline_access"].includes(one));
    const [first = ""] = wanted;
    if (wanted.length !== 1 || !first.endsWith("/.default")) throw entraErrors.invalidScope(scope);
    return first.slice(0, -"/.default".length);
}

function discovery(tenant: string, path: string): object {
    const base = `https://login.microsoftonline.com/${tenant}`;
    const v2 = path.startsWith("v2.0/");
    const version = v2 ? "v2.0/" : "";
    return {
        token_endpoint: `${base}/oauth2/${version}token`,
        token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
        jwks_uri: `${base}/discovery/${version}keys`,
        response_modes_supported: ["query", "fragment", "form_post"],
        subject_types_supported: ["pairwise"],
        id_token_signing_alg_values_supported: ["RS256"],
        response_types_supported: ["code", "id_token"],
        scopes_supported: ["openid", "profile", "email", "offline_access"],
        issuer: v2 ? `${base}/v2.0` : `https://sts.windows.net/${tenant}/`,
        authorization_endpoint: `${base}/oauth2/${version}authorize`,
        device_authorization_endpoint: `${base}/oauth2/${version}devicecode`,
        end_session_endpoint: `${base}/oauth2/${version}logout`,
        tenant_region_scope: "EU",
        cloud_instance_name: "microsoftonline.com",
    };
}

function instanceDiscovery(): object {
    return {
        tenant_discovery_endpoint:
            "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        metadata: [
            {
                preferred_network: "login.microsoftonline.com",
                preferred_cache: "login.windows.net",
                aliases: [
                    "login.microsoftonline.com",
                    "login.windows.net",
                    "login.microsoft.com",
                    "sts.windows.net",
                ],
            },
        ],
    };
}
