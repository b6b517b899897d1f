import type { ServiceResponse } from "../../contract.js";
import { stamps, type Call } from "./call.js";
import { isHeld, leaseState } from "./leases.js";
import { byOrder, pageOf, pageRequest } from "./paging.js";
import type { Share, ShareSnapshot } from "./state.js";
import { element, optional, xml, type Element } from "./xml.js";

/** How long a deleted share can be restored: the default of new accounts. Source: https://learn.microsoft.com/azure/storage/files/storage-files-prevent-file-share-deletion */
const RETENTION_DAYS = 7;
const DAY = 24 * 60 * 60 * 1000;

interface Listed {
    share: Share;
    snapshot?: ShareSnapshot;
}

/** Source: https://learn.microsoft.com/rest/api/storageservices/list-shares */
export function listShares(call: Call): ServiceResponse {
    const { files, now } = call;
    const request = pageRequest(call.request.url, ["metadata", "snapshots", "deleted"]);
    files.deleted = files.deleted.filter(({ deletedAt = now }) => now < deletedAt + RETENTION_DAYS * DAY);
    const shares = [...files.shares.values(), ...(request.include.has("deleted") ? files.deleted : [])];
    const listed: Listed[] = shares.flatMap((share) => [
        ...(request.include.has("snapshots") ? share.snapshots.map((snapshot) => ({ share, snapshot })) : []),
        { share },
    ]);
    const matching = listed.filter(({ share }) => share.name.startsWith(request.prefix ?? ""));
    // A share's snapshots come before it; one that is deleted before one that is there.
    const order = ({ share, snapshot }: Listed): string =>
        [share.name, share.deletedAt === undefined ? "~" : share.version, snapshot?.time ?? "~"].join("\0");
    const page = pageOf(matching.sort(byOrder(order)), request, order);
    return xml(
        element(
            "EnumerationResults",
            [
                optional("Prefix", request.prefix),
                optional("Marker", request.marker),
                optional("MaxResults", request.maxResults),
                element(
                    "Shares",
                    page.entries.map((entry) => shareElement(entry, request.include.has("metadata"), now)),
                ),
                element("NextMarker", page.next),
            ],
            { ServiceEndpoint: `https://${call.request.url.hostname}/` },
        ),
    );
}

function shareElement({ share, snapshot }: Listed, withMetadata: boolean, now: number): Element {
    const shown = snapshot ?? share;
    const metadata = Object.entries(shown.metadata).map(([name, value]) => element(name, value));
    return element("Share", [
        element("Name", share.name),
        optional("Snapshot", snapshot?.time),
        share.deletedAt === undefined ? undefined : element("Deleted", "true"),
        share.deletedAt === undefined ? undefined : element("Version", share.version),
        element("Properties", [
            element("Last-Modified", stamps(shown)["last-modified"] ?? ""),
            element("Etag", shown.etag),
            element("Quota", String(share.quota)),
            element("AccessTier", share.accessTier),
            element("AccessTierChangeTime", new Date(share.accessTierChanged).toUTCString()),
            element("EnabledProtocols", share.protocol),
            share.protocol === "NFS" ? element("RootSquash", share.rootSquash) : undefined,
            ...leaseElements(share, snapshot, now),
            ...deletedElements(share, now),
        ]),
        withMetadata ? element("Metadata", metadata) : undefined,
    ]);
}

function leaseElements(share: Share, snapshot: ShareSnapshot | undefined, now: number): Element[] {
    if (snapshot !== undefined) return [];
    const state = leaseState(share.lease, now);
    const duration = share.lease?.duration === -1 ? "infinite" : "fixed";
    return [
        element("LeaseStatus", isHeld(share.lease, now) ? "locked" : "unlocked"),
        element("LeaseState", state),
        ...(state === "leased" ? [element("LeaseDuration", duration)] : []),
    ];
}

function deletedElements({ deletedAt }: Share, now: number): Element[] {
    if (deletedAt === undefined) return [];
    return [
        element("DeletedTime", new Date(deletedAt).toUTCString()),
        element("RemainingRetentionDays", String(Math.ceil(RETENTION_DAYS - (now - deletedAt) / DAY))),
    ];
}
