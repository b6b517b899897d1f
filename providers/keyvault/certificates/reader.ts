import type { CertificateClient, CertificateProperties, KeyVaultCertificateWithPolicy } from "../sdk.js";
import { statusOf } from "../../core/rest-error.js";
import { isCertificateNotFound } from "../errors.js";
import { mapOrdered } from "../map-ordered.js";
import { toItem, type CertificateItem } from "./item.js";

/** The service's largest page: https://learn.microsoft.com/rest/api/keyvault/certificates/get-certificates/get-certificates */
const pageSize = 25;

/** A listing shows neither policy nor the id of the current version, so each certificate is asked for, so many at once. */
const concurrency = 8;

/** Reads what a vault shows of its certificates; nothing of it is secret. */
export class CertificateReader {
    /** @param allVersions whether the versions before the current one are read too. */
    constructor(
        private readonly client: CertificateClient,
        private readonly signal: AbortSignal,
        private readonly allVersions: boolean,
    ) {}

    /** All certificates, those too whose first version is still being made. */
    list(): AsyncIterable<CertificateItem> {
        const read = async (listed: CertificateProperties): Promise<CertificateItem | undefined> => {
            const name = listed.name ?? "";
            const item = await this.read(name);
            if (item !== undefined || hasCertificate(listed)) return item;
            return toItem({ name, properties: listed }, undefined);
        };
        return present(mapOrdered(this.#listed(), concurrency, read));
    }

    /** Undefined where the service says that there is none. */
    async read(name: string): Promise<CertificateItem | undefined> {
        try {
            const certificate = await this.#current(name);
            const versions = this.allVersions ? await this.#versions(name) : undefined;
            return toItem(certificate, versions);
        } catch (error) {
            if (isCertificateNotFound(error)) return undefined;
            throw error;
        }
    }

    /** Whether a version is being made just now. */
    async isPending(name: string): Promise<boolean> {
        try {
            const poller = await this.client.getCertificateOperation(name, { abortSignal: this.signal });
            return poller.getOperationState().certificateOperation?.status === "inProgress";
        } catch (error) {
            // No operation: the certificate was imported, or its operation was deleted.
            if (statusOf(error) === 404) return false;
            throw error;
        }
    }

    async *#listed(): AsyncIterable<CertificateProperties> {
        const options = { includePending: true, abortSignal: this.signal };
        const pages = this.client.listPropertiesOfCertificates(options).byPage({ maxPageSize: pageSize });
        for await (const page of pages) yield* page;
    }

    #current(name: string): Promise<KeyVaultCertificateWithPolicy> {
        return this.client.getCertificate(name, { abortSignal: this.signal });
    }

    async #versions(name: string): Promise<CertificateProperties[]> {
        const versions: CertificateProperties[] = [];
        const options = { abortSignal: this.signal };
        for await (const version of this.client.listPropertiesOfCertificateVersions(name, options)) {
            versions.push(version);
        }
        return versions;
    }
}

function hasCertificate({ x509ThumbprintString: thumbprint }: CertificateProperties): boolean {
    return thumbprint !== undefined && thumbprint !== "";
}

/** Leaves out what went away since it was listed. */
async function* present<T>(items: AsyncIterable<T | undefined>): AsyncGenerator<T> {
    for await (const item of items) if (item !== undefined) yield item;
}
