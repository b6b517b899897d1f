import type { CertificateClient } from "../sdk.js";
import { canonicalJson } from "../../core/json.js";
import { DataplaneError } from "../../core/errors.js";
import { statusOf } from "../../core/rest-error.js";
import { isCertificateNotFound, serviceCodeOf } from "../errors.js";
import { maximumTags, placeholderTag } from "../tags.js";
import { pemType, type ContentVersion, type Material } from "./content.js";
import { currentOf, type CarriedProperties, type CertificateItem } from "./item.js";
import { importOptions, samePolicy, toSdkPolicy } from "./policy.js";
import type { CertificateReader } from "./reader.js";

type Tags = Readonly<Record<string, string>>;

/** How often an operation of the service is looked at, in milliseconds. */
const pollInterval = 1_000;

/** What an imported version is to be like. */
export interface ImportWishes {
    readonly exportable: boolean;
    readonly enabled: boolean;
    readonly tags: Tags;
}

/**
 * Writes certificates, and recovers deleted ones. Where an answer is lost, thumbprints and marks tell the next attempt
 * what was done.
 */
export class CertificateWriter {
    constructor(
        private readonly client: CertificateClient,
        private readonly reader: CertificateReader,
        private readonly signal: AbortSignal,
    ) {}

    /**
     * Imports one version on top of what is there. Throws `InvalidItem` where the service refuses the certificate, and
     * the service's own 409 where the name is that of a deleted one.
     */
    async importVersion(name: string, version: ContentVersion, wishes: ImportWishes): Promise<void> {
        const { material } = version;
        if (material === undefined) throw withoutKey(name);
        const { exportable, enabled, tags } = wishes;
        try {
            await this.client.importCertificate(name, bytesOf(material), {
                ...importOptions(material.contentType, exportable, enabled),
                ...(material.password === undefined ? {} : { password: material.password }),
                tags: { ...tags },
                abortSignal: this.signal,
            });
        } catch (error) {
            throw statusOf(error) === 400 ? refused(name, error) : error;
        }
    }

    /** Has the vault make a new key and certificate by the policy, and waits for it. */
    async create(name: string, { policy, enabled }: CarriedProperties, tags: Tags): Promise<void> {
        checkTags(name, tags);
        const poller = await this.client.beginCreateCertificate(name, toSdkPolicy(policy), {
            enabled,
            tags: { ...tags },
            intervalInMs: pollInterval,
            abortSignal: this.signal,
        });
        await poller.pollUntilDone();
    }

    /**
     * Brings policy, attributes and tags to what is wanted, with no new version. Where it takes two requests, the first
     * leaves a placeholder: should the run end between them, the next one must not take the half for somebody else's.
     */
    async finish(
        name: string,
        current: CertificateItem,
        wanted: CarriedProperties,
        tags: Tags,
    ): Promise<void> {
        const { enabled, policy } = wanted;
        const version = currentOf(current)?.id ?? "";
        const policyDiffers = !samePolicy(current.properties.policy, policy);
        const restDiffers =
            current.placeholder === true ||
            current.properties.enabled !== enabled ||
            canonicalJson(allTags(current)) !== canonicalJson({ ...tags });
        if (policyDiffers) {
            if (restDiffers && current.placeholder !== true) {
                await this.update(name, version, { [placeholderTag]: "true" });
            }
            // An update leaves what it does not name.
            const whole = { lifetimeActions: [], ...toSdkPolicy(policy) };
            try {
                await this.client.updateCertificatePolicy(name, whole, { abortSignal: this.signal });
            } catch (error) {
                throw statusOf(error) === 400 || statusOf(error) === 404
                    ? refusedPolicy(name, wanted, error)
                    : error;
            }
        }
        if (restDiffers) await this.update(name, version, tags, enabled);
    }

    /** Replaces the tags of that version, and says whether it is enabled where that is given. */
    async update(name: string, version: string, tags: Tags, enabled?: boolean): Promise<void> {
        checkTags(name, tags);
        await this.client.updateCertificateProperties(name, version, {
            tags: { ...tags },
            ...(enabled === undefined ? {} : { enabled }),
            abortSignal: this.signal,
        });
    }

    /** Does the work, and once more after bringing a deleted certificate of that name back. */
    async overDeleted<T>(name: string, work: (recovered: boolean) => Promise<T>): Promise<T> {
        try {
            return await work(false);
        } catch (error) {
            if (statusOf(error) !== 409) throw error;
            const code = serviceCodeOf(error);
            if (code !== "ObjectIsDeletedButRecoverable" && code !== "ObjectIsBeingRecovered") {
                throw conflictOf(name, code);
            }
            const version = await this.recover(name);
            // Should the run end here, the next one must not take what came back for somebody else's.
            await this.update(name, version, { [placeholderTag]: "true" });
            return work(true);
        }
    }

    /** Brings a deleted certificate back, and answers with the id of its current version. */
    async recover(name: string): Promise<string> {
        try {
            const poller = await this.client.beginRecoverDeletedCertificate(name, {
                abortSignal: this.signal,
                intervalInMs: pollInterval,
            });
            const { properties } = await poller.pollUntilDone();
            return properties.version ?? "";
        } catch (error) {
            // After an answer that was lost it is no longer among the deleted ones.
            const found = isCertificateNotFound(error) ? await this.reader.read(name) : undefined;
            const current = found === undefined ? undefined : currentOf(found);
            if (current === undefined) throw error;
            return current.id;
        }
    }
}

/** Tags as they are at the target, ours too: what they were when it was read, unless it is marked as a placeholder. */
function allTags(item: CertificateItem): Record<string, string> {
    return { ...currentOf(item)?.tags };
}

function bytesOf({ value, contentType }: Material): Uint8Array {
    return Buffer.from(value, contentType === pemType ? "utf8" : "base64");
}

function withoutKey(name: string): DataplaneError {
    return new DataplaneError("InvalidItem", `the private key of the certificate "${name}" can't be read`, {
        item: name,
        side: "source",
        remedy: `Give the certificate in overrides["${name}"], or leave it out.`,
    });
}

function refused(name: string, error: unknown): DataplaneError {
    return new DataplaneError("InvalidItem", `the target refuses to import the certificate "${name}"`, {
        item: name,
        side: "target",
        status: 400,
        ...codeOf(error),
        remedy:
            "It must be a PFX or PEM with its private key, of a type and size that a vault takes " +
            "(https://learn.microsoft.com/azure/key-vault/certificates/tutorial-import-certificate).",
        cause: error,
    });
}

function refusedPolicy(name: string, { policy }: CarriedProperties, error: unknown): DataplaneError {
    const issuer = policy.issuer?.name ?? "Unknown";
    return new DataplaneError("InvalidItem", `the target refuses the policy of the certificate "${name}"`, {
        item: name,
        side: "target",
        status: statusOf(error) ?? 400,
        ...codeOf(error),
        remedy: `Replicate the issuer "${issuer}" first (Issuers), or leave the certificate out.`,
        cause: error,
    });
}

function checkTags(name: string, tags: Tags): void {
    const count = Object.keys(tags).length;
    if (count <= maximumTags) return;
    throw new DataplaneError(
        "InvalidItem",
        `the certificate "${name}" would have ${String(count)} tags with ours; Key Vault allows ${String(maximumTags)}`,
        { item: name, side: "target", remedy: "Remove a tag at the source, or leave the certificate out." },
    );
}

function conflictOf(name: string, code: string | undefined): DataplaneError {
    return new DataplaneError(
        "Conflict",
        code === "ObjectIsBeingDeleted"
            ? `a certificate named "${name}" is just being deleted at the target`
            : `the target refuses to write the certificate "${name}": a version of it is being made, or a key or secret ` +
                  "has the name",
        {
            item: name,
            side: "target",
            status: 409,
            ...(code === undefined ? {} : { serviceCode: code }),
            remedy:
                code === "ObjectIsBeingDeleted"
                    ? "Run again in a minute."
                    : "End its operation at the target, or give it another name with rename.",
        },
    );
}

function codeOf(error: unknown): { serviceCode?: string } {
    const code = serviceCodeOf(error);
    return code === undefined ? {} : { serviceCode: code };
}
