import { CertificateClient } from "@azure/keyvault-certificates";
import { SecretClient } from "@azure/keyvault-secrets";
import type { Fault } from "../../../emulator/contract.js";
import {
    makeCertificate,
    type Material,
    type MaterialOptions,
} from "../../emulator-services/certificates-material.js";
import type { Run, Vault, VaultWishes, VaultWorld } from "./vault-world.js";

let vaults = 0;

/** Two vaults: in one subscription and geography, or (`apart`) in two tenants. */
export class CertificateVaults {
    readonly from: Vault;
    readonly to: Vault;
    readonly source: CertificateClient;
    readonly target: CertificateClient;

    constructor(
        readonly world: VaultWorld,
        place: "together" | "apart",
        wishes: { source?: VaultWishes; target?: VaultWishes } = {},
    ) {
        const number = String((vaults += 1));
        const mayBackUp = place === "together" ? ["Key Vault Certificates Officer"] : [];
        const sourceRoles = ["Key Vault Certificate User", ...mayBackUp];
        const tenant = place === "together" ? "production" : "staging";
        this.from = world.vault("production", `certificates${number}from`, {
            roles: sourceRoles,
            ...wishes.source,
        });
        this.to = world.vault(tenant, `certificates${number}to`, {
            roles: ["Key Vault Certificates Officer"],
            ...wishes.target,
        });
        this.source = new CertificateClient(this.from.url, this.from.admin);
        this.target = new CertificateClient(this.to.url, this.to.admin);
    }

    /** Lets the services' clocks go on, so that two changes don't fall into one second. */
    tick(): void {
        this.world.azure.clock.advance(1_500);
    }

    replicate(run: Run = {}) {
        return this.world.replicate("certificates", this.from, this.to, run);
    }

    /** A run that has no record of those before it, as after a kill. */
    unrecorded(run: Run = {}) {
        return this.replicate({ ...run, copied: {} });
    }

    fault(vault: Vault, fault: Omit<Fault, "host">) {
        const host = new RegExp(`^${new URL(vault.url).hostname}$`);
        return this.world.azure.faults.add({ host, ...fault });
    }

    /** Imports a new version at the source, and lets the clock go on. */
    async seed(
        name: string,
        options: MaterialOptions & { tags?: Record<string, string> } = {},
    ): Promise<Material> {
        const material = await importAt(this.source, name, options);
        this.tick();
        return material;
    }

    /** The value of the secret behind a certificate. */
    async secret(side: "from" | "to", name: string): Promise<string> {
        const { url, admin } = this[side];
        return (await new SecretClient(url, admin).getSecret(name)).value ?? "";
    }

    thumbprints(side: "from" | "to", name: string): Promise<string[]> {
        return thumbprintsOf(side === "from" ? this.source : this.target, name);
    }
}

/** Imports a new version. */
export async function importAt(
    client: CertificateClient,
    name: string,
    { tags = {}, ...options }: MaterialOptions & { tags?: Record<string, string> } = {},
): Promise<Material> {
    const material = await makeCertificate({ kind: "ec", subject: `CN=${name}`, ...options });
    const { contentType } = material;
    await client.importCertificate(name, material.file, {
        policy: { contentType },
        // The client drops its option `policy`; its generated layer takes this.
        ...{ certificatePolicy: { secretProperties: { contentType } } },
        tags,
    });
    return material;
}

/** Has a vault make a certificate that it signs itself. */
export async function createAt(
    client: CertificateClient,
    name: string,
    policy: { exportable?: boolean; issuerName?: string } = {},
): Promise<void> {
    const { issuerName = "Self", exportable = true } = policy;
    const wishes = {
        issuerName,
        exportable,
        subject: `CN=${name}`,
        keyType: "EC",
        keyCurveName: "P-256",
    } as const;
    const poller = await client.beginCreateCertificate(name, wishes, { intervalInMs: 1 });
    if (issuerName === "Self") await poller.pollUntilDone();
}

/** Of all versions, oldest first. */
async function thumbprintsOf(client: CertificateClient, name: string): Promise<string[]> {
    const versions: { thumbprint: string; created: number }[] = [];
    for await (const { x509ThumbprintString, createdOn } of client.listPropertiesOfCertificateVersions(
        name,
    )) {
        versions.push({ thumbprint: x509ThumbprintString ?? "", created: createdOn?.getTime() ?? 0 });
    }
    return versions.sort((a, b) => a.created - b.created).map(({ thumbprint }) => thumbprint);
}

/** All that a copy has in common with what it is of, by the official SDK. */
export async function comparable(client: CertificateClient, name: string): Promise<unknown> {
    const { cer, policy, properties } = await client.getCertificate(name);
    const { createdOn: _created, updatedOn: _updated, ...carried } = { ...policy } as Record<string, unknown>;
    const { enabled, notBefore, expiresOn, tags = {}, x509ThumbprintString } = properties;
    return { cer, policy: carried, enabled, notBefore, expiresOn, tags, x509ThumbprintString };
}
