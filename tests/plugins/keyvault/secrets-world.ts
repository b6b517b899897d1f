import { SecretClient, type SecretProperties, type SetSecretOptions } from "@azure/keyvault-secrets";
import type { Fault } from "../../../emulator/contract.js";
import type { ReplicationResult } from "../../../providers/core/replication/types.js";
import type { Run, Vault, VaultWishes, VaultWorld } from "./vault-world.js";

/** A version by all that the official SDK shows and that can be the same at two vaults. */
export interface Shown {
    /** Undefined where the service gives none. */
    readonly value: string | undefined;
    readonly enabled: boolean;
    readonly contentType?: string;
    readonly notBefore?: string;
    readonly expiresOn?: string;
    /** Without ours. */
    readonly tags: Readonly<Record<string, string>>;
}

/** What only a restored backup keeps. */
export interface Identity {
    readonly version: string | undefined;
    readonly created: string | undefined;
    readonly updated: string | undefined;
}

/** All versions of the secrets, and how they came. */
export const all: Run = { elementOptions: { versions: "all" } };

let pairs = 0;

/** Two vaults with secrets: in one subscription and geography, or (`apart`) in two tenants. */
export class SecretVaults {
    readonly from: Vault;
    readonly to: Vault;
    readonly source: SecretClient;
    readonly target: SecretClient;

    constructor(
        readonly world: VaultWorld,
        place: "together" | "apart",
        wishes: { source?: VaultWishes; target?: VaultWishes } = {},
    ) {
        const number = String((pairs += 1));
        const officer = { roles: ["Key Vault Secrets Officer"] };
        this.from = world.vault("production", `secrets${number}from`, { ...officer, ...wishes.source });
        const location = "northeurope";
        const tenant = place === "together" ? "production" : "staging";
        this.to = world.vault(tenant, `secrets${number}to`, { ...officer, location, ...wishes.target });
        this.source = new SecretClient(this.from.url, this.from.admin);
        this.target = new SecretClient(this.to.url, this.to.admin);
    }

    /** Sets versions one after another, each in a second of its own. */
    async seed(
        client: SecretClient,
        name: string,
        ...versions: (string | [string, SetSecretOptions])[]
    ): Promise<void> {
        for (const version of versions) {
            const [value, options] = typeof version === "string" ? [version, {}] : version;
            // A disabled one is made so afterwards, as it happens.
            const { properties } = await client.setSecret(name, value, { ...options, enabled: true });
            if (options.enabled === false) {
                await client.updateSecretProperties(name, properties.version ?? "", { enabled: false });
            }
            this.tick();
        }
    }

    /** Lets the services' clocks go on, so that two changes don't fall into one second. */
    tick(): void {
        this.world.azure.clock.advance(1_500);
    }

    replicate(run: Run = all): Promise<ReplicationResult> {
        return this.world.replicate("secrets", this.from, this.to, run);
    }

    fault(vault: Vault, fault: Omit<Fault, "host">): ReturnType<VaultWorld["azure"]["faults"]["add"]> {
        return this.world.azure.faults.add({
            host: new RegExp(`^${new URL(vault.url).hostname}$`),
            ...fault,
        });
    }

    async history(client: SecretClient, name: string): Promise<Shown[]> {
        const versions = await this.versions(client, name);
        return Promise.all(versions.map(async (version) => shown(version, await valueOf(client, version))));
    }

    async identities(client: SecretClient, name: string): Promise<Identity[]> {
        return (await this.versions(client, name)).map(({ version, createdOn, updatedOn }) => ({
            version,
            created: createdOn?.toISOString(),
            updated: updatedOn?.toISOString(),
        }));
    }

    /** The oldest first; of one second, those with the lower id; the current one last. */
    async versions(client: SecretClient, name: string): Promise<SecretProperties[]> {
        const versions: SecretProperties[] = [];
        for await (const version of client.listPropertiesOfSecretVersions(name)) versions.push(version);
        const current = await client.getSecret(name).catch(() => undefined);
        const rank = (version: SecretProperties): number =>
            version.version === current?.properties.version ? Infinity : (version.createdOn?.getTime() ?? 0);
        return versions.sort((a, b) => rank(a) - rank(b) || (a.version ?? "").localeCompare(b.version ?? ""));
    }
}

/** The values alone. */
export function values(history: readonly Shown[]): (string | undefined)[] {
    return history.map(({ value }) => value);
}

async function valueOf(
    client: SecretClient,
    { name, version, enabled }: SecretProperties,
): Promise<string | undefined> {
    if (enabled === false) return undefined;
    return (await client.getSecret(name, { version: version ?? "" })).value;
}

function shown(properties: SecretProperties, value: string | undefined): Shown {
    const { enabled = true, contentType, notBefore, expiresOn, tags = {} } = properties;
    return {
        value,
        enabled,
        ...(contentType === undefined ? {} : { contentType }),
        ...(notBefore === undefined ? {} : { notBefore: notBefore.toISOString() }),
        ...(expiresOn === undefined ? {} : { expiresOn: expiresOn.toISOString() }),
        tags: Object.fromEntries(
            Object.entries(tags).filter(([name]) => !name.startsWith("azure-dataplane-")),
        ),
    };
}
