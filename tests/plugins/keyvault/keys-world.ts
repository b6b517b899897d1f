import { KeyClient, type KeyProperties } from "@azure/keyvault-keys";
import type { Fault } from "../../../emulator/contract.js";
import type { Run, Vault, VaultWishes, VaultWorld } from "./vault-world.js";

/** Roles of whoever replicates keys. */
const sourceRoles = ["Key Vault Reader", "Key Vault Crypto User"] as const;
const targetRoles = ["Key Vault Crypto Officer"] as const;

export const recreate: Run = { elementOptions: { onUnexportable: "recreate" } };

/** One version of a key, by all that the official SDK shows of it. */
export interface KeyVersionSnapshot {
    readonly version: string | undefined;
    readonly material: unknown;
    readonly attributes: unknown;
}

/** Two vaults: in one subscription and geography, or (`apart`) in two tenants. */
export class KeyVaults {
    readonly from: Vault;
    readonly to: Vault;
    readonly source: KeyClient;
    readonly target: KeyClient;

    constructor(
        readonly world: VaultWorld,
        place: "together" | "apart",
        wishes: { source?: VaultWishes; target?: VaultWishes } = {},
    ) {
        const number = (vaults += 1);
        const tenant = place === "together" ? "production" : "staging";
        this.from = world.vault("production", `keys${String(number)}from`, {
            roles: sourceRoles,
            ...wishes.source,
        });
        this.to = world.vault(tenant, `keys${String(number)}to`, { roles: targetRoles, ...wishes.target });
        this.source = new KeyClient(this.from.url, this.from.admin);
        this.target = new KeyClient(this.to.url, this.to.admin);
    }

    /** Lets the services' clocks go on, so that two changes don't fall into one second. */
    tick(): void {
        this.world.azure.clock.advance(1_500);
    }

    replicate(run: Run = {}) {
        return this.world.replicate("keys", this.from, this.to, run);
    }

    /** A run that leaves no record behind, as one that was killed. */
    async killed(run: Run = {}) {
        return this.world.replicate("keys", this.from, this.to, { ...run, copied: {} });
    }

    fault(vault: Vault, fault: Omit<Fault, "host">) {
        const host = new RegExp(`^${new URL(vault.url).hostname}$`);
        return this.world.azure.faults.add({ host, ...fault });
    }
}

let vaults = 0;

/** All versions of a key, oldest first. */
export async function versionsOf(client: KeyClient, name: string): Promise<KeyVersionSnapshot[]> {
    const listed: KeyProperties[] = [];
    for await (const version of client.listPropertiesOfKeyVersions(name)) listed.push(version);
    listed.sort((a, b) => (a.createdOn?.getTime() ?? 0) - (b.createdOn?.getTime() ?? 0));
    return Promise.all(
        listed.map(async ({ version = "", enabled, notBefore, expiresOn, tags, createdOn }) => {
            const key = enabled === false ? undefined : await client.getKey(name, { version });
            const { n, e, x, y, crv, kty } = key?.key ?? {};
            const material = [n, e, x, y].map((part) => Buffer.from(part ?? []).toString("base64url"));
            return {
                version,
                material: { kty, crv, parts: material },
                attributes: {
                    enabled,
                    notBefore,
                    expiresOn,
                    createdOn,
                    tags,
                    operations: key?.keyOperations,
                    exportable: key?.properties.exportable,
                    releasePolicy: key?.properties.releasePolicy,
                },
            };
        }),
    );
}

/** A key's rotation policy, without its dates. */
export async function policyOf(client: KeyClient, name: string): Promise<unknown> {
    const { expiresIn, lifetimeActions } = await client.getKeyRotationPolicy(name);
    return { expiresIn, lifetimeActions };
}
