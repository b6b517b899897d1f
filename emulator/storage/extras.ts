import type { ServiceResponse } from "../contract.js";

/** What is known of a blob beside what Azurite knows. Times are in milliseconds since the epoch. */
export interface Extras {
    until?: number;
    locked?: boolean;
    hold?: boolean;
    scope?: string;
    /** It is on its way out of the archive until then. */
    rehydration?: { tier: string; priority: string; until: number };
}

export function isProtected({ until, hold }: Extras, now: number): boolean {
    return hold === true || (until ?? 0) > now;
}

export function isRehydrating({ rehydration }: Extras, now: number): boolean {
    return rehydration !== undefined && rehydration.until > now;
}

/** Whether that is the answer about a blob in the archive. */
export function isArchivedSource({ headers }: ServiceResponse): boolean {
    return headers?.["x-ms-access-tier"] === "Archive";
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/get-blob-properties#response-headers */
export function extraHeaders(extras: Extras, now: number): Record<string, string> {
    const { until, locked, hold, scope, rehydration } = extras;
    return {
        ...(until === undefined
            ? {}
            : {
                  "x-ms-immutability-policy-until-date": new Date(until).toUTCString(),
                  "x-ms-immutability-policy-mode": modeOf(locked),
              }),
        ...(hold === true ? { "x-ms-legal-hold": "true" } : {}),
        ...(scope === undefined ? {} : { "x-ms-encryption-scope": scope }),
        ...(rehydration !== undefined && isRehydrating(extras, now)
            ? {
                  "x-ms-access-tier": "Archive",
                  "x-ms-archive-status": statusOf(rehydration.tier),
                  "x-ms-rehydrate-priority": rehydration.priority === "high" ? "High" : "Standard",
                  "x-ms-copy-status": "pending",
              }
            : {}),
    };
}

/** A blob of a listing, up to the end of its properties. Source: https://learn.microsoft.com/rest/api/storageservices/list-blobs#response-body */
export function extraElements(blob: string, extras: Extras, include: readonly string[], now: number): string {
    const { until, locked, hold, scope, rehydration } = extras;
    const more = [
        ...(until !== undefined && include.includes("immutabilitypolicy")
            ? [
                  element("ImmutabilityPolicyUntilDate", new Date(until).toUTCString()),
                  element("ImmutabilityPolicyMode", modeOf(locked)),
              ]
            : []),
        ...(hold === true && include.includes("legalhold") ? [element("LegalHold", "true")] : []),
        ...(scope === undefined ? [] : [element("EncryptionScope", scope)]),
    ];
    const isComing = rehydration !== undefined && isRehydrating(extras, now);
    if (isComing) more.push(element("ArchiveStatus", statusOf(rehydration.tier)));
    const tiered = isComing ? blob.replace(/<AccessTier>[^<]*</, "<AccessTier>Archive<") : blob;
    return tiered.replace("</Properties>", `${more.join("")}</Properties>`);
}

function element(name: string, value: string): string {
    return `<${name}>${value}</${name}>`;
}

function modeOf(locked: boolean | undefined): string {
    return locked === true ? "locked" : "unlocked";
}

function statusOf(tier: string): string {
    return `rehydrate-pending-to-${tier.toLowerCase()}`;
}
