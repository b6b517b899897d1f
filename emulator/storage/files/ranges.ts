/** Bytes of a file, both ends included, as in `Range: bytes=0-511`. */
export interface ByteRange {
    readonly start: number;
    readonly end: number;
}

/** Sorted, apart from each other, not touching. */
export type RangeSet = readonly ByteRange[];

/** The set with a range added. */
export function addRange(set: RangeSet, added: ByteRange): RangeSet {
    const isApart = ({ start, end }: ByteRange): boolean => end < added.start - 1 || start > added.end + 1;
    const apart = set.filter(isApart);
    const touching = set.filter((range) => !isApart(range));
    const merged = {
        start: Math.min(added.start, ...touching.map(({ start }) => start)),
        end: Math.max(added.end, ...touching.map(({ end }) => end)),
    };
    return [...apart, merged].sort((a, b) => a.start - b.start);
}

/** The set without the bytes of a range. */
export function removeRange(set: RangeSet, removed: ByteRange): RangeSet {
    return set.flatMap((range) =>
        [
            { start: range.start, end: Math.min(range.end, removed.start - 1) },
            { start: Math.max(range.start, removed.end + 1), end: range.end },
        ].filter(({ start, end }) => start <= end),
    );
}

/** What of the set lies within a range. */
export function within(set: RangeSet, limits: ByteRange): RangeSet {
    return set
        .map(({ start, end }) => ({ start: Math.max(start, limits.start), end: Math.min(end, limits.end) }))
        .filter(({ start, end }) => start <= end);
}

/** How many bytes the set covers. */
export function bytesOf(set: RangeSet): number {
    return set.reduce((total, { start, end }) => total + end - start + 1, 0);
}

/** A `Range` header. Undefined where it is none or no such range. `bytes=5-` ends at the last byte of `size`. */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
    const [, first, last] = /^bytes=(\d+)-(\d*)$/i.exec(header?.trim() ?? "") ?? [];
    if (first === undefined) return undefined;
    const range = { start: Number(first), end: last === "" ? size - 1 : Number(last) };
    return range.start <= range.end || last === "" ? range : undefined;
}
