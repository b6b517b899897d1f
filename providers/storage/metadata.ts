/** Written beside an item that a replica with `onDelete: "delete"` made: which one. */
export const ownerKey = "azure_dataplane_owner";
/** Written while an item is changed by more than one request, so that a run that ends there leaves no riddle. */
export const unfinishedKey = "azure_dataplane_unfinished";
/** Written on a copied snapshot: when the source's was taken, by which a later run knows it. */
export const snapshotKey = "azure_dataplane_snapshot";
/** Written on a copy of an archived blob: the source's ETag, by which a later run knows it, arrived or not. */
export const rehydratedKey = "azure_dataplane_rehydrated";
/** Written on a queue that messages are copied to: from where, whether all, and how many. */
export const messagesKey = "azure_dataplane_messages";

const ownKeys: ReadonlySet<string> = new Set([
    ownerKey,
    unfinishedKey,
    snapshotKey,
    rehydratedKey,
    messagesKey,
]);

export type Metadata = Readonly<Record<string, string>>;

/**
 * An item's metadata as it is carried: without our own keys, names in lower case. Names are case-insensitive, and some
 * answers give them in another case than they were written in:
 * https://learn.microsoft.com/rest/api/storageservices/setting-and-retrieving-properties-and-metadata-for-blob-resources
 */
export function carriedMetadata(metadata: Metadata | undefined): Record<string, string> {
    const entries = Object.entries(metadata ?? {}).map(
        ([name, value]) => [name.toLowerCase(), value] as const,
    );
    return Object.fromEntries(entries.filter(([name]) => !ownKeys.has(name)));
}

/** Our own entry among an item's metadata. */
export function ownEntry(metadata: Metadata | undefined, key: string): string | undefined {
    return Object.entries(metadata ?? {}).find(([name]) => name.toLowerCase() === key)?.[1];
}

/** The metadata to write. */
export function withOwn(
    carried: Metadata,
    own: { owner?: string | undefined; unfinished?: boolean },
): Record<string, string> {
    return {
        ...carried,
        ...(own.owner === undefined ? {} : { [ownerKey]: own.owner }),
        ...(own.unfinished === true ? { [unfinishedKey]: "true" } : {}),
    };
}
