import type { ArmRecord, Platform, Service, ServiceRequest, ServiceResponse } from "../contract.js";
import { authenticate, authorize, checkNetwork } from "./authorization.js";
import { BackupBox } from "./backup-box.js";
import type { Call } from "./call.js";
import { endOperations } from "./certificates/backing.js";
import { performCertificate } from "./certificates/operations.js";
import { badParameter, KeyVaultError } from "./errors.js";
import { performKey } from "./keys/operations.js";
import { chargesOf } from "./limits/charge.js";
import { Latency } from "./limits/latency.js";
import { documentedLimits } from "./limits/table.js";
import { Throttle } from "./limits/throttle.js";
import { transactionOf } from "./limits/transaction.js";
import { checkApiVersion, checkName } from "./parameters.js";
import { query } from "./query.js";
import { isWrite, routeOf, type Route } from "./routes.js";
import { performSecret } from "./secrets/operations.js";
import type { KeyVaultSettings } from "./settings.js";
import { VaultContents, type SavedVault } from "./vault.js";

/** The local Key Vault, with what tests and seeds need beside the service's own interface. */
export interface KeyVault extends Service {
    readonly settings: KeyVaultSettings;
    /** Puts the secret that backs a certificate into a vault, as the service does when a certificate is made. */
    seedManagedSecret(vaultId: string, name: string, value: string, contentType?: string): void;
}

const TYPE = "Microsoft.KeyVault/vaults";

/**
 * The local Key Vault: secrets, keys and certificates of all vaults that the local ARM holds.
 *
 * @param seed decides where windows of limits begin, and latencies. Default: by chance.
 */
export async function createKeyVault(
    platform: Platform,
    settings: Partial<KeyVaultSettings> = {},
    seed?: string | number,
): Promise<KeyVault> {
    return Promise.resolve(new LocalKeyVault(platform, settings, seed));
}

class LocalKeyVault implements KeyVault {
    readonly name = "keyvault";
    readonly hosts = /^[a-z0-9-]+\.vault\.azure\.net$/i;
    readonly isWrite = isWrite;
    readonly settings: KeyVaultSettings;
    readonly #vaults = new Map<string, VaultContents>();
    readonly #throttle: Throttle;
    readonly #latency: Latency;
    readonly #backups = new BackupBox();

    constructor(
        private readonly platform: Platform,
        settings: Partial<KeyVaultSettings>,
        seed: string | number | undefined,
    ) {
        this.#throttle = new Throttle(seed);
        this.#latency = new Latency(seed);
        this.settings = {
            throttling: "fixed",
            limits: documentedLimits,
            retryAfter: true,
            latency: undefined,
            transitionMilliseconds: 500,
            issuanceMilliseconds: 200,
            keyMaterial: "real",
            ...settings,
        };
    }

    async handle(request: ServiceRequest): Promise<ServiceResponse> {
        const vault = this.platform.findByHost(TYPE, request.url.hostname);
        // In Azure the name of a vault that is not there does not resolve. Here every name does, so the answer is
        // that of a proxy which cannot resolve it: never a 404, which a client could take for an absent secret.
        if (vault === undefined) return { status: 502, body: `No such host: ${request.url.hostname}` };
        const response = await this.#latency.around(this.settings.latency, () =>
            this.#answer(request, vault).catch((error: unknown) => {
                if (error instanceof KeyVaultError) return error.toResponse();
                throw error;
            }),
        );
        return { ...response, headers: { ...commonHeaders(request, vault), ...response.headers } };
    }

    seedManagedSecret(
        vaultId: string,
        name: string,
        value: string,
        contentType = "application/x-pkcs12",
    ): void {
        this.#contentsOf(vaultId).secrets.add(name, { value, contentType, enabled: true }).managed = true;
    }

    save(): Record<string, SavedVault> {
        return Object.fromEntries([...this.#vaults].map(([id, contents]) => [id, contents.toJSON()]));
    }

    load(state: unknown): void {
        for (const [id, saved] of Object.entries(state as Record<string, SavedVault>)) {
            this.#contentsOf(id).load(saved);
        }
    }

    async #answer(request: ServiceRequest, vault: ArmRecord): Promise<ServiceResponse> {
        const principal = await authenticate(this.platform, request, vault);
        checkNetwork(vault, principal);
        checkApiVersion(query(request.url, "api-version"));
        const route = routeOf(request.method, request.url);
        if (route === undefined) throw noSuchOperation(request.method, request.url);
        if (route.name !== "") checkName(route.name);
        this.#count(vault, route, await request.body());
        authorize(this.platform, vault, principal, route);
        const objects = this.#contentsOf(vault.id);
        objects.record = vault;
        return perform({
            vault,
            objects,
            route,
            url: request.url,
            principal,
            settings: this.settings,
            backups: this.#backups,
            now: () => this.platform.now(),
            body: () => request.body(),
        });
    }

    /** Counts the request against the limits of the vault and its subscription. Throws 429. */
    #count(vault: ArmRecord, route: Route, body: Buffer): void {
        const { limits, throttling, retryAfter } = this.settings;
        const transaction = transactionOf(route, this.#contentsOf(vault.id), body);
        const charges = chargesOf(transaction, limits, vault.id);
        const seconds = this.#throttle.admit(charges, throttling, this.platform.now());
        if (seconds === undefined) return;
        throw new KeyVaultError(
            429,
            "Throttled",
            "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached",
            undefined,
            retryAfter ? { "Retry-After": String(seconds) } : {},
        );
    }

    #contentsOf(vaultId: string): VaultContents {
        const key = vaultId.toLowerCase();
        let contents = this.#vaults.get(key);
        if (contents === undefined) {
            contents = new VaultContents({
                now: () => this.platform.now(),
                transition: () => this.settings.transitionMilliseconds,
            });
            this.#vaults.set(key, contents);
        }
        return contents;
    }
}

function perform(call: Call): Promise<ServiceResponse> {
    const { route } = call;
    endOperations(call);
    switch (route.collection) {
        case "secrets":
            return performSecret({ ...call, route });
        case "keys":
            return performKey({ ...call, route });
        case "certificates":
            return performCertificate({ ...call, route });
    }
}

/** For a path that is none of the service's. */
function noSuchOperation(method: string, url: URL): KeyVaultError {
    return method === "GET" || method === "PUT"
        ? new KeyVaultError(404, "NotFound", `The local Azure's Key Vault has no ${url.pathname}.`)
        : badParameter(`Method ${method} is not allowed for ${url.pathname}.`);
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
