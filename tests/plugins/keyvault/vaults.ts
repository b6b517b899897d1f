import type { ArmRecord } from "../../../emulator/contract.js";
import { createKeyVault, type KeyVault } from "../../../emulator/keyvault/index.js";
import { clouds } from "../../../providers/core/clouds.js";
import type { Context, Mode, ResourceRef, Side, Store } from "../../../providers/core/contract.js";
import { plugin } from "../../../providers/keyvault/index.js";
import type { SecretContent } from "../../../providers/keyvault/secrets/content.js";
import { SecretClient } from "@azure/keyvault-secrets";
import { FakePlatform } from "../../emulator-services/fake-platform.js";
import { ServiceHttpClient } from "../service-http-client.js";

/** Two vaults of two tenants, each with a principal that may do everything unless it is told otherwise. */
export class Vaults {
    readonly platform = new FakePlatform();
    readonly records: Record<Side, ArmRecord>;
    readonly controller = new AbortController();

    private constructor(
        readonly service: KeyVault,
        platform: FakePlatform,
    ) {
        this.platform = platform;
        this.records = { source: record("source"), target: record("target") };
        for (const side of ["source", "target"] as const) {
            platform.records.push({ host: `${side}.vault.azure.net`, record: this.records[side] });
            platform.grants.push({ objectId: side, action: "*", scope: this.records[side].id });
        }
    }

    static async create(): Promise<Vaults> {
        const platform = new FakePlatform();
        return new Vaults(await createKeyVault(platform, { transitionMilliseconds: 0 }), platform);
    }

    /** Takes all rights from that side's principal, and gives it only these data actions on secrets. */
    restrict(side: Side, actions: readonly string[]): void {
        const others = this.platform.grants.filter((grant) => grant.objectId !== side);
        this.platform.grants.length = 0;
        this.platform.grants.push(
            ...others,
            ...actions.map((action) => ({
                objectId: side,
                action: `Microsoft.KeyVault/vaults/secrets/${action}`,
                scope: this.records[side].id,
            })),
        );
    }

    async open(
        side: Side,
        mode: Mode = "replication",
    ): Promise<{ store: Store<SecretContent>; http: ServiceHttpClient }> {
        const http = new ServiceHttpClient(this.service);
        const secrets = plugin.elements.secrets;
        if (secrets === undefined) throw new Error("the plugin has no secrets");
        const store = await secrets.open(reference(side), this.context(side, mode, http));
        return { store: store as Store<SecretContent>, http };
    }

    context(side: Side, mode: Mode, http: ServiceHttpClient): Context {
        return {
            side,
            mode,
            credential: credential(side),
            cloud: clouds.public,
            httpClient: http,
            signal: this.controller.signal,
            options: {},
        };
    }

    /** The official client on the same vault. */
    client(side: Side): Promise<SecretClient> {
        const client = new SecretClient(`https://${side}.vault.azure.net`, credential(side), {
            httpClient: new ServiceHttpClient(this.service),
            retryOptions: { maxRetries: 0 },
        });
        return Promise.resolve(client);
    }
}

function credential(side: Side): Context["credential"] {
    return {
        getToken: () =>
            Promise.resolve({
                token: `tenant-${side}/${side}/https://vault.azure.net`,
                expiresOnTimestamp: Date.now() + 3_600_000,
            }),
    };
}

function reference(side: Side): ResourceRef {
    return {
        type: "Microsoft.KeyVault/vaults",
        name: side,
        endpoints: { vault: `https://${side}.vault.azure.net/` },
        reference: `https://${side}.vault.azure.net/`,
    };
}

function record(side: Side): ArmRecord {
    return {
        id: `/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/${side}`,
        name: side,
        type: "Microsoft.KeyVault/vaults",
        location: "westeurope",
        properties: { tenantId: `tenant-${side}`, enableRbacAuthorization: true },
        tenantId: `tenant-${side}`,
    };
}
