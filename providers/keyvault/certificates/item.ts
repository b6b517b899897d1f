import { createHash } from "node:crypto";
import type { KeyVaultCertificateWithPolicy, CertificateProperties } from "../sdk.js";
import type { Item, Loss } from "../../core/contract.js";
import { canonicalJson, type Json } from "../../core/json.js";
import { foreignTags, ownerTag, placeholderTag, recreatedTag } from "../tags.js";
import { toCarried, type CarriedPolicy } from "./policy.js";

/** What is carried beside the certificate and its key. Not-before and expiry stand in the certificate itself. */
export type CarriedProperties = Record<string, Json> & {
    enabled: boolean;
    tags: Record<string, string>;
    policy: CarriedPolicy;
};

/** One completed version, as a listing shows it. */
export interface Version {
    readonly id: string;
    /** SHA-1 over the certificate, hexadecimal: what a vault calls `x5t`. The same certificate has it in each vault. */
    readonly thumbprint: string;
    readonly enabled: boolean;
    /** When it was made, and when it ends: milliseconds since the epoch, in whole seconds. */
    readonly created: number;
    readonly expires?: number;
    readonly tags: Readonly<Record<string, string>>;
}

/** A certificate, as a listing shows it. */
export interface CertificateItem extends Item {
    readonly properties: CarriedProperties;
    /** Its completed versions, oldest first: all that were asked for, at least the current one, which is the last. */
    readonly history: readonly Version[];
    /** Its first version is still being made. */
    readonly pending: boolean;
}

/** The item of a certificate, from its current version, and from all of its versions where these count. */
export function toItem(
    certificate: KeyVaultCertificateWithPolicy,
    versions: readonly CertificateProperties[] | undefined,
): CertificateItem {
    const { name, properties, policy } = certificate;
    const tags = properties.tags ?? {};
    const owner = tags[ownerTag];
    const current = toVersion(properties);
    const history = current === undefined ? [] : inOrder(versions ?? [properties], current.id);
    const recreated = tags[recreatedTag];
    const digest = recreated === undefined ? current?.thumbprint : recreatedDigest(recreated);
    const carried: CarriedProperties = {
        enabled: properties.enabled ?? true,
        tags: foreignTags(tags),
        policy: toCarried(policy),
    };
    return {
        name,
        version: fingerprint(properties, [
            carried,
            { ...tags },
            history.map(({ id, thumbprint, enabled }) => [id, thumbprint, enabled]),
        ]),
        properties: carried,
        history,
        pending: current === undefined,
        ...(digest === undefined ? {} : { digest }),
        ...(properties.updatedOn === undefined ? {} : { modified: properties.updatedOn }),
        ...(tags[placeholderTag] === undefined ? {} : { placeholder: true }),
        ...(owner === undefined ? {} : { owner }),
    };
}

/** Of a certificate that was made anew from the policy: it stands for that version of the source, with another key. */
export function recreatedDigest(version: string): string {
    return `recreated from ${version}`;
}

/** Whether the digest is that of a certificate made anew. */
export function isRecreated(item: Item): boolean {
    return item.digest?.startsWith(recreatedDigest("")) ?? false;
}

/** The current version. Undefined while the first one is being made. */
export function currentOf({ history }: CertificateItem): Version | undefined {
    return history.at(-1);
}

/** Whether the policy lets the private key leave the vault. The service's default is that it may. */
export function isExportable({ properties }: CertificateItem): boolean {
    return properties.policy.key_props?.exportable !== false;
}

/**
 * `2026-11-24T16:20:01Z #3f9a1c`: when its current version was last changed, and a short hash over what a listing shows:
 * attributes, tags, policy, ids and thumbprints. Nothing of it is secret.
 */
function fingerprint({ updatedOn }: CertificateProperties, shown: Json): string {
    const hash = createHash("sha256").update(canonicalJson(shown)).digest("hex").slice(0, 6);
    return `${updatedOn?.toISOString().replace(/\.\d+Z$/, "Z") ?? "unknown"} #${hash}`;
}

/** Completed versions by creation; the current one is the last, whatever its date says. */
function inOrder(versions: readonly CertificateProperties[], currentId: string): Version[] {
    const completed = versions.map(toVersion).filter((version) => version !== undefined);
    const last = (version: Version): number => (version.id === currentId ? 1 : 0);
    return completed.sort((a, b) => last(a) - last(b) || a.created - b.created || (a.id < b.id ? -1 : 1));
}

/** Undefined for one that is still being made: it has no certificate, so no thumbprint. */
function toVersion(properties: CertificateProperties): Version | undefined {
    const { version, x509ThumbprintString: thumbprint } = properties;
    if (version === undefined || version === "" || thumbprint === undefined || thumbprint === "")
        return undefined;
    return {
        id: version,
        thumbprint,
        enabled: properties.enabled ?? true,
        created: properties.createdOn?.getTime() ?? 0,
        ...(properties.expiresOn === undefined ? {} : { expires: properties.expiresOn.getTime() }),
        tags: properties.tags ?? {},
    };
}

/** The loss of a certificate whose first version is not there yet. */
export function pendingLoss(item: string): Loss {
    return {
        item,
        what: "item",
        reason: "pending: it waits for its issuer, and there is no certificate yet",
        remedy: "run again when it is completed, or cancel its operation",
        minor: true,
    };
}
