import { DataplaneError } from "../../core/errors.js";
import { unlessAbsent } from "../errors.js";
import type { ShareServiceClient } from "./sdk.js";

const gibibyte = 1024 ** 3;

/** The bytes of files by share. */
type BytesByShare = Readonly<Record<string, { readonly bytes: number }>>;

/**
 * Looks whether the shares at the target are as large as what is to come, by their quotas. Sparse files take less than
 * their lengths: of a share that seems too small, what the source's takes in all counts where that is less. The service
 * tells that late and roughly (https://learn.microsoft.com/rest/api/storageservices/get-share-stats), so what passes may
 * still find the share full.
 *
 * Needs `Microsoft.Storage/storageAccounts/fileServices/shares/read` on both sides.
 *
 * @throws DataplaneError `InvalidArgument` of the side `target` where shares are too small.
 */
export async function checkRoom(
    source: ShareServiceClient,
    target: ShareServiceClient,
    shares: BytesByShare,
    abortSignal: AbortSignal,
): Promise<void> {
    const looks = Object.entries(shares).map(async ([name, { bytes }]) => {
        const there = await unlessAbsent(
            target.getShareClient(name).getProperties({ abortSignal }),
            "ShareNotFound",
        );
        const quota = there?.quota;
        if (quota === undefined || bytes <= quota * gibibyte) return [];
        const { shareUsageBytes } = await source.getShareClient(name).getStatistics({ abortSignal });
        const needed = Math.min(bytes, shareUsageBytes);
        return needed <= quota * gibibyte ? [] : [{ name, quota, needed }];
    });
    const tooSmall = (await Promise.all(looks)).flat();
    if (tooSmall.length === 0) return;
    const told = tooSmall.map(
        ({ name, quota, needed }) =>
            `the share "${name}" has a quota of ${String(quota)} GiB, and its files take ${(needed / gibibyte).toFixed(1)} GiB`,
    );
    throw new DataplaneError("InvalidArgument", `at the target ${told.join("; ")}`, {
        side: "target",
        remedy: "Raise the quota of the share at the target, or select fewer files.",
    });
}
