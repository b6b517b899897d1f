import type { ArmRecord, ServiceResponse } from "../../emulator/contract.js";
import { createKeyVault, type KeyVault } from "../../emulator/keyvault/index.js";
import { FakePlatform, serviceRequest } from "./fake-platform.js";

/** A refusal as the service words it. */
export interface Refusal {
    status: number;
    code: string;
    inner: string | undefined;
    message: string;
}

/** Where a vault of a test is. */
export interface VaultPlace {
    name: string;
    location?: string;
    subscription?: string;
    sku?: string;
}

/** A local Key Vault over a platform whose time and grants the test sets, called without any client. */
export class VaultBench {
    private constructor(
        readonly platform: FakePlatform,
        readonly service: KeyVault,
    ) {}

    /** Alice may do everything in every vault that is placed here. */
    static async make(): Promise<VaultBench> {
        const platform = new FakePlatform();
        const service = await createKeyVault(platform, {
            transitionMilliseconds: 0,
            throttling: "off",
            keyMaterial: "pooled",
        });
        return new VaultBench(platform, service);
    }

    /** Puts a vault there. Default: standard, in West Europe, in subscription `s`. */
    place({ name, location = "westeurope", subscription = "s", sku = "standard" }: VaultPlace): ArmRecord {
        const record: ArmRecord = {
            id: `/subscriptions/${subscription}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/${name}`,
            name,
            type: "Microsoft.KeyVault/vaults",
            location,
            properties: { tenantId: "tenant", enableRbacAuthorization: true, sku: { name: sku } },
            tenantId: "tenant",
        };
        this.platform.records.push({ host: `${name}.vault.azure.net`, record });
        this.platform.grants.push({ objectId: "alice", action: "*", scope: record.id });
        return record;
    }

    /** One request as Alice. */
    call(vault: string, method: string, path: string, body?: unknown): Promise<ServiceResponse> {
        const url = `https://${vault}.vault.azure.net${path}?api-version=7.6`;
        const bearer = "tenant/alice/https://vault.azure.net";
        return this.service.handle(
            serviceRequest(method, url, { bearer, ...(body === undefined ? {} : { body }) }),
        );
    }

    /** The body of a request that must succeed. */
    async get<T>(vault: string, method: string, path: string, body?: unknown): Promise<T> {
        const response = await this.call(vault, method, path, body);
        if (response.status >= 300) throw new Error(JSON.stringify(response.body));
        return response.body as T;
    }

    /** The refusal of a request that must fail. */
    async refusal(vault: string, method: string, path: string, body?: unknown): Promise<Refusal> {
        const response = await this.call(vault, method, path, body);
        const { error } = response.body as {
            error: { code: string; message: string; innererror?: { code: string } };
        };
        return {
            status: response.status,
            code: error.code,
            inner: error.innererror?.code,
            message: error.message,
        };
    }
}
