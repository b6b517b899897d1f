import type { ArmRecord } from "../contract.js";
import {
    noCertificateSettings,
    type CertificateDetails,
    type CertificateSettings,
} from "./certificates/state.js";
import type { CertificateVersion } from "./certificates/state.js";
import type { KeyDetails, KeyVersion } from "./keys/state.js";
import { VaultObjects, type ObjectsContext, type VaultObject } from "./objects.js";
import type { SecretVersion } from "./secrets/state.js";

/** What a vault holds, as `save` writes it. */
export interface SavedVault {
    secrets: VaultObject<SecretVersion>[];
    keys: VaultObject<KeyVersion, KeyDetails>[];
    certificates: VaultObject<CertificateVersion, CertificateDetails>[];
    certificateSettings: CertificateSettings;
}

/** What one vault holds. */
export class VaultContents {
    readonly secrets: VaultObjects<SecretVersion>;
    readonly keys: VaultObjects<KeyVersion, KeyDetails>;
    readonly certificates: VaultObjects<CertificateVersion, CertificateDetails>;
    /** What belongs to the vault's certificates as a whole. */
    certificateSettings: CertificateSettings = noCertificateSettings();
    /** The vault as ARM has it now: its retention may change. Undefined until the first request. */
    record: ArmRecord | undefined;

    constructor(context: Omit<ObjectsContext, "retentionDays">) {
        const whole: ObjectsContext = {
            now: () => context.now(),
            transition: () => context.transition(),
            retentionDays: () => retentionDays(this.record),
        };
        this.secrets = new VaultObjects("Secret", whole);
        this.keys = new VaultObjects("Key", whole);
        this.certificates = new VaultObjects("Certificate", whole);
    }

    /** Everything, for `--data`. */
    toJSON(): SavedVault {
        return {
            secrets: this.secrets.toJSON(),
            keys: this.keys.toJSON(),
            certificates: this.certificates.toJSON(),
            certificateSettings: this.certificateSettings,
        };
    }

    /** Takes back what `toJSON` gave. */
    load(saved: SavedVault): void {
        for (const secret of saved.secrets) this.secrets.put(secret);
        for (const key of saved.keys) this.keys.put(key);
        for (const certificate of saved.certificates) this.certificates.put(certificate);
        this.certificateSettings = saved.certificateSettings;
    }
}

/** Days that a deleted object is kept: 7 to 90, 90 unless the vault says otherwise. */
export function retentionDays(vault: ArmRecord | undefined): number {
    const days = vault?.properties.softDeleteRetentionInDays;
    return typeof days === "number" ? days : 90;
}

/** Whether deleted objects can't be purged before their time. */
export function hasPurgeProtection(vault: ArmRecord): boolean {
    return vault.properties.enablePurgeProtection === true;
}

/** Whether the vault has hardware security modules: HSM key types and release policies are for it alone. */
export function isPremium(vault: ArmRecord): boolean {
    const sku = vault.properties.sku as { name?: string } | undefined;
    return sku?.name?.toLowerCase() === "premium";
}

/** `name;location=region`, as the service's messages have it. */
export function describeVault(vault: ArmRecord): string {
    return `${vault.name};location=${vault.location}`;
}
