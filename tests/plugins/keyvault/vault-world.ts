import { randomUUID } from "node:crypto";
import { ClientSecretCredential } from "@azure/identity";
import type { ServicePrincipal } from "../../../emulator/identities.js";
import { LocalAzure } from "../../../emulator/local-azure.js";
import type { Mode, Side, Store } from "../../../providers/core/contract.js";
import { Pacer } from "../../../providers/core/http/pace.js";
import { openStore } from "../../../providers/core/open.js";
import { findElement } from "../../../providers/core/registry.js";
import { replicate } from "../../../providers/core/replication/replicate.js";
import type {
    Copied,
    ReplicationRequest,
    ReplicationResult,
} from "../../../providers/core/replication/types.js";
import { quickTiming } from "../../conformance/quick-timing.js";

export type TenantName = "production" | "staging";

/** A vault on the local Azure, and who replicates there. */
export interface Vault {
    readonly id: string;
    readonly url: string;
    readonly replicator: ServicePrincipal;
    /** Somebody who may do everything there. */
    readonly admin: ClientSecretCredential;
}

export interface VaultWishes {
    readonly location?: string;
    readonly properties?: Readonly<Record<string, unknown>>;
    /** Built-in roles of the one who replicates. Default: none. */
    readonly roles?: readonly string[];
}

export type Run = Partial<ReplicationRequest> & {
    readonly elementOptions?: Readonly<Record<string, unknown>>;
};

/** Vaults on a local Azure, and replications between them with production code and real requests. */
export class VaultWorld {
    readonly #records = new Map<string, Copied>();

    private constructor(readonly azure: LocalAzure) {}

    static async start(): Promise<VaultWorld> {
        const azure = await LocalAzure.start();
        azure.useHere();
        azure.keyVault.settings.transitionMilliseconds = 0;
        azure.keyVault.settings.throttling = "off";
        return new VaultWorld(azure);
    }

    stop(): Promise<void> {
        return this.azure.stop();
    }

    /** An empty vault in a tenant's subscription. */
    vault(tenantName: TenantName, name: string, wishes: VaultWishes = {}): Vault {
        const tenant = this.azure.tenants[tenantName];
        const id = `/subscriptions/${tenant.subscription.id}/resourceGroups/vaults/providers/Microsoft.KeyVault/vaults/${name}`;
        this.azure.arm.put(id, {
            location: wishes.location ?? "westeurope",
            properties: {
                tenantId: tenant.id,
                sku: { family: "A", name: "standard" },
                enableRbacAuthorization: true,
                ...wishes.properties,
            },
        });
        const replicator = this.#principal(tenantName, `replicator of ${name}`);
        const admin = this.#principal(tenantName, `administrator of ${name}`);
        const subscription = `/subscriptions/${tenant.subscription.id}`;
        this.grant(replicator, "Reader", subscription);
        for (const role of wishes.roles ?? []) this.grant(replicator, role, id);
        this.grant(admin, "Key Vault Administrator", id);
        return { id, url: `https://${name}.vault.azure.net`, replicator, admin: credentialOf(admin) };
    }

    grant({ objectId }: ServicePrincipal, role: string, scope: string): void {
        this.azure.roles.assign({ principalId: objectId, role, scope, effectiveAfterMilliseconds: 0 });
    }

    /** Opens one side as the product does, on a clock that never waits. */
    async open(
        element: string,
        side: Side,
        vault: Vault,
        { mode = "replication", elementOptions = {} }: { mode?: Mode } & Pick<Run, "elementOptions"> = {},
    ): Promise<Store> {
        const entry = findElement(`keyvault/${element}`);
        const { tenantId, clientId, secrets } = vault.replicator;
        const profiles = { [side]: { tenantId, clientId, clientSecret: secrets[0]?.value } };
        const { store } = await openStore({
            plugin: entry.plugin,
            element: entry.element,
            reference: vault.id,
            side,
            mode,
            profileName: side,
            settings: {
                get: (key) => (key === "azure-dataplane:profiles" ? JSON.stringify(profiles) : undefined),
            },
            environment: {},
            options: elementOptions,
            http: { timing: quickTiming().http, pacer: new Pacer() },
        });
        return store;
    }

    /** One run of a replica; the next run of the same two vaults goes on from its records. */
    async replicate(element: string, from: Vault, to: Vault, run: Run = {}): Promise<ReplicationResult> {
        const { elementOptions = {}, mode = "replication", ...rest } = run;
        const source = await this.open(element, "source", from, { mode, elementOptions });
        const target = await this.open(element, "target", to, { mode, elementOptions });
        const items: Record<string, string> = {};
        for await (const item of source.list()) items[item.name] = item.version;
        const key = `${element} ${from.id} ${to.id}`;
        const result = await replicate(
            {
                element: findElement(`keyvault/${element}`).element,
                source,
                target,
                mode,
                detail: "items",
                selection: {},
                items,
                copied: this.#records.get(key) ?? {},
                onConflict: "fail",
                prune: false,
                accessTimeoutMilliseconds: 0,
                signal: new AbortController().signal,
                options: elementOptions,
                ...rest,
            },
            quickTiming().replication,
        );
        this.#records.set(key, result.copied);
        return result;
    }

    /** Requests that would change something in a vault. */
    writes(vault: Vault): number {
        return this.azure.requests.writes(new URL(vault.url).hostname);
    }

    #principal(tenantName: TenantName, displayName: string): ServicePrincipal {
        const principal: ServicePrincipal = {
            tenantId: this.azure.tenants[tenantName].id,
            clientId: randomUUID(),
            objectId: randomUUID(),
            displayName,
            secrets: [{ value: `local~${randomUUID()}` }],
        };
        this.azure.entra.addPrincipal(principal);
        return principal;
    }
}

function credentialOf({ tenantId, clientId, secrets }: ServicePrincipal): ClientSecretCredential {
    return new ClientSecretCredential(tenantId, clientId, secrets[0]?.value ?? "");
}
