import { header, wholeNumber, type Call } from "./call.js";
import { filesError } from "./errors.js";
import type { Share } from "./state.js";

/** GiB. Source: https://learn.microsoft.com/azure/storage/files/storage-files-scale-targets#file-share-scale-targets */
const MAXIMUM_QUOTA = 102_400;
const DEFAULT_QUOTA = 5_120;
/** Of provisioned shares. Source: https://learn.microsoft.com/rest/api/storageservices/create-share */
const MINIMUM_PREMIUM_QUOTA = 100;
const squashes = ["NoRootSquash", "RootSquash", "AllSquash"];

/** What a request to create or change a share may set. */
export type ShareSettings = Pick<Share, "quota" | "accessTier" | "protocol" | "rootSquash">;

/** The settings of a new share. Throws 400 where the account has no such shares. */
export function newSettings(call: Call): ShareSettings {
    const premium = isPremium(call);
    const protocol = (header(call, "enabled-protocols") ?? "SMB").toUpperCase();
    if (protocol !== "SMB" && protocol !== "NFS")
        throw filesError("InvalidHeaderValue", "x-ms-enabled-protocols");
    if (protocol === "NFS" && !premium) throw filesError("InvalidHeaderValue", "x-ms-enabled-protocols");
    const defaults = defaultSettings(call);
    return {
        quota: quotaOf(call, premium) ?? defaults.quota,
        accessTier: tierOf(call, premium) ?? defaults.accessTier,
        protocol,
        rootSquash: squashOf(call, protocol) ?? defaults.rootSquash,
    };
}

/** What a share is where nobody says otherwise. */
export function defaultSettings(call: Call): ShareSettings {
    return {
        quota: DEFAULT_QUOTA,
        accessTier: isPremium(call) ? "Premium" : "TransactionOptimized",
        protocol: "SMB",
        rootSquash: "NoRootSquash",
    };
}

/** Changes what the request names. */
export function changeSettings(call: Call, share: Share): void {
    const premium = isPremium(call);
    const tier = tierOf(call, premium);
    const quota = quotaOf(call, premium);
    const rootSquash = squashOf(call, share.protocol);
    if (tier !== undefined && tier !== share.accessTier) {
        share.accessTier = tier;
        share.accessTierChanged = call.now;
    }
    if (quota !== undefined) share.quota = quota;
    if (rootSquash !== undefined) share.rootSquash = rootSquash;
}

/** The settings as headers of an answer. */
export function settingHeaders(share: Share): Record<string, string> {
    return {
        "x-ms-share-quota": String(share.quota),
        "x-ms-access-tier": share.accessTier,
        "x-ms-access-tier-change-time": new Date(share.accessTierChanged).toUTCString(),
        "x-ms-enabled-protocols": share.protocol,
        ...(share.protocol === "NFS" ? { "x-ms-root-squash": share.rootSquash } : {}),
    };
}

function isPremium(call: Call): boolean {
    return call.record.kind === "FileStorage";
}

function quotaOf(call: Call, premium: boolean): number | undefined {
    const quota = wholeNumber(call, "share-quota", premium ? MINIMUM_PREMIUM_QUOTA : 1);
    if (quota !== undefined && quota > MAXIMUM_QUOTA)
        throw filesError("InvalidHeaderValue", "x-ms-share-quota");
    return quota;
}

function tierOf(call: Call, premium: boolean): string | undefined {
    const tier = header(call, "access-tier");
    const known = premium ? ["Premium"] : ["TransactionOptimized", "Hot", "Cool"];
    if (tier !== undefined && !known.includes(tier))
        throw filesError("InvalidHeaderValue", "x-ms-access-tier");
    return tier;
}

function squashOf(call: Call, protocol: Share["protocol"]): string | undefined {
    const squash = header(call, "root-squash");
    if (squash !== undefined && (protocol !== "NFS" || !squashes.includes(squash)))
        throw filesError("InvalidHeaderValue", "x-ms-root-squash");
    return squash;
}
