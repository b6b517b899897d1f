/**
 * Services show when an item changed in whole seconds (an HTTP date,
 * https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7), so a second change within the same second is not to be told
 * from the first one.
 *
 * A watermark W says: what the listing showed with `modified <= W` has not changed as long as it still shows that. So
 * every change that the listing did *not* see must get a `modified` later than W: W must lie before the service's
 * clock at the moment when the listing *began* (a listing of many pages sees its first page long before its last).
 *
 * - After writes of our own, the closing listing begins `settleMilliseconds` after the last answer. All that it shows,
 *   as we know by its digest, was there by then: the service's clock had reached the newest `modified`, and has since
 *   moved on to a later second. W is that newest `modified`.
 * - Where the answers tell of the service's clock (`ServiceClock`), nothing waits: W is the last second that is over
 *   there, and what changed since stands in the record by its version (`targetRecent`). Where that is too much, the
 *   listing begins as soon as the service's clock is in a later second than the newest `modified`.
 * - Without such a write nothing tells the service's clock but our own, so W stays `clockSkewMilliseconds` behind it.
 */
export const settleMilliseconds = 2_000;

/**
 * How far our clock may be off: Azure Storage refuses requests that are 15 minutes old or more
 * (https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key#specifying-the-date-header).
 */
const clockSkewMilliseconds = 15 * 60 * 1000;

/** The watermark where only our own clock tells the time; never earlier than the one before, which stays true. */
export function watermark(
    before: string | undefined,
    newest: number | undefined,
    listedAt: number,
): string | undefined {
    return laterOf(before, newest === undefined ? undefined : Math.min(newest, skewBehind(listedAt)));
}

/** What changed until then shows an earlier time than anything that changes from `listedAt` on, by any clock. */
export function skewBehind(listedAt: number): number {
    return listedAt - clockSkewMilliseconds;
}

/** The later of a watermark in ISO 8601 and a time in milliseconds, where there is any. */
export function laterOf(before: string | undefined, time: number | undefined): string | undefined {
    if (time === undefined) return before;
    if (before !== undefined && Date.parse(before) >= time) return before;
    return new Date(time).toISOString();
}
