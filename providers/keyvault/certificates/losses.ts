import type { Loss } from "../../core/contract.js";
import {
    currentOf,
    isExportable,
    isRecreated,
    pendingLoss,
    type CertificateItem,
    type Version,
} from "./item.js";
import { selfIssuer } from "./policy.js";

/**
 * Why a certificate of the source can't be carried with its key, as far as the source alone tells.
 *
 * @param now milliseconds since the epoch.
 */
export function replicationLoss(item: CertificateItem, now: number): Loss | undefined {
    if (item.pending) return pendingLoss(item.name);
    if (!isExportable(item)) {
        return {
            item: item.name,
            what: "value",
            reason: "its policy says that the private key is not exportable, and no vault gives such a key away",
            remedy:
                "in a vault of the same subscription and geography it moves by backup and restore; else make a new one " +
                `with onUnexportable: "recreate", or give one in overrides["${item.name}"]`,
        };
    }
    if (isExpired(currentOf(item), now)) {
        return {
            item: item.name,
            what: "value",
            reason: "it has expired, and Key Vault imports no expired certificate",
            remedy: "renew it at the source; in a vault of the same subscription and geography it moves by backup and restore",
        };
    }
    if (currentOf(item)?.enabled === false) {
        return {
            item: item.name,
            what: "value",
            reason: "it is disabled, and Key Vault does not give the private key of a disabled certificate",
            remedy: `enable it at the source while it is copied, or give one in overrides["${item.name}"]`,
        };
    }
    return undefined;
}

/** Why a template can't have a certificate: only the vault itself can make one that nobody else has to sign. */
export function templateLoss(item: CertificateItem): Loss | undefined {
    if (item.pending) return pendingLoss(item.name);
    if (isSelfIssued(item)) return undefined;
    const issuer = item.properties.policy.issuer?.name ?? "Unknown";
    return {
        item: item.name,
        what: "item",
        reason: `its issuer is "${issuer}": a new one would be an order to it, or would wait to be merged for ever`,
        remedy: 'use mode: "replication", or make it where the target is made',
    };
}

/** Whether the vault signs it itself. */
export function isSelfIssued({ properties }: CertificateItem): boolean {
    return properties.policy.issuer?.name?.toLowerCase() === selfIssuer.toLowerCase();
}

/** Beside a completed version another one is being made. */
export function renewalNote(item: string): Loss {
    return {
        item,
        what: "pending operation",
        reason: "pending: a new version waits for its issuer; the version before it is carried",
        minor: true,
    };
}

/** What the target's certificate lacks for good of the source's. */
export function shortfallOf(source: CertificateItem, target: CertificateItem, now: number): Loss[] {
    if (isRecreated(target)) {
        return [
            {
                item: source.name,
                what: "key material",
                reason: "its private key is not exportable: the target has a new key and certificate of the same policy",
                remedy: "hand the new certificate to whoever trusts the old one",
            },
        ];
    }
    const there = new Set(target.history.map(({ thumbprint }) => thumbprint));
    const missing = source.history.slice(0, -1).filter(({ thumbprint }) => !there.has(thumbprint));
    return [...missing.map((version) => versionLoss(source, version, now)), ...tieNotes(source)];
}

function versionLoss(source: CertificateItem, version: Version, now: number): Loss {
    const what = `version ${version.id}`;
    if (isExpired(version, now)) {
        const reason = "it has expired, and Key Vault imports no expired certificate";
        return { item: source.name, what, reason };
    }
    if (!version.enabled) {
        return {
            item: source.name,
            what,
            reason: "it is disabled, and Key Vault does not give the private key of a disabled version",
            remedy: "enable that version at the source before the first copy",
        };
    }
    return {
        item: source.name,
        what,
        reason:
            "it is older than the version that the target has as its current one, under which no other can be put, or " +
            "its private key is not exportable",
        remedy: "delete and purge the target's certificate to have all versions copied",
    };
}

/** Refused since 2021 or before: https://github.com/Azure/azure-sdk-for-net/issues/24986 */
function isExpired(version: Version | undefined, now: number): boolean {
    return version?.expires !== undefined && version.expires <= now;
}

/** Creation counts whole seconds, so the order of two versions may be a guess. */
function tieNotes(source: CertificateItem): Loss[] {
    const older = source.history.slice(0, -1);
    const tied = older.some(({ created }, index) => index > 0 && older[index - 1]?.created === created);
    if (!tied) return [];
    return [
        {
            item: source.name,
            what: "order of versions",
            reason: "versions were made within one second, and the service does not tell which came first",
            minor: true,
        },
    ];
}
