import type { ArmRecord } from "../../contract.js";
import type { Call } from "./call.js";
import { defaultSettings, type ShareSettings } from "./share-settings.js";
import { newShare } from "./shares.js";
import type { Share } from "./state.js";

/**
 * The share of the call. One that Resource Manager holds is there from the first request for it on, and goes when
 * Resource Manager holds it no more.
 * Source: https://learn.microsoft.com/rest/api/storagerp/file-shares/create
 */
export function findShare(call: Call, findById: (id: string) => ArmRecord | undefined): Share | undefined {
    const { files, place, record } = call;
    const known = files.shares.get(place.share);
    if (known?.managed !== true && known !== undefined) return known;
    const resource = findById(`${record.id}/fileServices/default/shares/${place.share}`);
    if (resource === undefined) {
        files.shares.delete(place.share);
        return undefined;
    }
    if (known !== undefined) return known;
    const metadata = (resource.properties.metadata ?? {}) as Record<string, string>;
    const share = newShare(call, settingsOf(call, resource), metadata);
    share.managed = true;
    files.shares.set(place.share, share);
    return share;
}

function settingsOf(call: Call, { properties }: ArmRecord): ShareSettings {
    const defaults = defaultSettings(call);
    const { shareQuota, accessTier, enabledProtocols, rootSquash } = properties;
    return {
        quota: typeof shareQuota === "number" ? shareQuota : defaults.quota,
        accessTier: typeof accessTier === "string" ? accessTier : defaults.accessTier,
        protocol: enabledProtocols === "NFS" ? "NFS" : "SMB",
        rootSquash: typeof rootSquash === "string" ? rootSquash : defaults.rootSquash,
    };
}
