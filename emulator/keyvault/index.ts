import type { ArmRecord, Platform, Service, ServiceRequest, ServiceResponse } from "../contract.js";
import { authenticate, authorize, checkNetwork } from "./authorization.js";
import { KeyVaultError } from "./errors.js";
import { documentedLimits, Throttle, type KeyVaultLimits, type Throttling } from "./limits.js";
import { noSuchOperation, perform } from "./operations.js";
import { query } from "./query.js";
import { isWrite, routeOf, type Route } from "./routes.js";
import { checkApiVersion, checkName } from "./validation.js";
import { VaultSecrets, type Secret } from "./vault.js";

/** What can be set while the service runs. */
export interface KeyVaultSettings {
    /** Default `fixed`. */
    throttling: Throttling;
    /** Default: the documented ones. */
    limits: KeyVaultLimits;
    /** How long a deletion or a recovery takes, in milliseconds; seconds in Azure. Default 500. */
    transitionMilliseconds: number;
}

/** The local Key Vault, with what tests and seeds need beside the service's own interface. */
export interface KeyVault extends Service {
    readonly settings: KeyVaultSettings;
    /** Puts the secret that backs a certificate into a vault, as the service does when a certificate is made. */
    seedManagedSecret(vaultId: string, name: string, value: string, contentType?: string): void;
}

const TYPE = "Microsoft.KeyVault/vaults";

/** The local Key Vault: secrets of all vaults that the local ARM holds. */
export async function createKeyVault(
    platform: Platform,
    settings: Partial<KeyVaultSettings> = {},
): Promise<KeyVault> {
    return Promise.resolve(new LocalKeyVault(platform, settings));
}

class LocalKeyVault implements KeyVault {
    readonly name = "keyvault";
    readonly hosts = /^[a-z0-9-]+\.vault\.azure\.net$/i;
    readonly isWrite = isWrite;
    readonly settings: KeyVaultSettings;
    readonly #vaults = new Map<string, VaultSecrets>();
    readonly #throttle = new Throttle();

    constructor(
        private readonly platform: Platform,
        settings: Partial<KeyVaultSettings>,
    ) {
        this.settings = {
            throttling: "fixed",
            limits: documentedLimits,
            transitionMilliseconds: 500,
            ...settings,
        };
    }

    async handle(request: ServiceRequest): Promise<ServiceResponse> {
        const vault = this.platform.findByHost(TYPE, request.url.hostname);
        // In Azure the name of a vault that is not there does not resolve. Here every name does, so the answer is
        // that of a proxy which cannot resolve it: never a 404, which a client could take for an absent secret.
        if (vault === undefined) return { status: 502, body: `No such host: ${request.url.hostname}` };
        const response = await this.#answer(request, vault).catch((error: unknown) => {
            if (error instanceof KeyVaultError) return error.toResponse();
            throw error;
        });
        return { ...response, headers: { ...commonHeaders(request, vault), ...response.headers } };
    }

    seedManagedSecret(
        vaultId: string,
        name: string,
        value: string,
        contentType = "application/x-pkcs12",
    ): void {
        const secrets = this.#secretsOf(vaultId);
        secrets.set(name, value, { contentType }, 90);
        secrets.find(name).managed = true;
    }

    save(): Record<string, Secret[]> {
        return Object.fromEntries([...this.#vaults].map(([id, secrets]) => [id, secrets.toJSON()]));
    }

    load(state: unknown): void {
        for (const [id, secrets] of Object.entries(state as Record<string, Secret[]>)) {
            for (const secret of secrets) this.#secretsOf(id).restore(secret);
        }
    }

    async #answer(request: ServiceRequest, vault: ArmRecord): Promise<ServiceResponse> {
        const principal = await authenticate(this.platform, request, vault);
        checkNetwork(vault, principal);
        checkApiVersion(query(request.url, "api-version"));
        const route = routeOf(request.method, request.url);
        if (route === undefined) throw noSuchOperation(request.method, request.url);
        if (route.name !== "") checkName(route.name);
        this.#throttleRequest(vault, route);
        authorize(this.platform, vault, principal, route);
        return perform({
            vault,
            secrets: this.#secretsOf(vault.id),
            route,
            url: request.url,
            body: () => request.body(),
        });
    }

    #throttleRequest(vault: ArmRecord, route: Route): void {
        const { limits, throttling } = this.settings;
        const counter = route.operation === "set" ? "sets" : "others";
        const key = `${vault.id.toLowerCase()} ${counter}`;
        const seconds = this.#throttle.admit(key, limits[counter], throttling, this.platform.now());
        if (seconds === undefined) return;
        throw new KeyVaultError(
            429,
            "Throttled",
            "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached",
            undefined,
            { "Retry-After": String(seconds) },
        );
    }

    #secretsOf(vaultId: string): VaultSecrets {
        const key = vaultId.toLowerCase();
        let secrets = this.#vaults.get(key);
        if (secrets === undefined) {
            secrets = new VaultSecrets(
                () => this.platform.now(),
                () => this.settings.transitionMilliseconds,
            );
            this.#vaults.set(key, secrets);
        }
        return secrets;
    }
}

function commonHeaders(request: ServiceRequest, vault: ArmRecord): Record<string, string> {
    return {
        "Cache-Control": "no-cache",
        Pragma: "no-cache",
        "x-ms-keyvault-region": vault.location,
        "x-ms-request-id": request.id,
        "x-ms-keyvault-service-version": "1.9.0.0",
        "Strict-Transport-Security": "max-age=31536000;includeSubDomains",
        "X-Content-Type-Options": "nosniff",
    };
}
