import type { SecretClient } from "../sdk.js";
import { DataplaneError } from "../../core/errors.js";
import { pemType, pfxType, type CertificateContent, type ContentVersion, type Material } from "./content.js";
import { isExportable, type CertificateItem, type Version } from "./item.js";

/**
 * Reads certificates with their private keys, from the secrets behind them, which have the same names and ids:
 * https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#composition-of-a-certificate
 */
export class MaterialReader {
    constructor(
        private readonly secrets: SecretClient,
        private readonly signal: AbortSignal,
    ) {}

    /**
     * All versions of the item, with their keys where these may be read: not those of disabled versions.
     *
     * @param withoutKeys no key is needed: the target makes its own.
     */
    async read(item: CertificateItem, withoutKeys: boolean): Promise<CertificateContent> {
        const versions: ContentVersion[] = [];
        const mayRead = !withoutKeys && isExportable(item);
        for (const version of item.history) {
            const material =
                mayRead && version.enabled ? await this.#material(item.name, version) : undefined;
            const { thumbprint, enabled, tags } = version;
            versions.push({ thumbprint, enabled, tags, ...(material === undefined ? {} : { material }) });
        }
        return { versions };
    }

    /** Undefined where the secret holds no private key: this version is not exportable, whatever the policy says now. */
    async #material(name: string, { id }: Version): Promise<Material | undefined> {
        const { value, properties } = await this.secrets.getSecret(name, {
            version: id,
            abortSignal: this.signal,
        });
        if (value === undefined) {
            throw new DataplaneError("Corrupt", "Key Vault answered without the secret of a certificate", {
                item: name,
                side: "source",
            });
        }
        const contentType = properties.contentType ?? pfxType;
        const lacksKey = contentType === pemType && !value.includes("PRIVATE KEY-----");
        return lacksKey ? undefined : { value, contentType };
    }
}
